using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.Benchmarks.Assignment;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.Benchmarks.Exports;

/// <summary>What it costs to write every vote of a large study in each kind of file.</summary>
internal static class ExportBench
{
    private const double GoalRows = 100_000;

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(int votes)
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-bench-").FullName;
        try
        {
            await using var services = new ServiceCollection().AddPortal(new PortalOptions { Data = folder, Demo = false }).BuildServiceProvider();
            var db = services.GetRequiredService<Db>();
            var id = await LargeStudy.AddAsync(db, votes / LargeStudy.Votes);
            await ManyVotes.AddAsync(db, id);
            var study = (await services.GetRequiredService<StudyStore>().FindAsync(id))!;
            var export = services.GetRequiredService<StudyExport>();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{db.Kind}, {votes:N0} votes, {Environment.ProcessorCount} processors, .NET {Environment.Version}\n"));
            Console.WriteLine("| votes as | rows a second | seconds | processor | most resident | file | goal |\n|---|---:|---:|---:|---:|---:|---|");
            foreach (var format in (ExportFormat[])[ExportFormat.Csv, ExportFormat.Jsonl, ExportFormat.Parquet])
                await MeasureAsync(export, study, format, Path.Combine(folder, $"votes{format.Extension()}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(StudyExport export, Study study, ExportFormat format, string path)
    {
        GC.Collect();
        var (clock, processor, most) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, 0L);
        await using var file = File.Create(path);
        var writing = export.WriteAsync(study, StudyTable.Votes, file, format);
        while (await Task.WhenAny(writing, Task.Delay(100)) != writing)
            most = Math.Max(most, Resident());
        var rows = await writing;
        var spent = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {format.Words()} | {rows / clock.Elapsed.TotalSeconds:N0} | {clock.Elapsed.TotalSeconds:0.0} | {spent.TotalSeconds:0.0} s | {Math.Max(most, Resident()) / 1e6:0} MB | {file.Length / 1e6:0} MB | {GoalRows:N0} a second |"));
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
