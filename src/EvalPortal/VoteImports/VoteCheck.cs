using PixelPost.EvalPortal.Exports;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Looks at a file of votes without storing anything.</summary>
public sealed class VoteCheck(VoteImportStore store)
{
    /// <summary>Most studies of one import: one for every two systems and every question.</summary>
    internal const int MostStudies = 2_000;

    private static readonly ExportTable<VoteLine> Lines = new(
        "report",
        [
            new("line", row => row.Line),
            new("status", row => row.Status),
            new("votes", row => row.Votes),
            new("reason", row => row.Reason),
        ]);

    private sealed record VoteLine(int Line, string Status, int Votes, string? Reason);

    /// <summary>Reads all of it.</summary>
    /// <param name="report">File to write a line for each row to, safe to open in a spreadsheet; null for none.</param>
    /// <exception cref="RefusedException">It cannot be read, or nothing in it is a vote.</exception>
    internal async Task<VoteSummary> RunAsync(VoteOrder order, string? report = null, Action<VoteProgress>? progress = null, CancellationToken cancel = default)
    {
        await store.ThrowIfNameIsTakenAsync(order.Study, cancel);
        var reading = new VoteReading(order);
        var tally = new VoteTally(order.Study, await store.ListVoteIdsAsync(order.Study, cancel));
        var sha256 = await reading.HashAsync(cancel);
        if (report is null)
        {
            await foreach (var line in ReadAsync(reading, tally, progress, cancel))
                _ = line;
        }
        else
        {
            await using var file = File.Create(report);
            await Lines.WriteAsync(file, ReadAsync(reading, tally, progress, cancel), ExportFormat.Spreadsheet, cancel);
        }
        var summary = tally.Summary(reading.Format!, sha256);
        if (summary.Votes == 0)
            throw new RefusedException($"{order.FileName} was read as {summary.Format} and has no vote{(summary.Faults is [var worst, ..] ? $": {worst.What} (first in line {worst.FirstLine})" : summary.LeftOut is [var left, ..] ? $": {left.What} (first in line {left.FirstLine})" : ".")}");
        if (summary.Studies.Count > MostStudies)
            throw new RefusedException($"{order.FileName} compares {summary.Studies.Count:N0} pairs of systems; one import may have {MostStudies:N0}. Split the file by systems.");
        return summary;
    }

    private static async IAsyncEnumerable<VoteLine> ReadAsync(
        VoteReading reading, VoteTally tally, Action<VoteProgress>? progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var row in reading.ReadAsync(cancel))
        {
            var there = tally.Add(row);
            progress?.Invoke(new VoteProgress(row.BytesRead, reading.Length, tally.Votes));
            var status = row.Fault is not null ? "faulty" : row.LeftOut is not null ? "left_out" : there > 0 && there == row.Votes.Count ? "there" : "new";
            yield return new VoteLine(row.Line, status, row.Votes.Count, row.Fault ?? row.LeftOut);
        }
    }
}
