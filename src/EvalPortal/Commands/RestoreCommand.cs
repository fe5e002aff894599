using PixelPost.EvalPortal.Backups;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>restore --from FOLDER --data NEW</c>: makes a portal of a backup; with <c>--dry-run</c> looks whether it could.</summary>
internal static class RestoreCommand
{
    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var restore = reader.Read<RestoreOptions>();
        reader.AddFaults([.. options.Faults(), .. restore.Faults()]);
        reader.ThrowIfFaulty();

        using var stop = new StopSignal();
        var manifest = await BackupRestorer.CheckAsync(restore.From!, new ProgressLines("bytes checked").Tell, stop.Token);
        var what = $"{Figures.Count(manifest.Votes, "vote")} and {Figures.Count(manifest.Files.Count, "file")} as of {manifest.MadeAt:yyyy-MM-dd HH:mm:ss} UTC";
        if (restore.DryRun)
        {
            Console.WriteLine($"The backup is whole: {what}. Nothing is restored: this was a dry run.");
            return;
        }
        await BackupRestorer.RestoreAsync(restore.From!, manifest, options, new ProgressLines("bytes restored").Tell, stop.Token);
        Console.WriteLine($"{what} are in {Path.GetFullPath(options.Data)}. Votes that came later are sent again by the browsers that still have them.");
        foreach (var outside in manifest.Outside)
            Console.WriteLine($"Not restored, because it was outside the data folder: {outside}");
    }

    private sealed record RestoreOptions
    {
        /// <summary>Folder of the backup.</summary>
        public string? From { get; init; }

        /// <summary>Whether the backup is only checked.</summary>
        public bool DryRun { get; init; }

        public IEnumerable<string> Faults()
        {
            if (string.IsNullOrWhiteSpace(From))
                yield return "--from is missing: the folder of a backup.";
        }
    }
}
