using System.Globalization;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Output;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>report VOTES.csv</c>: tells what a file of votes says, whoever collected them. It needs no database.</summary>
public static class ReportCommand
{
    public static async Task RunAsync(OptionsReader reader)
    {
        _ = reader.Read<PortalOptions>(); // the settings and the environment may hold what only the other commands need
        var options = reader.Read<ReportOptions>();
        var path = reader.TakeOperand();
        reader.AddFaults(options.Faults(path));
        reader.ThrowIfFaulty();

        var request = new ReportRequest { Axis = options.Axis, SystemA = options.A, SystemB = options.B, Margin = options.Margin };
        var file = await VoteFileReader.ReadAsync(path!, options.Votes);
        var report = await VoteReport.OfAsync(file, request, FilePlan.Find(path!, file.Facts.Sha256));
        TextReport.Write(report, Console.Out);
        await SaveAsync("--json", options.Json, stream => JsonReport.WriteAsync(report, stream));
        await SaveAsync("--html", options.Html, stream => HtmlReport.WriteAsync(report, stream));
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

        /// <summary>File to write the report to as JSON.</summary>
        public string? Json { get; init; }

        /// <summary>File to write the report to as a page.</summary>
        public string? Html { get; init; }

        public IEnumerable<string> Faults(string? path)
        {
            if (path is null)
                yield return "report: the file of votes is missing, such as: report votes.csv.";
            if (Margin is not (null or (> 0 and < 1)))
                yield return string.Create(CultureInfo.InvariantCulture, $"--margin: {Margin} is not above 0 and below 1; 0.05 is a net win rate of 5 %.");
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
