using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Exports.Layouts;

/// <summary>Writes the votes of a study of pairs in the layouts of public data sets. What does not fit is counted, by reason.</summary>
public sealed class LayoutExport(StudyExport studies, RecordedVoteStore votes, ResultsStore results, ExportedImageStore images, TimeProvider clock)
{
    private const string CountsNowhere = "replaced, taken back, surplus or a check: it counts in no result";

    /// <summary>Writes the file alone.</summary>
    /// <returns>The report; what it says of the file's bytes is still empty.</returns>
    internal async Task<LayoutReport> WriteAsync(Study study, LayoutOrder order, Stream stream, CancellationToken cancel = default)
    {
        var exported = await studies.WithSystemsAsync(study, cancel);
        var names = new Dictionary<long, string>();
        await foreach (var image in images.ReadAsync(study.StudyId, cancel))
            names.Add(image.ImageId, image.Reference ?? $"{image.Sha256}.png");
        var counts = new Counts();
        var rows = order.Layout.Votes is { } table
            ? await table.WriteAsync(stream, VotesAsync(exported, order, names, counts, cancel), order.Format, cancel)
            : await order.Layout.Decisions!.WriteAsync(stream, (await DecisionsAsync(exported, order, names, counts, cancel)).ToAsyncEnumerable(), order.Format, cancel);
        return new LayoutReport
        {
            AppVersion = ExportManifest.AppVersion,
            WrittenAt = clock.GetUtcNow().ToText(),
            Layout = order.Layout.Name,
            Rule = order.Layout.Rule,
            HasNoPlaceFor = order.Layout.Lacks,
            StudyId = study.StudyId,
            Study = study.Name,
            Axis = order.Axis.ToText(),
            Votes = order.Votes.ToText(),
            ExclusionSet = ExclusionSet.NameOf([.. exported.Excluded.Values.Order()]),
            Unit = order.Layout.Votes is null ? "comparisons" : "votes",
            Read = rows + counts.Dropped.Values.Sum(),
            Rows = rows,
            Dropped = [.. counts.Dropped.OrderBy(dropped => dropped.Key, StringComparer.Ordinal).Select(dropped => new LeftOut(dropped.Key, dropped.Value))],
            RowsWithDrawnSides = order.Layout.TellsSides ? counts.DrawnSides : null,
            File = order.Layout.Key + order.Format.Extension(),
        };
    }

    /// <summary>Writes the file and its <c>manifest.json</c> into a folder, which is made when it is missing.</summary>
    /// <exception cref="RefusedException">The folder holds an export already.</exception>
    internal async Task<LayoutReport> WriteFolderAsync(Study study, LayoutOrder order, string folder, CancellationToken cancel = default)
    {
        var manifest = new ExportManifest(folder, order.Format);
        manifest.ThrowIfThere();
        Directory.CreateDirectory(folder);
        await using var file = File.Create(Path.Combine(folder, order.Layout.Key + order.Format.Extension()));
        var report = await WithHashAsync(await WriteAsync(study, order, file, cancel), file, cancel);
        await File.WriteAllBytesAsync(manifest.Path, JsonSerializer.SerializeToUtf8Bytes(report, ExportJson.Manifest), cancel);
        return report;
    }

    /// <summary>Writes the file and its <c>manifest.json</c> into a zip.</summary>
    /// <param name="zip">Can be written to, synchronously too.</param>
    internal async Task WriteZipAsync(Study study, LayoutOrder order, Stream zip, CancellationToken cancel = default)
    {
        await using var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        var report = await WithHashAsync(await WriteAsync(study, order, file, cancel), file, cancel);
        file.Position = 0;
        using var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true);
        await using (var entry = archive.CreateEntry(report.File).Open())
            await file.CopyToAsync(entry, cancel);
        await using (var entry = archive.CreateEntry("manifest.json").Open())
            await entry.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, ExportJson.Manifest), cancel);
    }

    private static async Task<LayoutReport> WithHashAsync(LayoutReport report, Stream file, CancellationToken cancel)
    {
        await file.FlushAsync(cancel);
        file.Position = 0;
        return report with { Bytes = file.Length, Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel)) };
    }

    private async IAsyncEnumerable<LaidVote> VotesAsync(
        ExportedStudy exported, LayoutOrder order, Dictionary<long, string> names, Counts counts, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var vote in votes.ReadAsync(exported.Study.StudyId, cancel))
        {
            if (vote.Axis != order.Axis)
                continue;
            if (WhyNot(vote, exported, order) is { } reason)
            {
                counts.Drop(reason);
                continue;
            }
            counts.DrawnSides += vote.KnowsSides ? 0 : 1;
            yield return new LaidVote(vote, exported.SystemA, exported.SystemB, names[vote.ImageAId!.Value], names[vote.ImageBId!.Value]);
        }
    }

    private static string? WhyNot(RecordedVote vote, ExportedStudy exported, LayoutOrder order) => vote switch
    {
        { Counts: false } => CountsNowhere,
        _ when !order.Votes.Includes(vote.Simulated) => vote.Simulated ? "simulated" : "given by a person",
        _ when exported.Excluded.ContainsKey(vote.RaterId) => "of a rater who is excluded",
        { Winner: Outcome.Reject } => "the pair was rejected",
        { Winner: Outcome.Tie } when !order.Layout.HoldsTies => "a tie",
        _ => null,
    };

    private async Task<IEnumerable<LaidDecision>> DecisionsAsync(
        ExportedStudy exported, LayoutOrder order, Dictionary<long, string> names, Counts counts, CancellationToken cancel)
    {
        var table = await results.ReadAsync(exported.Study, cancel);
        var decided = TalliedComparison.Of(table.From(order.Votes).Under(Exclusions.Applied));
        return Decisions();

        IEnumerable<LaidDecision> Decisions()
        {
            foreach (var (comparison, tally) in decided.Select(comparison => (comparison.Comparison, comparison.Tallies[order.Axis])))
            {
                var (imageA, imageB) = (names[comparison.ImageAId], names[comparison.ImageBId]);
                if (tally.Decision == Decision.A)
                    yield return new LaidDecision(comparison, exported.SystemA, exported.SystemB, imageA, imageB, tally.Votes.A, tally.Votes.B);
                else if (tally.Decision == Decision.B)
                    yield return new LaidDecision(comparison, exported.SystemB, exported.SystemA, imageB, imageA, tally.Votes.B, tally.Votes.A);
                else
                    counts.Drop(tally.Decision switch { Decision.Tie => "a tie", Decision.Split => "a split: two answers share the first place", Decision.Reject => "rejected by the majority", _ => "no votes" });
            }
        }
    }

    /// <summary>Counted while rows are written.</summary>
    private sealed class Counts
    {
        public Dictionary<string, long> Dropped { get; } = [];

        public long DrawnSides { get; set; }

        public void Drop(string reason) => Dropped[reason] = Dropped.GetValueOrDefault(reason) + 1;
    }
}
