using System.Diagnostics;

namespace PixelPost.Benchmarks.Speed;

/// <summary>The <c>report</c> command on a file of a million votes, as its own process: reading, every figure, JSON and HTML.</summary>
internal static class MillionVotes
{
    private const int Votes = 1_000_000, Systems = 10, Prompts = 5_000, Raters = 500;

    /// <summary>Writes the file, runs the portal that the solution has built, and measures time and memory.</summary>
    public static Measured Report()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-benchmark-");
        try
        {
            var file = Path.Combine(folder.FullName, "votes.csv");
            Write(file);
            var (seconds, peak) = Enumerable.Range(0, 3).Select(_ => Run(file, folder.FullName)).OrderBy(run => run.Seconds).ElementAt(1);
            return new($"report of 1,000,000 votes ({Systems} systems, {Prompts:N0} prompts, {Raters} raters; {peak / 1e6:F0} MB at most, goal 1,000)", Measured.Ours, seconds, Goal: 5, Figure: null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(string file)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(file);
        writer.WriteLine("prompt_id,rater_id,left_system,right_system,axis,choice_screen");
        for (var i = 0; i < Votes; i++)
        {
            var left = random.Next(Systems);
            var right = (left + 1 + random.Next(Systems - 1)) % Systems;
            var u = random.NextDouble();
            var outcome = u < 0.2 ? "tie" : u < 0.2 + 0.8 / (1 + Math.Exp(0.2 * (left - right))) ? "left" : "right";
            writer.WriteLine($"prompt-{random.Next(Prompts)},rater-{random.Next(Raters)},system-{left},system-{right},appeal,{outcome}");
        }
    }

    private static (double Seconds, long PeakBytes) Run(string file, string folder)
    {
        var portal = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "EvalPortal", "release", "PixelPost.EvalPortal.dll"));
        if (!File.Exists(portal))
            throw new FileNotFoundException($"The portal is not at {portal}: build it with dotnet build src/EvalPortal -c Release.");
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [portal, "report", file, "--json", Path.Combine(folder, "report.json"), "--html", Path.Combine(folder, "report.html")]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(20))
        {
            process.Refresh();
            if (!process.HasExited) peak = Math.Max(peak, process.WorkingSet64);
        }

        return process.ExitCode == 0
            ? (clock.Elapsed.TotalSeconds, peak)
            : throw new InvalidOperationException($"report ended with {process.ExitCode}: {text.Result}");
    }
}
