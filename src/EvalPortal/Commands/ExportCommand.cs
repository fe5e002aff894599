using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>export --study NAME --out FOLDER</c>: writes a study's votes, decisions and preference sets as CSV, with a manifest.</summary>
public static class ExportCommand
{
    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var export = reader.Read<ExportOptions>();
        reader.AddFaults(options.Faults());
        reader.AddFaults(export.Faults());
        reader.ThrowIfFaulty();

        await using var services = new ServiceCollection().AddPortal(options).BuildServiceProvider();
        var clock = services.GetRequiredService<TimeProvider>();
        await Migrator.MigrateAsync(services.GetRequiredService<Db>(), clock);
        var study = await StudyOption.FindAsync(services.GetRequiredService<StudyStore>(), export.Study!);
        await services.GetRequiredService<StudyExport>().WriteFolderAsync(study, export.Out!, export.Spreadsheet, clock.GetUtcNow());
        Console.WriteLine($"'{study.Name}' is in {Path.GetFullPath(export.Out!)}; manifest.json says what is there.");
    }

    private sealed record ExportOptions
    {
        /// <summary>Name or number of the study.</summary>
        public string? Study { get; init; }

        /// <summary>Folder to write to.</summary>
        public string? Out { get; init; }

        /// <summary>Whether the files are for looking at in a spreadsheet.</summary>
        public bool Spreadsheet { get; init; }

        public IEnumerable<string> Faults()
        {
            if (string.IsNullOrWhiteSpace(Study))
                yield return StudyOption.Missing;
            if (string.IsNullOrWhiteSpace(Out))
                yield return "--out is missing: the folder to write to.";
        }
    }
}
