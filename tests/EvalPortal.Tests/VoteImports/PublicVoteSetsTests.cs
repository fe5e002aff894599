using System.IO.Compression;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Exports;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.VoteImports;

/// <summary>
/// Votes that people gave elsewhere, in the folder that PIXELPOST_VOTE_SETS names. What results are made from is compared with counts
/// that are made here from the file's text alone.
/// </summary>
public sealed class PublicVoteSetsTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    /// <summary>Sets of more than 20,000 votes take minutes together: PIXELPOST_LARGE_SETS=1 tests them too.</summary>
    private static readonly bool WithLarge = Environment.GetEnvironmentVariable("PIXELPOST_LARGE_SETS") == "1";

    [SkippableTheory]
    [InlineData("llmfao.csv", 8_931)]
    [InlineData("lightfield_quality.csv.gz", 26_580)]
    [InlineData("genai_bench_arena_image_generation.csv", 1_735)]
    [InlineData("imagereward_test_derived_pairs.csv.gz", 7_230)]
    [InlineData("tifa160_derived_pairs.csv.gz", 7_980)]
    [InlineData("imagenhub_text_to_image_derived_pairs.csv.gz", 24_822)]
    [InlineData("genai_bench_ratings_derived_pairs.csv.gz", 23_715)]
    public async Task Import_Pairs_GiveResultsThatAgreeWithTheFile(string name, int votes)
    {
        Skip.If(votes > 20_000 && !WithLarge, "The set is large: PIXELPOST_LARGE_SETS=1 tests it too.");
        var path = PathOf(name);
        using var importer = new Importer(Db, Clock);

        var (summary, added) = await importer.ImportAsync(path);

        Assert.Empty(summary.Faults);
        Assert.Equal((votes, votes), (summary.Votes, added));
        Assert.Equal(Expected(path), await ActualAsync(importer));
    }

    [SkippableFact]
    public async Task Import_ArenaItems_KeepsBothBadApart()
    {
        using var importer = new Importer(Db, Clock);

        var (summary, added) = await importer.ImportAsync(PathOf("genai_bench_arena_image_generation_items.csv.gz"));

        var raw = CsvText.Read(Normal(PathOf("genai_bench_arena_image_generation_items.csv.gz"))).CountBy(row => row["human_vote_raw"]).ToDictionary();
        Assert.Equal(1_735, added);
        Assert.Equal((raw["bothbad_vote"], raw["bothbad_vote"] + raw["tievote"]), (summary.BothBad, summary.Ties));
        Assert.Equal((643, 663, 429), ((await importer.TellAsync()).Count(vote => vote.Winner == Outcome.A), (await importer.TellAsync()).Count(vote => vote.Winner == Outcome.B), (int)summary.Ties));
    }

    /// <summary>The scores give the pairs that the set's own derivation lists.</summary>
    [SkippableTheory]
    [InlineData("tifa160_likert_ratings.csv", "tifa160_derived_pairs.csv.gz")]
    [InlineData("imagenhub_text_to_image_ratings.csv", "imagenhub_text_to_image_derived_pairs.csv.gz")]
    [InlineData("genai_bench_ratings.csv.gz", "genai_bench_ratings_derived_pairs.csv.gz")]
    public async Task Import_Scores_GiveTheDerivedPairs(string scores, string pairs)
    {
        Skip.If(!scores.StartsWith("tifa160", StringComparison.Ordinal) && !WithLarge, "The set is large: PIXELPOST_LARGE_SETS=1 tests it too.");
        using var importer = new Importer(Db, Clock);

        var (summary, _) = await importer.ImportAsync(PathOf(scores));

        Assert.Equal(summary.Votes, summary.Derived);
        Assert.Equal(Expected(PathOf(pairs)), await ActualAsync(importer));
    }

    /// <summary>Wins of either system and ties by question and pair of systems; of a rater's votes on one pair of an item the first.</summary>
    private static SortedDictionary<string, (int A, int B, int Tie)> Expected(string path)
    {
        var counts = new SortedDictionary<string, (int A, int B, int Tie)>(StringComparer.Ordinal);
        var seen = new HashSet<(string, string, string, string, string)>();
        foreach (var row in CsvText.Read(Normal(path)))
        {
            var swapped = string.CompareOrdinal(row["system_a"], row["system_b"]) > 0;
            var (a, b) = swapped ? (row["system_b"], row["system_a"]) : (row["system_a"], row["system_b"]);
            if (row["rater_id"].Length > 0 && !seen.Add((row["item_id"], row["axis"], a, b, row["rater_id"])))
                continue;
            var key = $"{row["axis"]}: {a} and {b}";
            var count = counts.GetValueOrDefault(key);
            counts[key] = row["choice"] == "tie" ? count with { Tie = count.Tie + 1 }
                : (row["choice"] == "a") != swapped ? count with { A = count.A + 1 }
                : count with { B = count.B + 1 };
        }
        return counts;
    }

    private async Task<SortedDictionary<string, (int A, int B, int Tie)>> ActualAsync(Importer importer)
    {
        const string Sql = "SELECT study_id, question, system_a, system_b FROM imported_study";
        var counts = new SortedDictionary<string, (int A, int B, int Tie)>(StringComparer.Ordinal);
        var results = new ResultsStore(Db, new ComparisonStore(Db));
        await using var connection = await Db.OpenAsync();
        foreach (var (study, question, a, b) in await Dapper.SqlMapper.QueryAsync<(long, string, string, string)>(connection, Sql))
        {
            var votes = (await results.ReadAsync((await importer.Studies.FindAsync(study))!)).Votes;
            counts.Add($"{question}: {a} and {b}", (votes.Count(vote => vote.Winner == Outcome.A), votes.Count(vote => vote.Winner == Outcome.B), votes.Count(vote => vote.Winner == Outcome.Tie)));
        }
        return counts;
    }

    /// <summary>The text with the line ends that the tests' reader of CSV wants.</summary>
    private static string Normal(string path)
    {
        using var file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return new StreamReader(text).ReadToEnd().Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    private static string PathOf(string name)
    {
        var folder = Environment.GetEnvironmentVariable("PIXELPOST_VOTE_SETS");
        Skip.If(string.IsNullOrEmpty(folder), "PIXELPOST_VOTE_SETS does not name the folder of public votes");
        var path = Path.Combine(folder!, name);
        Skip.IfNot(File.Exists(path), $"{path} is not there");
        return path;
    }
}
