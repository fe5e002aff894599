using System.Security.Cryptography;
using System.Text.Json;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Exports.Layouts;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.VoteImports;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Exports;

/// <summary>Out in a layout and in again: the same votes, but for what the manifest says that the layout has no place for.</summary>
public sealed class LayoutRoundTripTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    // On two pairs by five raters: wins of both, ties, a both-bad and a reject, on either side.
    private const string Votes = """
        system_a,system_b,image_a,image_b,left_system,winner,prompt,rater_id,voted_at,both_bad
        m,n,m/1.png,n/1.png,m,a,"a fox, it's red",u,2024-05-06T07:08:09.123Z,
        m,n,m/1.png,n/1.png,n,a,"a fox, it's red",v,2024-05-06T07:08:10.123Z,
        m,n,m/1.png,n/1.png,n,b,"a fox, it's red",w,2024-05-06T07:08:11.123Z,
        m,n,m/1.png,n/1.png,m,tie,"a fox, it's red",x,2024-05-06T07:08:12.123Z,
        m,n,m/1.png,n/1.png,m,reject,"a fox, it's red",y,2024-05-06T07:08:13.123Z,
        m,n,m/2.png,n/2.png,m,b,=a hen,u,2024-05-06T07:08:14.123Z,
        m,n,m/2.png,n/2.png,n,b,=a hen,v,2024-05-06T07:08:15.123Z,
        m,n,m/2.png,n/2.png,n,tie,=a hen,w,2024-05-06T07:08:16.123Z,true

        """;

    public static TheoryData<string, ExportFormat> Cases
    {
        get
        {
            var cases = new TheoryData<string, ExportFormat>();
            foreach (var layout in PublicLayouts.All)
            {
                foreach (var format in layout.Formats.Where(format => format != ExportFormat.Spreadsheet))
                    cases.Add(layout.Key, format);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Layout_OutAndIn_GivesTheSameVotes(string key, ExportFormat format)
    {
        using var importer = new Importer(Db, Clock);
        await importer.ImportAsync(importer.Write("votes.csv", Votes));
        var layout = PublicLayouts.Find(key)!;
        var path = importer.Write($"out{format.Extension()}", "");

        var report = await ExportAsync(importer, new LayoutOrder(layout, Axis.Appeal, VoteSource.Real, format), path);
        var (summary, added) = await importer.ImportAsync(path, "Again");

        Assert.Empty(summary.Faults);
        Assert.Equal(report.Rows, added);
        Assert.Equal(report.Read, report.Rows + report.Dropped.Sum(dropped => dropped.Count));
        var before = (await importer.TellAsync()).Where(vote => vote.Winner != Outcome.Reject && (layout.HoldsTies || vote.Winner != Outcome.Tie)).ToList();
        var again = await importer.TellAsync("Again");
        if (layout.Votes is null)
        {
            Assert.Equal(["=a hen: n/2.png > m/2.png", "a fox, it's red: m/1.png > n/1.png"], again.Select(vote => vote.Won).Order(StringComparer.Ordinal));
            Assert.Empty(report.Dropped);
            return;
        }
        Assert.Equal(before.Select(vote => vote.Won).Order(), again.Select(vote => vote.Won).Order());
        Assert.Equal(layout.HoldsTies ? 1 : 3, report.Dropped.Sum(dropped => dropped.Count)); // the reject, and ties where they have no place
        if (layout.TellsSides)
            Assert.Equal(before.Select(vote => (vote.Won, vote.Left, vote.BothBad)).Order(), again.Select(vote => (vote.Won, vote.Left, vote.BothBad)).Order());
        if (!layout.Lacks.Contains("who voted"))
            Assert.Equal(before.GroupBy(vote => vote.Pseudonym).Select(rater => rater.Count()).Order(), again.GroupBy(vote => vote.Pseudonym).Select(rater => rater.Count()).Order());
        if (!layout.Lacks.Contains("the systems"))
            Assert.All(again, vote => Assert.Equal(("m", "n"), (vote.SystemA, vote.SystemB)));
    }

    [Fact]
    public async Task OwnTable_OutAndIn_GivesTheSameVotesInEveryFormat()
    {
        using var importer = new Importer(Db, Clock);
        await importer.ImportAsync(importer.Write("votes.csv", Votes));

        foreach (var format in (ExportFormat[])[ExportFormat.Csv, ExportFormat.Jsonl, ExportFormat.Json, ExportFormat.Parquet])
        {
            var path = importer.Write($"votes{format.Extension()}", "");
            await using (var file = File.Create(path))
                await importer.Export.WriteAsync(await importer.StudyAsync(), StudyTable.Votes, file, format);
            await importer.ImportAsync(path, $"{format}");

            // Images are named by number there, so they are told by whose they are.
            Assert.Equal((await importer.TellAsync()).Select(Told), (await importer.TellAsync($"{format}")).Select(Told));
        }

        static object Told(Importer.Told vote) => (vote.Prompt, vote.SystemA, vote.SystemB, vote.Winner, vote.LeftIsB, vote.BothBad, vote.VotedAt, vote.Timed);
    }

    [Fact]
    public async Task Layout_OfAStudy_LeavesOutExcludedAndSimulated_AndSaysSo()
    {
        var judged = await Quality.JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 2);
        await judged.ExcludeAsync(await judged.RateAsync("aa"));
        await judged.RateAsync("br");
        await judged.RateAsync("ab", simulated: true);
        using var importer = new Importer(Db, Clock);
        var folder = Path.Combine(Path.GetDirectoryName(importer.Write("x", "x"))!, "out");

        var report = await importer.Layouts.WriteFolderAsync(
            judged.Study, new LayoutOrder(PublicLayouts.Find("pick-a-pic")!, Axis.Flaws, VoteSource.Real, ExportFormat.Csv), folder);

        Assert.Equal((5 + 1, 1), (report.Read, report.Rows));
        Assert.Equal(
            [("of a rater who is excluded", 2L), ("simulated", 2L), ("the pair was rejected", 1L)],
            report.Dropped.Select(dropped => (dropped.Reason, dropped.Count)));
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json")));
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, "pick-a-pic.csv"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), manifest.RootElement.GetProperty("sha256").GetString());
        Assert.Equal(bytes.Length, manifest.RootElement.GetProperty("bytes").GetInt64());
        var row = CsvText.Read(System.Text.Encoding.UTF8.GetString(bytes)).Single();
        Assert.Equal(("0", "1", "true"), (row["label_0"], row["label_1"], row["has_label"]));
        await Assert.ThrowsAsync<RefusedException>(() => importer.Layouts.WriteFolderAsync(
            judged.Study, new LayoutOrder(PublicLayouts.Find("hpdv2")!, Axis.Flaws, VoteSource.Real, ExportFormat.Json), folder));
    }

    private static async Task<LayoutReport> ExportAsync(Importer importer, LayoutOrder order, string path)
    {
        await using var file = File.Create(path);
        return await importer.Layouts.WriteAsync(await importer.StudyAsync(), order, file);
    }
}
