using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

using PixelPost.Training.Contracts;

namespace PixelPost.Training.Native;

/// <summary>
/// Finds and loads libtorch before anything touches <c>TorchSharp.torch</c>: one copy for every program, kept in the NuGet
/// cache, or the folder named by <c>PIXELPOST_LIBTORCH</c> (a Python PyTorch's <c>torch/lib</c>).
/// </summary>
public static class LibTorch
{
    // In the order in which they need each other; the ones a build does not have are left out.
    private static readonly string[] Libraries = ["c10", "c10_cuda", "torch_cpu", "torch_cuda", "torch"];

    private static readonly Lock Gate = new();
    private static List<string>? _loaded;

    /// <summary>The version TorchSharp was compiled against.</summary>
    public static string BuiltFor => Metadata("LibTorchVersion");

    /// <summary>Whether a version was seen to work: the one TorchSharp was compiled against, and 2.11.0, where every symbol it needs is there and models compute what they should (docs/models.md).</summary>
    internal static bool IsKnownToWork(string version) => version.Split('+')[0] is var plain && (plain == BuiltFor || plain == "2.11.0");

    /// <summary>The folder libtorch is taken from.</summary>
    public static string Folder => Environment.GetEnvironmentVariable(WorkerVariables.LibTorch) is { Length: > 0 } named ? named : Beside("libtorch") ?? Metadata("LibTorchFolder");

    /// <summary>Why it is taken from there.</summary>
    public static string Origin =>
        Environment.GetEnvironmentVariable(WorkerVariables.LibTorch) is { Length: > 0 } ? WorkerVariables.LibTorch : Beside("libtorch") is not null ? "beside the program" : "the NuGet cache";

    /// <summary>Version of the libtorch in <see cref="Folder"/>, as the NuGet package's folder or PyTorch's version.py says; null where neither does.</summary>
    public static string? FoundVersion
    {
        get
        {
            if (Folder == Metadata("LibTorchFolder")) return BuiltFor;
            var python = Path.Combine(Folder, "..", "version.py");
            return File.Exists(python) && Regex.Match(File.ReadAllText(python), "__version__ = '([^']+)'") is { Success: true } match ? match.Groups[1].Value : null;
        }
    }

    /// <summary>Whether it is a build that can use an NVIDIA GPU.</summary>
    public static bool HasCuda => File.Exists(Path.Combine(Folder, FileName("torch_cuda")));

    /// <summary>TorchSharp's own native library, as published.</summary>
    public static string Binding => Path.Combine(Beside("libtorch") ?? Metadata("LibTorchSharpFolder"), FileName("LibTorchSharp"));

    /// <summary>
    /// Loads every library once, in order, and returns the paths that were loaded. The calling thread, and those it starts from then on, compute with
    /// <see cref="TinyNumbers"/> taken for nothing.
    /// </summary>
    /// <exception cref="LibTorchException">A library is missing or does not load; the message says what to do.</exception>
    public static IReadOnlyList<string> Load()
    {
        lock (Gate)
        {
            _loaded ??= LoadAll();
        }
        TinyNumbers.TakeForNothing(_loaded);
        return _loaded;
    }

