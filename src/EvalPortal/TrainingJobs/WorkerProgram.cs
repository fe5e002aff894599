using System.Runtime.InteropServices;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Where the worker's program lies.</summary>
internal static class WorkerProgram
{
    private const string Assembly = "PixelPost.Training.dll";

    /// <summary>The command line that starts it, without arguments.</summary>
    /// <exception cref="RefusedException">It is not there.</exception>
    public static string[] Find(PortalOptions options)
    {
        var program = options.Worker ?? Default();
        if (!File.Exists(program))
            throw new RefusedException($"The training worker is not at {program}: build it, or say where it is with --worker.");
        return Path.GetExtension(program) == ".dll" ? [DotnetHost(), program] : [program];
    }

    /// <summary>Beside a published portal in <c>worker/</c>; beside a built one in the output folder of its own project.</summary>
    private static string Default()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var published = Path.Combine(own.FullName, "worker", Assembly);
        return File.Exists(published) ? published : Path.Combine(own.FullName, "..", "..", "Training", own.Name, Assembly);
    }

    /// <summary>The host that runs this program too: it stands three levels above the runtime's folder.</summary>
    private static string DotnetHost() => Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
