using PixelPost.EvalPortal.Backups;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>backup --out FOLDER</c>: saves all that the portal keeps, while it runs.</summary>
internal static class BackupCommand
{
    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var backup = reader.Read<BackupOptions>();
        reader.AddFaults([.. options.Faults(), .. backup.Faults()]);
        if (!Directory.Exists(options.Data))
            reader.AddFaults([$"data: there is no folder {Path.GetFullPath(options.Data)}."]);
        reader.ThrowIfFaulty();

        await using var services = new ServiceCollection().AddPortal(options).BuildServiceProvider();
        var maker = new BackupMaker(options, services.GetRequiredService<DataFolder>(), services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>());
        using var stop = new StopSignal();
        try
        {
            var manifest = await maker.MakeAsync(backup.Out!, new ProgressLines("bytes saved").Tell, stop.Token);
            Console.WriteLine(
                $"{Figures.Count(manifest.Votes, "vote")} and {Figures.Count(manifest.Files.Count, "file")} as of {manifest.MadeAt:yyyy-MM-dd HH:mm:ss} UTC are in {Path.GetFullPath(backup.Out!)}. Whoever can read it can sign in as anybody.");
            foreach (var outside in manifest.Outside)
                Console.WriteLine($"Not in it, because it lies outside the data folder: {outside}");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped. The same command goes on where this one was; until it is through, the folder holds no backup.");
        }
    }

    private sealed record BackupOptions
    {
        /// <summary>Folder to save to.</summary>
        public string? Out { get; init; }

        public IEnumerable<string> Faults()
        {
            if (string.IsNullOrWhiteSpace(Out))
                yield return "--out is missing: the folder to save to, best on another disk. Saving again to the same copies only what is new.";
        }
    }
}
