using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Exports.Layouts;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Commands;

/// <summary>
/// <c>export --study NAME --out FOLDER</c>: writes a study's tables with a manifest; with <c>--layout</c> its votes as a public data set has them. <c>export bundle NAME --out study.zip</c> writes all of it as one file.
/// </summary>
public static class ExportCommand
{
    public static Task RunAsync(OptionsReader reader) => reader.TakeOperand() switch
    {
        null => WriteTablesAsync(reader),
        "bundle" => BundleCommands.ExportAsync(reader),
        var other => throw new RefusedException($"export: '{other}' is nothing to export. Say export --study NAME --out FOLDER for tables, or export bundle NAME --out study.zip."),
    };

    private static async Task WriteTablesAsync(OptionsReader reader)
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
        await services.GetRequiredService<DownloadAudit>().RecordAsync(StudyScope.Study(study.StudyId), export.Layout ?? "tables");
        if (PublicLayouts.Find(export.Layout) is { } layout)
            await WriteLayoutAsync(services.GetRequiredService<LayoutExport>(), study, export.Order(study, layout), export.Out!);
        else
            await services.GetRequiredService<StudyExport>().WriteFolderAsync(study, export.Out!, export.TableFormat, clock.GetUtcNow());
        Console.WriteLine($"'{study.Name}' is in {Path.GetFullPath(export.Out!)}; manifest.json says what is there.");
    }

    private static async Task WriteLayoutAsync(LayoutExport export, Study study, LayoutOrder order, string folder)
    {
        var report = await export.WriteFolderAsync(study, order, folder);
        Console.WriteLine($"{report.Layout}: {Figures.Count((int)report.Rows, "row")} of {Figures.Whole((int)report.Read)} {report.Unit} on {report.Axis}. {report.Rule}");
        foreach (var dropped in report.Dropped)
            Console.WriteLine($"  left out {Figures.Whole((int)dropped.Count)}: {dropped.Reason}");
        Console.WriteLine($"  no place for: {string.Join("; ", report.HasNoPlaceFor)}");
    }

    private sealed record ExportOptions
    {
        /// <summary>Name or number of the study.</summary>
        public string? Study { get; init; }

        /// <summary>Folder to write to.</summary>
        public string? Out { get; init; }

        /// <summary>Whether the files are for looking at in a spreadsheet.</summary>
        public bool Spreadsheet { get; init; }

        /// <summary>Kind of the files; left out, CSV for tables and what is usual for a layout.</summary>
        public ExportFormat? Format { get; init; }

        /// <summary>Key of a public layout to write in place of the tables.</summary>
        public string? Layout { get; init; }

        /// <summary>The question whose answers a layout holds; left out, the first of the study.</summary>
        public Axis? Axis { get; init; }

        /// <summary>Whose votes a layout holds.</summary>
        public VoteSource Votes { get; init; }

        public ExportFormat TableFormat => Spreadsheet ? ExportFormat.Spreadsheet : Format ?? ExportFormat.Csv;

        public LayoutOrder Order(Study study, PublicLayout layout)
        {
            if (study.Form != StudyForm.Pairs)
                throw new RefusedException($"--layout: '{study.Name}' compares no pairs, and public layouts hold nothing else. Leave --layout out for its tables.");
            var axis = Axis ?? study.Axes[0].Axis;
            if (study.Axes.All(asked => asked.Axis != axis))
                throw new RefusedException($"--axis: '{study.Name}' does not ask about {axis.ToText()}. It asks about {string.Join(" and ", study.Axes.Select(asked => asked.Axis.ToText()))}.");
            return new LayoutOrder(layout, axis, Votes, Spreadsheet ? ExportFormat.Spreadsheet : Format ?? layout.Usual);
        }

        public IEnumerable<string> Faults()
        {
            if (string.IsNullOrWhiteSpace(Study))
                yield return StudyOption.Missing;
            if (string.IsNullOrWhiteSpace(Out))
                yield return "--out is missing: the folder to write to.";
            if (Spreadsheet && Format is not (null or ExportFormat.Csv or ExportFormat.Spreadsheet))
                yield return $"--spreadsheet goes with CSV, not with --format {Format.Value.ToText()}.";
            if (Layout is null)
                yield break;
            if (PublicLayouts.Find(Layout) is not { } layout)
                yield return $"--layout: there is no layout '{Layout}'. There are: {string.Join(", ", PublicLayouts.All.Select(known => known.Key))}.";
            else if (!layout.Formats.Contains(Spreadsheet ? ExportFormat.Spreadsheet : Format ?? layout.Usual))
                yield return $"--format: {layout.Name} has lists, which CSV has no place for. There are: {string.Join(", ", layout.Formats.Select(format => format.ToText()))}.";
        }
    }
}
