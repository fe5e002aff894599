using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Checks;

public sealed class CheckedStudyOnSqlite() : CheckedStudyTests(DatabaseKind.Sqlite);

public sealed class CheckedStudyOnPostgres() : CheckedStudyTests(DatabaseKind.Postgres);

/// <summary>Raters who meet gold and repeats among their pairs.</summary>
public abstract class CheckedStudyTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private StudyChecksStore Checks => new(Db, Clock);

    [SkippableFact]
    public async Task Take_UntilNothingIsLeft_ChecksStandApartAmongItems()
    {
        var study = await AddAsync(items: 30, gold: 4);
        var rater = await study.AddRaterAsync();

        var totals = await RateAsync(study, rater, ahead: 6);

        var pairs = await PairsAsync(rater);
        var kinds = pairs.Select(pair => pair.Kind).ToList();
        Assert.Equal(30, kinds.Count(kind => kind == "item"));
        Assert.Equal(3, kinds.Count(kind => kind == "gold")); // one in each of three dozens
        Assert.Equal(3, kinds.Count(kind => kind == "repeat"));
        Assert.Equal(("item", "item"), (kinds[0], kinds[^1]));
        Assert.DoesNotContain(kinds.Zip(kinds.Skip(1)), two => two.First != "item" && two.Second != "item");
        Assert.All(totals, total => Assert.Equal(36, total)); // the way that the rater is told is the way they go
        Assert.Equal(Enumerable.Range(1, 36), pairs.Select(pair => pair.Position));
    }

    [SkippableFact]
    public async Task Take_Repeat_IsAnItemAnsweredBeforeTheOtherWayRound()
    {
        var study = await AddAsync(items: 30, gold: 0);
        var rater = await study.AddRaterAsync();

        await RateAsync(study, rater, ahead: 6);

        var pairs = await PairsAsync(rater);
        var repeats = pairs.Where(pair => pair.Kind == "repeat").ToList();
        Assert.NotEmpty(repeats);
        foreach (var repeat in repeats)
        {
            var first = pairs.Single(pair => pair.Kind == "item" && pair.ComparisonId == repeat.ComparisonId);
            Assert.NotEqual(first.LeftIsB, repeat.LeftIsB);
            Assert.True(repeat.Position - first.Position >= CheckPlan.RepeatDistance);
        }
        Assert.Equal(repeats.Count, repeats.Select(repeat => repeat.ComparisonId).Distinct().Count());
    }

    [SkippableFact]
    public async Task Take_AheadOfOne_MeetsTheSameChecks()
    {
        var study = await AddAsync(items: 20, gold: 3);
        var rater = await study.AddRaterAsync();

        await RateAsync(study, rater, ahead: 1);

        var kinds = (await PairsAsync(rater)).CountBy(pair => pair.Kind).ToDictionary();
        Assert.Equal((20, 2, 2), (kinds["item"], kinds["gold"], kinds["repeat"]));
    }

    [SkippableFact]
    public async Task Take_LimitedAnswers_ChecksAreAmongThem()
    {
        var study = await AddAsync(items: 30, gold: 4, answers: 20);
        var rater = await study.AddRaterAsync();

        await RateAsync(study, rater, ahead: 6);

        Assert.Equal(20, (await PairsAsync(rater)).Count);
    }

    [SkippableFact]
    public async Task Results_ChecksHaveVotes_AreMadeOfItemsOnly()
    {
        var study = await AddAsync(items: 12, gold: 2);
        await RateAsync(study, await study.AddRaterAsync(), ahead: 6);

        var table = await new ResultsStore(Db, new ComparisonStore(Db)).ReadAsync(study.Study);

        Assert.Equal((12, 12), (table.Comparisons.Count, table.Votes.Count));
        Assert.Equal(12, await CountAsync("counting_vote"));
        Assert.True(await CountAsync("standing_vote") > 12);
        Assert.Equal(0, await ScalarAsync<long>("SELECT COUNT(*) FROM task JOIN gold ON gold.comparison_id = task.comparison_id"));
        var progress = Assert.Single(await new ProgressStore(Db).ListAsync(study.Study.StudyId));
        Assert.Equal((12, 12), (progress.Comparisons, progress.RealVotes));
    }

    [SkippableFact]
    public async Task Quality_GoldAndRepeats_AreWhatTheRatersAreMeasuredBy()
    {
        var study = await AddAsync(items: 30, gold: 4);
        var (careful, careless) = (await study.AddRaterAsync(), await study.AddRaterAsync());
        await RateAsync(study, careful, ahead: 6, alwaysLeft: false);
        await RateAsync(study, careless, ahead: 6, alwaysLeft: true);

        var answers = await new RaterAnswerStore(Db).ListAsync(study.Study.StudyId);
        var raters = RaterQualityReport.Of([Axis.Flaws], answers, VoteSource.Real).Axes.Single().Raters.ToDictionary(rater => rater.Rater);

        Assert.Equal((3, 3), (raters[careful.RaterId].Gold.Hits, raters[careful.RaterId].Gold.Cases));
        Assert.Equal((3, 3), (raters[careful.RaterId].Repeats.Consistency.Hits, raters[careful.RaterId].Repeats.Consistency.Cases));
        Assert.Equal((0, 3), (raters[careless.RaterId].Repeats.Consistency.Hits, raters[careless.RaterId].Repeats.Consistency.Cases));
        Assert.Equal(3, raters[careless.RaterId].Repeats.SameSide);
        Assert.Equal(new GoldTally { Answered = 3, Missed = 0 }, await Checks.TallyAsync(careful));
    }

    [SkippableFact]
    public async Task Vote_LateOnACheck_IsKeptAndNotSurplus()
    {
        var study = await AddAsync(items: 12, gold: 2);
        var (rater, other) = (await study.AddRaterAsync(), await study.AddRaterAsync());
        while ((await PairsAsync(rater)).All(pair => pair.Kind != "gold" || pair.State != "held"))
            await AnswerFirstAsync(study, rater, ahead: 6);
        var gold = (await PairsAsync(rater)).Single(pair => pair is { Kind: "gold", State: "held" });
        Clock.Advance(AssignmentStore.Lease + TimeSpan.FromMinutes(1));
        await Assignments.TakeAsync(other, ahead: 6, new Random(1)); // returns what the first one held

        Assert.Equal("lapsed", (await PairsAsync(rater)).Single(pair => pair.AssignmentId == gold.AssignmentId).State);
        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(gold.AssignmentId));

        Assert.NotNull(answer.AcceptedAt);
        Assert.Equal("gold", await ScalarAsync<string>("SELECT kind FROM vote WHERE NOT surplus AND kind <> 'item'"));
        Assert.Equal(1, await ScalarAsync<long>("SELECT COUNT(*) FROM assignment WHERE kind = 'gold' AND state = 'answered'"));
    }

    [SkippableFact]
    public async Task Export_VotesOnChecks_AreNamedAndDoNotCount()
    {
        var study = await AddAsync(items: 12, gold: 2);
        await RateAsync(study, await study.AddRaterAsync(), ahead: 6);

        var votes = new List<RecordedVote>();
        await foreach (var vote in new RecordedVoteStore(Db).ReadAsync(study.Study.StudyId))
            votes.Add(vote);

        Assert.Equal(12, votes.Count(vote => vote.Counts));
        var repeat = Assert.Single(votes, vote => vote.Kind == PairKind.Repeat);
        Assert.Equal(votes.Single(vote => vote.Kind == PairKind.Item && vote.ComparisonId == repeat.ComparisonId).VoteId, repeat.RepeatOfVoteId);
        Assert.All(votes.Where(vote => vote.Kind != PairKind.Repeat), vote => Assert.Null(vote.RepeatOfVoteId));
    }

    [SkippableFact]
    public async Task SetGold_TakenBack_VotesAreWantedAgain()
    {
        var study = await DraftAsync(items: 3);
        var comparison = (await new ComparisonStore(Db).ListAsync(study))[0].ComparisonId;
        var before = await CountAsync("task");

        await Checks.SetGoldAsync(study, comparison, Axis.Flaws, Outcome.B);
        Assert.Equal(before - 2, await CountAsync("task")); // one of people, one of simulated raters
        await Checks.SetGoldAsync(study, comparison, Axis.Flaws, Outcome.Tie);
        Assert.Equal(Outcome.Tie, Assert.Single(await Checks.ListGoldAsync(study)).Winner);
        await Checks.SetGoldAsync(study, comparison, Axis.Flaws, winner: null);

        Assert.Equal(before, await CountAsync("task"));
        Assert.Empty(await Checks.ListGoldAsync(study));
    }

    [SkippableFact]
    public async Task Checks_StudyHasStarted_AreFixed()
    {
        var study = await DraftAsync(items: 3);
        var comparison = (await new ComparisonStore(Db).ListAsync(study))[0].ComparisonId;
        await Checks.SetGoldAsync(study, comparison, Axis.Flaws, Outcome.A);
        await new StudyStore(Db, Clock).SetStateAsync(study, StudyState.Running);

        await Assert.ThrowsAsync<RefusedException>(() => Checks.SaveAsync(study, new StudyChecks { GoldPerDozen = 1 }));
        await Assert.ThrowsAsync<RefusedException>(() => Checks.SetGoldAsync(study, comparison, Axis.Flaws, Outcome.B));
        await using var connection = await Db.OpenAsync();
        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync("UPDATE gold SET winner = 'b'"));
        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync("DELETE FROM gold"));
        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync($"INSERT INTO study_checks VALUES ({study}, 1, 1)"));
    }

    [SkippableFact]
    public async Task SetGold_NoSuchPairOrQuestion_IsRefused()
    {
        var study = await DraftAsync(items: 1);
        var comparison = (await new ComparisonStore(Db).ListAsync(study))[0].ComparisonId;

        await Assert.ThrowsAsync<RefusedException>(() => Checks.SetGoldAsync(study, comparison + 99, Axis.Flaws, Outcome.A));
        await Assert.ThrowsAsync<RefusedException>(() => Checks.SetGoldAsync(study, comparison, Axis.Appeal, Outcome.A));
        await Assert.ThrowsAsync<ArgumentException>(() => Checks.SetGoldAsync(study, comparison, Axis.Flaws, Outcome.Reject));
    }

    /// <summary>A draft on flaws alone.</summary>
    private async Task<long> DraftAsync(int items)
    {
        var (a, b) = await Seeds.SystemsAsync([.. Enumerable.Range(1, items).Select(i => $"a fox number {i}")]);
        var draft = await Seeds.DraftAsync(a, b);
        return await new StudyStore(Db, Clock).AddAsync(draft with { VotesPerComparison = 3, Axes = [draft.Axes[0]] });
    }

    /// <summary>A running study on flaws with a gold pair and a repeat in each dozen; the answer to gold is A.</summary>
    private async Task<RatedStudy> AddAsync(int items, int gold, int? answers = null)
    {
        var studies = new StudyStore(Db, Clock);
        var (a, b) = await Seeds.SystemsAsync([.. Enumerable.Range(1, items + gold).Select(i => $"a fox number {i}")]);
        var draft = await Seeds.DraftAsync(a, b);
        var id = await studies.AddAsync(draft with { VotesPerComparison = 3, AnswersPerRater = answers, Axes = [draft.Axes[0]] });
        await Checks.SaveAsync(id, new StudyChecks { GoldPerDozen = 1, RepeatsPerDozen = 1 });
        foreach (var comparison in (await new ComparisonStore(Db).ListAsync(id)).Take(gold))
            await Checks.SetGoldAsync(id, comparison.ComparisonId, Axis.Flaws, Outcome.A);
        await studies.SetStateAsync(id, StudyState.Running);
        return new RatedStudy(Db, Clock, (await studies.FindAsync(id))!);
    }

    /// <summary>Answers everything: for A, or for the left image whatever it is.</summary>
    /// <returns>How many pairs there were to be in all, as the rater was told each time.</returns>
    private async Task<List<int?>> RateAsync(RatedStudy study, RaterSession rater, int ahead, bool alwaysLeft = false)
    {
        var totals = new List<int?>();
        while (await AnswerFirstAsync(study, rater, ahead, alwaysLeft) is { Pairs.Count: > 0 } turn)
            totals.Add(turn.Total);
        return totals;
    }

    private async Task<RaterTurn> AnswerFirstAsync(RatedStudy study, RaterSession rater, int ahead, bool alwaysLeft = false)
    {
        var turn = await Assignments.TakeAsync(rater, ahead, new Random(1));
        if (turn.Pairs.Count == 0)
            return turn;
        var first = turn.Pairs[0].AssignmentId;
        var leftIsB = (await PairsAsync(rater)).Single(pair => pair.AssignmentId == first).LeftIsB;
        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(first, leftIsB && !alwaysLeft ? Choice.Right : Choice.Left));
        Assert.NotNull(answer.AcceptedAt);
        return turn;
    }

    private async Task<List<Pair>> PairsAsync(RaterSession rater)
    {
        const string Sql = "SELECT assignment_id, kind, state, comparison_id, position, left_is_b FROM assignment WHERE session_id = @SessionId ORDER BY position";
        await using var connection = await Db.OpenAsync();
        return [.. await connection.QueryAsync<Pair>(Sql, new { rater.SessionId })];
    }

    private sealed record Pair
    {
        public required Guid AssignmentId { get; init; }
        public required string Kind { get; init; }
        public required string State { get; init; }
        public required long ComparisonId { get; init; }
        public required int Position { get; init; }
        public required bool LeftIsB { get; init; }
    }
}
