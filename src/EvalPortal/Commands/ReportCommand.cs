using System.Globalization;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Reports.Output;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>report PATH</c>: tells what a file of votes, a folder of exports or a bundle says; a bundle is checked first. It needs no database.</summary>
public static class ReportCommand
{
    public static async Task RunAsync(OptionsReader reader)
    {
        _ = reader.Read<PortalOptions>(); // the settings and the environment may hold what only the other commands need
        var options = reader.Read<ReportOptions>();
        var path = reader.TakeOperand();
        reader.AddFaults(options.Faults(path));
        reader.ThrowIfFaulty();

        if (BundleFile.IsZip(path!))
            await ReportBundleAsync(path!, options);
        else if (IsOfStudies(path!, options))
            await ReportStudiesAsync(path!, options);
        else
            await ReportVotesAsync(path!, options);
    }

    /// <summary>
    /// Whether to report studies as the portal does: folders, answers and picks always; a table of votes when a document is asked for,
    /// and nothing that only a file of votes of any kind can be asked.
    /// </summary>
    private static bool IsOfStudies(string path, ReportOptions options)
    {
        if (Directory.Exists(path))
            return options.Axis is null ? true : throw new RefusedException("--axis is for one file of votes: a folder is reported as a whole.");
        return ExportedStudies.FormOf(path) switch
        {
            null => false,
            StudyForm.Pairs => options is { Out: not null, Axis: null, A: null, B: null, Margin: null },
            _ => options.Axis is null ? true : throw new RefusedException("--axis is for votes on pairs: this table has one axis."),
        };
    }

    private static async Task ReportBundleAsync(string path, ReportOptions options)
    {
        if (options.Axis is not null || options.A is not null || options.B is not null)
            throw new RefusedException("--axis, --a and --b are for one file of votes: a bundle is reported as a whole.");
        using var stop = new StopSignal();
        var (title, studies) = await BundleReport.CheckAsync(path, stop.Token);
        await ReportStudiesAsync(title, studies, options);
    }

    private static Task ReportStudiesAsync(string path, ReportOptions options)
    {
        var studies = ExportedStudies.Read(path, options.A, options.B);
        var title = studies.Count == 1 ? studies[0].Study.Name : Path.GetFileName(Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar));
        return ReportStudiesAsync(title, studies, options);
    }

    private static async Task ReportStudiesAsync(string title, IReadOnlyList<StudyData> studies, ReportOptions options)
    {
        var view = new ResultView(options.Votes ?? ResultView.SourceOf(studies), options.Exclusions, options.Margin);
        var now = TimeProvider.System.GetUtcNow();
        var document = DocumentBuilder.Of(title, studies, view, now);
        TextDocument.Write(document, Console.Out);
        await SaveAsync("--json", options.Json, stream => JsonReport.WriteAsync(StudyResult.Of(studies, view), stream));
        await SaveAsync("--html", options.Html, stream => HtmlDocument.WriteAsync(document, stream));
        await SaveDocumentsAsync(document, options, now);
    }

    private static async Task ReportVotesAsync(string path, ReportOptions options)
    {
        if (options.Exclusions != Exclusions.Applied)
            throw new RefusedException("--exclusions is for exports of this portal: in other files rows that say that they are excluded are left out.");
        var request = new ReportRequest { Axis = options.Axis, SystemA = options.A, SystemB = options.B, Margin = options.Margin };
        var file = await VoteFileReader.ReadAsync(path, options.Votes);
        var report = await VoteReport.OfAsync(file, request, FilePlan.Find(path, file.Facts.Sha256));
        TextReport.Write(report, Console.Out);
        await SaveAsync("--json", options.Json, stream => JsonReport.WriteAsync(report, stream));
        await SaveAsync("--html", options.Html, stream => HtmlReport.WriteAsync(report, stream));
        var now = TimeProvider.System.GetUtcNow();
        await SaveDocumentsAsync(DocumentBuilder.Of(report, now), options, now);
    }

    private static async Task SaveDocumentsAsync(ReportDocument document, ReportOptions options, DateTimeOffset now)
    {
        if (options.Out is not { } folder)
            return;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"--out: the folder {folder} cannot be made: {exception.Message}", exception);
        }
        foreach (var format in options.Formats)
            await SaveAsync("--out", Path.Combine(folder, $"report.{format.Extension}"), stream => format.WriteAsync(document, options.Paper, now, stream));
    }

    private static async Task SaveAsync(string option, string? path, Func<Stream, Task> write)
    {
        if (path is null)
            return;
        try
        {
            await using var stream = File.Create(path);
            await write(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{option}: {path} cannot be written: {exception.Message}", exception);
        }
        Console.WriteLine($"{Environment.NewLine}Written: {Path.GetFullPath(path)}");
    }

    private sealed record ReportOptions
    {
        /// <summary>The only axis to report; left out, all.</summary>
        public string? Axis { get; init; }

        /// <summary>The system whose lead is positive.</summary>
        public string? A { get; init; }

        /// <summary>The system it is compared with.</summary>
        public string? B { get; init; }

        /// <summary>The largest lead that does not matter.</summary>
        public double? Margin { get; init; }

        /// <summary>Whose votes; left out, people's where there are any, else the simulated ones.</summary>
        public VoteSource? Votes { get; init; }

        /// <summary>What is done about excluded raters.</summary>
        public Exclusions Exclusions { get; init; }

        /// <summary>File to write the report to as JSON.</summary>
        public string? Json { get; init; }

        /// <summary>File to write the report to as a page.</summary>
        public string? Html { get; init; }

        /// <summary>Folder to write the documents to.</summary>
        public string? Out { get; init; }

        /// <summary>Which documents, with commas between; left out, all.</summary>
        public string? Format { get; init; }

        /// <summary>Paper of the PDF.</summary>
        public Paper Paper { get; init; }

        /// <summary>The documents to write.</summary>
        internal IReadOnlyList<DocumentFormat> Formats => Format is null ? DocumentFormat.All : [.. Names.Select(DocumentFormat.Find).OfType<DocumentFormat>().Distinct()];

        private string[] Names => Format?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

        public IEnumerable<string> Faults(string? path)
        {
            if (path is null)
                yield return "report: the file of votes or the folder of an export is missing, such as: report votes.csv.";
            if (Margin is not (null or (> 0 and < 1)))
                yield return string.Create(CultureInfo.InvariantCulture, $"--margin: {Margin} is not above 0 and below 1; 0.05 is a net win rate of 5 %.");
            if (Format is not null && Out is null)
                yield return "--format says in what to write documents: --out is missing, the folder to write them to.";
            if (Format is not null && (Names.Length == 0 || Names.Any(name => DocumentFormat.Find(name) is null)))
                yield return $"--format: '{Format}' is not of {string.Join(", ", DocumentFormat.All.Select(format => format.Extension))}, with commas between.";
            foreach (var (option, file) in new[] { ("--json", Json), ("--html", Html) })
            {
                if (file is null)
                    continue;
                var full = Path.GetFullPath(file);
                if (path is not null && full == Path.GetFullPath(path))
                    yield return $"{option}: {file} is the file of votes itself, which would be written over.";
                else if (!Directory.Exists(Path.GetDirectoryName(full)))
                    yield return $"{option}: there is no folder {Path.GetDirectoryName(full)}.";
            }
        }
    }
}