    private static List<string> LoadAll()
    {
        if (!File.Exists(Path.Combine(Folder, FileName("torch_cpu"))))
            throw new LibTorchException($"libtorch is not in '{Folder}' ({Origin}): {FileName("torch_cpu")} is missing. {(Origin == WorkerVariables.LibTorch ? $"Set {WorkerVariables.LibTorch} to torch/lib of a PyTorch {BuiltFor}, or unset it." : "Run 'dotnet restore'.")}");

        WaitPassively();
        KeepFreedMemory();
        var loaded = new List<string>();
        foreach (var library in Libraries)
        {
            var path = Path.Combine(Folder, FileName(library));
            if (!File.Exists(path)) continue;
            LoadLibrary(path);
            loaded.Add(path);
        }

        var (binding, handle) = LoadBinding();
        loaded.Add(binding);
        NativeLibrary.SetDllImportResolver(typeof(TorchSharp.torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? handle : IntPtr.Zero);
        LimitThreads();
        LeaveOutNnpack(loaded);
        return loaded;
    }

    /// <summary>
    /// OpenMP reads its settings from the process's own environment when it is loaded. By default its idle threads spin, which on a
    /// machine that does other work takes the processor from those who need it; passive ones sleep.
    /// </summary>
    private static void WaitPassively()
    {
        if (!OperatingSystem.IsWindows()) _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
    }

    /// <summary>
    /// Asks glibc to keep freed memory for the next allocation. By default it gives a tensor of some hundred kilobytes back to the
    /// system at once and fetches every page of the next one anew, which takes longer than most of what is computed on it.
    /// </summary>
    private static void KeepFreedMemory()
    {
        const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3; // malloc.h
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out _)) return;
        _ = SetMallocOption(MmapThreshold, 32 << 20); // the most it takes
        _ = SetMallocOption(TrimThreshold, int.MaxValue);
        _ = SetMallocOption(TopPad, 64 << 20);
    }

    /// <summary>Gives freed memory back to the system, so that what a process holds is what it uses.</summary>
    internal static void GiveBackFreedMemory()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "malloc_trim", out _)) _ = TrimFreedMemory(0);
    }

    // libtorch counts the machine's processors; .NET also knows the limit of a container
    private static void LimitThreads() =>
        TorchSharp.torch.set_num_threads(Math.Min(TorchSharp.torch.get_num_threads(), Environment.ProcessorCount));

    /// <summary>
    /// libtorch asks for NNPACK at every convolution of one small image, and on processors that it does not know prints a warning each time. Without it
    /// the other ways to convolve serve, whose numbers are those of every other size.
    /// </summary>
    private static void LeaveOutNnpack(IEnumerable<string> loaded) =>
        SetContext(loaded, "_ZN2at7Context20setUserEnabledNNPACKEb", on: false);

    /// <summary>Sets a switch of libtorch's that TorchSharp does not wrap.</summary>
    /// <param name="loaded">Paths of the libraries.</param>
    /// <param name="member">Exported name of a member function of its context that takes a bool.</param>
    /// <param name="on">What it is set to.</param>
    /// <returns>Whether this libtorch has it.</returns>
    internal static unsafe bool SetContext(IEnumerable<string> loaded, string member, bool on)
    {
        if (loaded.FirstOrDefault(path => Path.GetFileName(path).Contains("torch_cpu", StringComparison.Ordinal)) is not { } path) return false;
        var library = NativeLibrary.Load(path);
        if (!NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out var context) || !NativeLibrary.TryGetExport(library, member, out var set)) return false;
        ((delegate* unmanaged<IntPtr, byte, void>)set)(((delegate* unmanaged<IntPtr>)context)(), (byte)(on ? 1 : 0));
        return true;
    }

    // .NET's own Environment.SetEnvironmentVariable does not reach native code on Unix
    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironmentVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetMallocOption(int option, int value);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimFreedMemory(nuint pad);

    /// <summary>The published library where the system's libstdc++ is new enough, else a repaired copy of it.</summary>
    private static (string Path, IntPtr Handle) LoadBinding()
    {
        try
        {
            return (Binding, NativeLibrary.Load(Binding));
        }
        catch (DllNotFoundException tooOld) when (tooOld.Message.Contains(OldLibStdCpp.MissingVersion, StringComparison.Ordinal))
        {
            var repaired = OldLibStdCpp.RepairedCopy(Binding);
            return (repaired, LoadLibrary(repaired));
        }
        catch (DllNotFoundException other)
        {
            throw Unloadable(Binding, other);
        }
    }

    private static IntPtr LoadLibrary(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException)
        {
            throw Unloadable(path, problem);
        }
    }

    private static LibTorchException Unloadable(string path, Exception problem) =>
        new($"'{path}' does not load: {problem.Message.ReplaceLineEndings(" ").Trim()} The version must be libtorch 2.10 or 2.11 for this processor; 'PixelPost.Training doctor' shows more.", problem);

    /// <summary>A published worker carries its libraries in a folder beside the program.</summary>
    private static string? Beside(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, name);
        return Directory.Exists(folder) ? folder : null;
    }

    private static string Metadata(string key) =>
        typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}

/// <summary>libtorch cannot be used; the message is a sentence with the cure.</summary>
public sealed class LibTorchException : Exception
{
    public LibTorchException(string message, Exception? cause = null) : base(message, cause) { }
}
