using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Simulation;

public sealed class SimulationRunnerOnSqlite() : SimulationRunnerTests(DatabaseKind.Sqlite);

public sealed class SimulationRunnerOnPostgres() : SimulationRunnerTests(DatabaseKind.Postgres);

public abstract class SimulationRunnerTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private readonly List<DbWriter> _writers = [];

    public override async Task DisposeAsync()
    {
        foreach (var writer in _writers)
            await writer.DisposeAsync();
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task Run_MoreRatersThanVotesWanted_SpreadsThemEvenly()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 3);
        var told = new List<(int, int)>();

        var result = await Runner(Db).RunAsync(Order(study, raters: 6), (votes, expected) => told.Add((votes, expected)));

        Assert.Equal(new SimulationResult(6, 24), result);
        Assert.Equal(Enumerable.Range(1, 24).Select(i => (i, 24)), told);
        Assert.All((await study.CountVotesAsync()).Values, count => Assert.Equal(3, count));
        var raters = await new ProgressStore(Db).ListRatersAsync(study.Study.StudyId);
        Assert.All(raters, rater => Assert.InRange(rater.Votes, 3, 5)); // 4 each; who comes last finds fewer that are new to them
        Assert.All(raters, rater => Assert.True(rater is { Simulated: true, FinishedAt: not null }));
    }

    [SkippableFact]
    public async Task Run_Votes_AreRecordedAsPeoplesAre()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 10, votes: 1);

        await Runner(Db).RunAsync(Order(study, raters: 1, new RaterTraits { Reject = 0.5 }), Nobody);

        var votes = new List<RecordedVote>();
        await foreach (var vote in new RecordedVoteStore(Db).ReadAsync(study.Study.StudyId))
            votes.Add(vote);
        Assert.Equal(20, votes.Count);
        Assert.All(votes, vote =>
        {
            Assert.True(vote is { Simulated: true, Counts: true, ClockSuspect: false, Input: null, UserAgentFamily: null });
            Assert.Equal(7, vote.VoteId.Version);
            Assert.Equal("simulate 0.1.0", vote.AppVersion);
            Assert.Equal(vote.ResponseMs, (vote.VotedAt - vote.ShownAt).TotalMilliseconds);
        });
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM session WHERE instructed_at IS NULL"));
    }

    [SkippableFact]
    public async Task Run_SameSeedAndStudy_SamePairsSidesAndAnswers()
    {
        var here = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 8, votes: 2);
        var other = await CreateMigratedAsync();
        var seeds = new Seeds(other, Clock);
        await seeds.StudyAsync("one before, so that no id is the same");
        var there = await RatedStudy.AddAsync(seeds, other, Clock, prompts: 8, votes: 2);

        await Runner(Db).RunAsync(Order(here, raters: 3), Nobody);
        await Runner(other).RunAsync(Order(there, raters: 3), Nobody);

        var answers = await AnswersAsync(Db);
        Assert.Equal(32, answers.Count);
        Assert.Equal(answers, await AnswersAsync(other));
    }

    [SkippableFact]
    public async Task Run_AnotherSeed_OtherAnswers()
    {
        var first = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 12, votes: 1, Axis.Flaws);
        await Runner(Db).RunAsync(Order(first, raters: 1), Nobody);
        var answers = await AnswersAsync(Db);
        var second = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 12, votes: 1, Axis.Flaws);

        await Runner(Db).RunAsync(Order(second, raters: 1) with { Seed = 2 }, Nobody);

        Assert.NotEqual(answers, (await AnswersAsync(Db)).Skip(answers.Count));
    }

    [SkippableFact]
    public async Task Run_Again_AddsOtherRaters()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 30, votes: 2, Axis.Flaws);
        await Runner(Db).RunAsync(Order(study, raters: 1, new RaterTraits { PromptSd = 0 }), Nobody);

        await Runner(Db).RunAsync(Order(study, raters: 1, new RaterTraits { PromptSd = 0 }), Nobody);

        var winners = (await AnswersAsync(Db)).GroupBy(answer => answer.Rater)
            .Select(rater => rater.OrderBy(answer => answer.Comparison).Select(answer => answer.Winner).ToList()).ToList();
        Assert.Equal([30, 30], winners.Select(rater => rater.Count));
        Assert.NotEqual(winners[0], winners[1]);
    }

    [SkippableFact]
    public async Task Run_Stopped_KeepsWhatIsDoneAndNothingHalfDone()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 3);
        using var stop = new CancellationTokenSource();

        var result = await Runner(Db).RunAsync(
            Order(study, raters: 2),
            (votes, _) =>
            {
                if (votes == 5)
                    stop.Cancel();
            },
            stop.Token);

        Assert.Equal(new SimulationResult(2, 5), result);
        Assert.Equal(5, await CountAsync("SELECT COUNT(*) FROM counting_vote"));
        Assert.Equal(5, await CountAsync("SELECT COUNT(*) FROM assignment"));
    }

    [SkippableFact]
    public async Task Run_Pairs_AreTheMostThatARaterAnswers()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 3);

        var result = await Runner(Db).RunAsync(Order(study, raters: 3) with { Pairs = 2 }, (_, expected) => Assert.Equal(6, expected));

        Assert.Equal(new SimulationResult(3, 6), result);
        Assert.All(await new ProgressStore(Db).ListRatersAsync(study.Study.StudyId), rater => Assert.Equal(2, rater.Votes));
    }

    [SkippableFact]
    public async Task Run_MoreRatersThanPlaces_AddsNoneWhoWouldFindNoPair()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 2, votes: 2, Axis.Flaws);

        Assert.Equal(new SimulationResult(4, 4), await Runner(Db).RunAsync(Order(study, raters: 10), Nobody));

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Runner(Db).RunAsync(Order(study, raters: 1), Nobody));
        Assert.Contains("all the votes it asks for", refused.Message, StringComparison.Ordinal);
        Assert.Equal(4, await CountAsync("SELECT COUNT(*) FROM rater"));
    }

    [SkippableTheory]
    [InlineData(StudyState.Paused)]
    [InlineData(StudyState.Closed)]
    public async Task Run_StudyNotRunning_IsRefused(StudyState state)
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1);
        await study.SetStateAsync(state);
        var order = Order(study, raters: 1) with { Study = (await new StudyStore(Db, Clock).FindAsync(study.Study.StudyId))! };

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Runner(Db).RunAsync(order, Nobody));

        Assert.Equal($"'{study.Study.Name}' is {state.ToText()}: only a running study takes votes.", refused.Message);
        Assert.Equal(0, await CountAsync("SELECT COUNT(*) FROM rater"));
    }

    [SkippableFact]
    public async Task Run_OneSystemStronger_TheReportSaysSoAndPeoplesStaysEmpty()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 30, votes: 5);

        await Runner(Db).RunAsync(Order(study, raters: 8, new RaterTraits { StrengthB = 1.5 }), Nobody);

        var table = await new ResultsStore(Db, new ComparisonStore(Db)).ReadAsync(study.Study);
        var report = StudyReport.Of(table, VoteSource.Simulated);
        Assert.Equal((8, 300, true), (report.Raters, report.Votes, report.CountsSimulated));
        Assert.All(report.Axes, axis =>
        {
            Assert.Equal(30, axis.Complete);
            Assert.True(axis.NetWinRate.Interval!.Upper < 0);
            Assert.True(axis.AdjustedPValue < 0.01);
        });
        Assert.Equal((0, 0, false), (StudyReport.Of(table, VoteSource.Real).Raters, StudyReport.Of(table, VoteSource.Real).Votes, StudyReport.Of(table, VoteSource.Real).CountsSimulated));
        Assert.All(await new ProgressStore(Db).ListAsync(study.Study.StudyId), axis => Assert.Equal((0, 0, 150), (axis.Complete, axis.RealVotes, axis.SimulatedVotes)));
    }

    [SkippableFact]
    public async Task Run_StudyWithChecks_AnswersThemAndNotAlwaysTheSame()
    {
        var (a, b) = await Seeds.SystemsAsync([.. Enumerable.Range(1, 44).Select(i => $"a fox number {i}")]);
        var draft = await Seeds.DraftAsync(a, b);
        var (studies, checks) = (new StudyStore(Db, Clock), new StudyChecksStore(Db, Clock));
        var id = await studies.AddAsync(draft with { VotesPerComparison = 4, Axes = [draft.Axes[0]] });
        await checks.SaveAsync(id, new StudyChecks { GoldPerDozen = 1, RepeatsPerDozen = 2 });
        foreach (var comparison in (await new ComparisonStore(Db).ListAsync(id)).Take(4))
            await checks.SetGoldAsync(id, comparison.ComparisonId, Axis.Flaws, Outcome.A);
        await studies.SetStateAsync(id, StudyState.Running);
        var order = new SimulationOrder { Study = (await studies.FindAsync(id))!, Raters = 4, Seed = 1, Traits = new RaterTraits() };
        var told = new List<(int Votes, int Expected)>();

        var result = await Runner(Db).RunAsync(order, (votes, expected) => told.Add((votes, expected)));

        Assert.Equal(160, await CountAsync("SELECT COUNT(*) FROM counting_vote")); // 40 items, 4 votes each
        Assert.Equal(result.Votes, await CountAsync("SELECT COUNT(*) FROM standing_vote"));
        Assert.All(told, one => Assert.True(one.Votes <= one.Expected));
        const string Repeats = "FROM standing_vote again JOIN standing_vote first ON first.rater_id = again.rater_id AND first.comparison_id = again.comparison_id AND first.kind = 'item' WHERE again.kind = 'repeat'";
        var (repeats, same) = (await CountAsync($"SELECT COUNT(*) {Repeats}"), await CountAsync($"SELECT COUNT(*) {Repeats} AND first.winner = again.winner"));
        Assert.InRange(same, repeats / 4, repeats - 1); // a rater draws anew where it sees a pair again
    }

    [SkippableFact]
    public async Task Run_TextAlignment_AnswersEverySheetAndFindsTheBetterSystem()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock, prompts: 100, votes: 2);
        var order = new SimulationOrder { Study = study.Study, Raters = 4, Seed = 1, Traits = new() { StrengthA = 2, StrengthB = 0, Reject = 0.05 } };

        var result = await Runner(Db).RunAsync(order, Nobody);

        Assert.Equal(new SimulationResult(4, 400), result);
        Assert.Equal((400, 0), ((await new ProgressStore(Db).ListAsync(study.Study.StudyId))[0].SimulatedVotes, (await new ProgressStore(Db).ListAsync(study.Study.StudyId))[0].RealVotes));
        var answers = new List<RecordedAnswer>();
        await foreach (var answer in new RecordedAnswerStore(Db).ReadAsync(study.Study.StudyId))
            answers.Add(answer);
        Assert.All(answers, answer => Assert.True(answer is { Simulated: true, Counts: true }));
        var report = AlignmentReport.Of(answers, study.Study.SystemAId, hasB: true);
        Assert.InRange(report.Sheets, 350, 399);
        Assert.True(report.All.Difference!.Difference.Interval!.Lower > 0);
        Assert.True(report.All.B!.NotAsked > report.All.A.NotAsked);
    }

    [SkippableFact]
    public async Task Run_BestAndWorst_PicksTheBetterSystemMoreOften()
    {
        var study = await PreferenceStudy.AddAsync(Seeds, Db, Clock, prompts: 20, votes: 3);
        var order = new SimulationOrder { Study = study.Study, Raters = 5, Seed = 1, Traits = new() { StrengthA = 2, StrengthB = 0, Reject = 0 } };

        var result = await Runner(Db).RunAsync(order, Nobody);

        Assert.Equal(new SimulationResult(5, 60), result);
        var picks = await new RecordedPickStore(Db).ListAsync(study.Study.StudyId);
        Assert.All(picks, pick => Assert.True(pick is { Simulated: true, Counts: true }));
        var report = PreferenceReport.Of(await new RecordedPickStore(Db).ListImagesAsync(study.Study.StudyId), picks, study.Study.SystemAId, hasB: true);
        Assert.Equal((60, 5, 0.5), (report.Votes, report.Raters, report.Systems[0].Shown));
        Assert.True(report.Systems[0].Best.Interval!.Lower > 0.5);
        Assert.True(report.Systems[1].Worst.Interval!.Lower > 0.5);
    }

    private static SimulationOrder Order(RatedStudy study, int raters, RaterTraits? traits = null) =>
        new() { Study = study.Study, Raters = raters, Seed = 1, Traits = traits ?? new() };

    private static void Nobody(int votes, int expected)
    {
    }

    private SimulationRunner Runner(Db db)
    {
        var writer = new DbWriter(db);
        _writers.Add(writer);
        return new(new RaterStore(db, Clock), new AssignmentStore(db, writer, Clock), new SheetStore(db, writer), new VoteStore(db, writer, Clock), new ProgressStore(db), Clock);
    }

    private sealed record GivenAnswer
    {
        public required long Rater { get; init; }
        public required long Position { get; init; }
        public required long Comparison { get; init; }
        public required string Axis { get; init; }
        public required bool LeftIsB { get; init; }
        public required string Winner { get; init; }
        public string? RejectReason { get; init; }
        public required long ResponseMs { get; init; }
    }

    /// <summary>All answers, in order of raters, whose numbers here are told within their study.</summary>
    private static async Task<List<GivenAnswer>> AnswersAsync(Db db)
    {
        const string Sql = """
            SELECT DENSE_RANK() OVER (PARTITION BY v.study_id ORDER BY v.rater_id) AS rater, a.position, c.position AS comparison, v.axis,
                   a.left_is_b, v.winner, v.reject_reason, v.response_ms
            FROM vote v
            JOIN assignment a ON a.assignment_id = v.assignment_id
            JOIN comparison c ON c.comparison_id = v.comparison_id
            ORDER BY v.rater_id, a.position
            """;
        await using var connection = await db.OpenAsync();
        return [.. await connection.QueryAsync<GivenAnswer>(Sql)];
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = await Db.OpenAsync();
        return await connection.QuerySingleAsync<long>(sql);
    }
}
