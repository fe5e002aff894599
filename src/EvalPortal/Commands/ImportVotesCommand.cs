using System.Globalization;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>import votes FILE --study NAME</c>: takes in votes that were given elsewhere, as studies of their own.</summary>
internal static class ImportVotesCommand
{
    private const int ShownReasons = 20;

    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var import = reader.Read<VotesOptions>();
        var path = reader.TakeOperand();
        reader.AddFaults([.. options.Faults(), .. import.Faults(path)]);
        reader.ThrowIfFaulty();

        await using var services = await ImportCommand.OpenAsync(options);
        var order = new VoteOrder { Path = Path.GetFullPath(path!), FileName = Path.GetFileName(path)!, Study = import.Study!.Trim(), Format = import.Format, Overall = import.Axis };
        using var stop = new StopSignal();
        try
        {
            var summary = await services.GetRequiredService<VoteCheck>().RunAsync(order, import.Report, Telling("bytes looked at"), stop.Token);
            Print(order, summary);
            if (import.DryRun)
            {
                Console.WriteLine("Nothing is stored: this was a dry run.");
                return;
            }
            var added = await services.GetRequiredService<VoteTake>().RunAsync(order, summary, Telling("bytes taken"), stop.Token);
            Console.WriteLine($"{added.ToString("N0", CultureInfo.InvariantCulture)} votes stored in {(summary.Studies.Count == 1 ? "one study" : $"{Figures.Whole(summary.Studies.Count)} linked studies")}.");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped. The same command goes on where this one was.");
        }
    }

    private static void Print(VoteOrder order, VoteSummary summary)
    {
        Console.WriteLine($"{order.FileName} is read as {summary.Format}{(order.Format is null ? "; --format names another" : "")}.");
        foreach (var note in summary.Notes())
            Console.WriteLine(note);
        foreach (var found in summary.LeftOut.Take(ShownReasons))
            Console.WriteLine($"left out {found.Count}, first line {found.FirstLine}: {found.What}");
        foreach (var found in summary.Faults.Take(ShownReasons))
            Console.WriteLine($"cannot be used {found.Count}, first line {found.FirstLine}: {found.What}");
        if (summary.LeftOut.Count + summary.Faults.Count > 0)
            Console.WriteLine("--report FILE writes a line for each row.");
    }

    private static Action<VoteProgress> Telling(string what)
    {
        var lines = new ProgressLines(what);
        return progress => lines.Tell(progress.Done, progress.Total);
    }

    private sealed record VotesOptions
    {
        /// <summary>What the study, or the linked studies, will be called.</summary>
        public string? Study { get; init; }

        /// <summary>Key of the file's format; left out, the file tells.</summary>
        public string? Format { get; init; }

        /// <summary>What answers to "overall", or to no named question, are kept as.</summary>
        public Axis Axis { get; init; } = Axis.Appeal;

        /// <summary>File to write the report to, line by line, as CSV.</summary>
        public string? Report { get; init; }

        /// <summary>Whether the file is only looked at.</summary>
        public bool DryRun { get; init; }

        public IEnumerable<string> Faults(string? path)
        {
            if (path is null)
                yield return "import votes: the file is missing, such as: import votes pick-a-pic.parquet --study Pick-a-Pic.";
            else if (!File.Exists(path))
                yield return $"{path}: there is no such file.";
            if (string.IsNullOrWhiteSpace(Study))
                yield return "--study is missing: what the study of the imported votes will be called.";
            if (Format is not null && ImportFormat.Find(Format) is null)
                yield return $"--format: there is no format '{Format}'. There are: {string.Join(", ", ImportFormat.All.Select(format => format.Key))}.";
            if (Axis is not (Axis.Appeal or Axis.Flaws))
                yield return "--axis: pairs are judged by appeal or flaws.";
            if (Report is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(Report))))
                yield return $"--report: there is no folder {Path.GetDirectoryName(Path.GetFullPath(Report))}.";
        }
    }
}
