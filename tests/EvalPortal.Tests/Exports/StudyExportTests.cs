using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Exports;

public sealed class StudyExportOnSqlite() : StudyExportTests(DatabaseKind.Sqlite);

public sealed class StudyExportOnPostgres() : StudyExportTests(DatabaseKind.Postgres);

public abstract class StudyExportTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pixelpost-export-{Guid.NewGuid():N}");
    private Study _study = null!;

    private PreferenceSetStore Preferences => new(Db, new ComparisonStore(Db), new RecordedPickStore(Db), new AskedImageStore(Db), Clock);

    private StudyExport Export => new(
        new SystemStore(Db, Clock), new ComparisonStore(Db), new RecordedVoteStore(Db), new RecordedAnswerStore(Db), new RecordedPickStore(Db),
        new ExportedImageStore(Db), new ResultsStore(Db, new ComparisonStore(Db)), Preferences, new ExclusionStore(Db, Clock),
        new TrainingRecordStore(Db), new PlanStore(Db, Clock), new StudyMaterialStore(Db));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await Seeds.StudyAsync("a fox", "=a \"hen\", red", "a cat", "nobody's");
        foreach (var (comparison, axis, winners) in ((int, Axis, string)[])[(1, Axis.Flaws, "aab"), (2, Axis.Flaws, "rrt"), (3, Axis.Appeal, "ab"), (1, Axis.Appeal, "b")])
        {
            foreach (var winner in winners)
                await Seeds.VoteAsync(_study, comparison, axis, Winner(winner));
        }
        await Seeds.VoteAsync(_study, 1, Axis.Flaws, "b", simulated: true);
        await Seeds.VoteAsync(_study, 2, Axis.Flaws, "b", simulated: true);
    }

    public override async Task DisposeAsync()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task Folder_VotesReadBack_GiveTheDecisions()
    {
        await ChangeAndUndoAsync();

        await Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        var votes = Read("votes.csv").Where(vote => vote["counts"] == "true").ToList();
        var decisions = Read("decisions.csv");
        Assert.Equal(2 * 2 * 4, decisions.Count); // people and simulated, axes, comparisons
        foreach (var row in decisions)
        {
            var winners = votes
                .Where(vote => (vote["item_id"], vote["axis"], vote["simulated"]) == (row["item_id"], row["axis"], row["simulated"]))
                .Select(vote => vote["winner"])
                .ToList();
            Assert.Equal(
                [winners.Count, .. ((string[])["a", "b", "tie", "reject"]).Select(outcome => winners.Count(winner => winner == outcome))],
                ((string[])["n", "n_a", "n_b", "n_tie", "n_reject"]).Select(column => int.Parse(row[column])));
            Assert.Equal(Majority(winners), row["majority"]);
        }
        Assert.Equal(
            ["", "", "", "", "", "a", "b", "reject", "split"],
            decisions.Where(row => row["simulated"] == "false").Select(row => row["majority"]).Append("").Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Folder_ChangedAndUndoneVotes_AreThereAndMarked()
    {
        var (first, second) = await ChangeAndUndoAsync();

        await Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        var votes = Read("votes.csv").ToDictionary(vote => vote["vote_id"]);
        Assert.Equal(("", "", "false"), (votes[first]["supersedes_vote_id"], votes[first]["retracted_at"], votes[first]["counts"]));
        Assert.Equal((first, "2026-03-01T12:00:00.000Z", "false"), (votes[second]["supersedes_vote_id"], votes[second]["retracted_at"], votes[second]["counts"]));
        Assert.Equal(votes.Keys, votes.Values.OrderBy(vote => vote["received_at"]).ThenBy(vote => vote["vote_id"], StringComparer.Ordinal).Select(vote => vote["vote_id"]));
        var counts = Manifest().GetProperty("votes");
        Assert.Equal(
            [13, 11, 1, 1, 2],
            ((string[])["rows", "counting", "superseded", "retracted", "counting_simulated"]).Select(name => counts.GetProperty(name).GetInt32()));
    }

    [SkippableFact]
    public async Task Folder_VotesOnEitherSide_TellSidesAndSystems()
    {
        const string SwapOneAxis = "UPDATE assignment SET left_is_b = @LeftIsB WHERE axis = 'appeal'";
        await using (var connection = await Db.OpenAsync())
            await connection.ExecuteAsync(SwapOneAxis, new { LeftIsB = true });

        await Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        Assert.All(Read("votes.csv"), vote =>
        {
            var (left, right) = vote["axis"] == "appeal" ? ("b", "a") : ("a", "b");
            Assert.Equal((vote[$"image_{left}_id"], vote[$"system_{left}"]), (vote["left_image_id"], vote["left_system"]));
            Assert.Equal((vote[$"image_{right}_id"], vote[$"system_{right}"]), (vote["right_image_id"], vote["right_system"]));
            Assert.NotEqual(vote["left_system"], vote["right_system"]);
        });
    }

    [SkippableTheory]
    [InlineData(false, "left", "a")]
    [InlineData(false, "right", "b")]
    [InlineData(true, "left", "b")]
    [InlineData(true, "right", "a")]
    public async Task Folder_VoteWithEvidenceAndFlaw_TellsThemOfTheImageThatWasThere(bool leftIsB, string side, string system)
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        await using var writer = new DbWriter(Db);
        var pair = (await new AssignmentStore(Db, writer, Clock).TakeAsync(rater, ahead: 1, new Random(1))).Pairs[0].AssignmentId;
        await using (var connection = await Db.OpenAsync())
            await connection.ExecuteAsync("UPDATE assignment SET left_is_b = @LeftIsB", new { LeftIsB = leftIsB });
        var id = Guid.CreateVersion7();
        await new VoteStore(Db, writer, Clock).RecordAsync(rater, id, study.Draft(pair));
        await new VoteFlawStore(writer, Clock).RecordAsync(rater, id, new FlawDraft
        {
            Type = FlawType.Edges,
            Severity = FlawSeverity.Minor,
            Side = Enum.Parse<EvalPortal.Rating.Side>(side, ignoreCase: true),
            X = 0.25,
            Y = 0.75,
        });

        await Export.WriteFolderAsync(study.Study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        var vote = Assert.Single(Read("votes.csv"));
        Assert.Equal(
            ["2400", "2.5", "true", "false", "3", "edges", "minor", vote[$"image_{system}_id"], "0.25", "0.75"],
            ((string[])["visible_ms", "max_zoom", "native_seen_left", "native_seen_right", "toggles", "flaw_type", "flaw_severity", "flaw_image_id", "flaw_x", "flaw_y"])
                .Select(column => vote[column]));
    }

    [SkippableFact]
    public async Task Folder_PreferenceSet_ListsItsPairs()
    {
        var id = await Preferences.FreezeAsync("set", _study.StudyId, AxisRule.FlawsThenAppeal, VoteSource.Real, createdByAccountId: null);

        await Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        var pair = Assert.Single(Read($"preferences-{id}.csv"));
        Assert.Equal(("1", "flaws", "a fox", "2", "1", "0", "false"), (pair["pair_number"], pair["axis"], pair["prompt"], pair["votes_chosen"], pair["votes_rejected"], pair["votes_tie"], pair["simulated"]));
        var vote = Read("votes.csv").First(vote => vote["item_id"] == pair["item_id"]);
        Assert.Equal((vote["image_a_id"], vote["system_a"], vote["system_b"]), (pair["chosen_image_id"], pair["chosen_system"], pair["rejected_system"]));
        Assert.Equal(1, Manifest().GetProperty("preference_sets")[0].GetProperty("left_out").GetProperty("rejects").GetInt32());
    }

    [SkippableFact]
    public async Task Folder_Manifest_NamesRowsColumnsAndHashes()
    {
        await Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        foreach (var file in Manifest().GetProperty("files").EnumerateArray())
        {
            var bytes = File.ReadAllBytes(Path.Combine(_folder, file.GetProperty("name").GetString()!));
            var text = System.Text.Encoding.UTF8.GetString(bytes);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.GetProperty("sha256").GetString());
            Assert.Equal(bytes.Length, file.GetProperty("bytes").GetInt32());
            Assert.Equal(CsvText.Read(text).Count, file.GetProperty("rows").GetInt32());
            Assert.Equal(CsvText.Columns(text), file.GetProperty("columns").EnumerateArray().Select(column => column.GetString()));
            Assert.True(CsvText.Columns(text).Contains("simulated") || file.GetProperty("name").GetString() == "images.csv"); // images are nobody's votes
        }
    }

    [SkippableFact]
    public async Task Folder_ExportedTwice_IsTheSameByteForByte_AndNeverOverwritten()
    {
        var other = Path.Combine(_folder, "again");
        await Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow());
        await Export.WriteFolderAsync(_study, other, ExportFormat.Csv, Clock.GetUtcNow());

        foreach (var file in Directory.GetFiles(_folder))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(other, Path.GetFileName(file))));
        await Assert.ThrowsAsync<RefusedException>(() => Export.WriteFolderAsync(_study, _folder, ExportFormat.Csv, Clock.GetUtcNow()));
    }

    [SkippableFact]
    public async Task Folder_ExcludedRaters_AreMarkedLeftOutAndListed()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 2);
        var (excluded, simulated) = (await judged.RateAsync("aa"), await judged.RateAsync("b", simulated: true));
        await judged.RateAsync("b");
        await judged.LiftAsync(await judged.ExcludeAsync(excluded, RaterFlagKind.Streak));
        var (second, third) = (await judged.ExcludeAsync(excluded), await judged.ExcludeAsync(simulated));

        await Export.WriteFolderAsync(judged.Study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        var pseudonym = await judged.PseudonymAsync(excluded);
        Assert.Equal(
            [("streak", pseudonym, "false", "Ada"), ("manual", pseudonym, "true", ""), ("manual", await judged.PseudonymAsync(simulated), "true", "")],
            Read("exclusions.csv").Select(row => (row["rule_id"], row["target_id"], row["active"], row["lifted_by"])));
        Assert.All(Read("exclusions.csv"), row => Assert.Equal(
            ("rater", "Pressed one key.", "Ada", "2026-03-01T12:00:00.000Z"), (row["scope"], row["reason"], row["by"], row["at"])));
        Assert.Equal(["false", "true", "true", "true"], Read("votes.csv").Select(vote => vote["excluded"]).Order());
        Assert.All(Read("votes.csv"), vote => Assert.Equal("true", vote["counts"]));
        var flaws = Read("decisions.csv").Where(row => row["axis"] == "flaws").Select(row => (row["simulated"], row["n"], row["majority"], row["exclusion_set"]));
        Assert.Equal([("false", "1", "b", $"{second}"), ("false", "0", "", $"{second}"), ("true", "0", "", $"{third}"), ("true", "0", "", $"{third}")], flaws);
        Assert.Equal($$"""{"exclusion_set":"{{second}} {{third}}","raters":2,"votes":3,"rules":["manual"]}""", JsonSerializer.Serialize(Manifest().GetProperty("exclusions")));
    }

    [SkippableFact]
    public async Task Decisions_Downloaded_AreThoseOfTheFolder()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 2);
        await judged.ExcludeAsync(await judged.RateAsync("aa"));
        await judged.RateAsync("bb");
        await Export.WriteFolderAsync(judged.Study, _folder, ExportFormat.Csv, Clock.GetUtcNow());

        foreach (var table in StudyTables.Of(judged.Study))
        {
            using var download = new MemoryStream();
            await Export.WriteAsync(judged.Study, table, download, ExportFormat.Csv);
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, $"{table.ToText()}.csv")), download.ToArray());
        }
    }

    private async Task<(string First, string Second)> ChangeAndUndoAsync()
    {
        const string Retract = "INSERT INTO vote_retraction (vote_id, retracted_at) VALUES (@VoteId, @Now)";
        var raters = new RaterStore(Db, Clock);
        var session = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _study.StudyId);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var pair = await Seeds.AssignAsync(_study, 3, Axis.Flaws, session);
        await Seeds.VoteAsync(pair, first, "a");
        await Seeds.VoteAsync(pair, second, "b", supersedes: first);
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync(Retract, new { VoteId = second, Now = Clock.GetUtcNow() });
        return (first.ToString(), second.ToString());
    }

    private IReadOnlyList<Dictionary<string, string>> Read(string file) => CsvText.Read(File.ReadAllText(Path.Combine(_folder, file)));

    private JsonElement Manifest() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "manifest.json"))).RootElement;

    private static string Majority(List<string> winners)
    {
        var ranked = winners.CountBy(winner => winner).OrderByDescending(outcome => outcome.Value).ToList();
        if (ranked.Count == 0)
            return "";
        return ranked.Count > 1 && ranked[0].Value == ranked[1].Value ? "split" : ranked[0].Key;
    }

    private static string Winner(char letter) => letter switch { 'r' => "reject", 't' => "tie", _ => letter.ToString() };
}
