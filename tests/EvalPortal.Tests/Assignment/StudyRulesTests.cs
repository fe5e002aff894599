using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Assignment;

public sealed class StudyRulesOnSqlite() : StudyRulesTests(DatabaseKind.Sqlite);

public sealed class StudyRulesOnPostgres() : StudyRulesTests(DatabaseKind.Postgres);

/// <summary>What a study may ask of its raters beyond votes: a limit for each, more votes where they end close, nobody twice.</summary>
public abstract class StudyRulesTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private StudyStore Studies => field ??= new StudyStore(Db, Clock);

    [SkippableFact]
    public async Task Cap_Reached_TheRaterIsDone()
    {
        var study = await AddAsync(prompts: 5, draft => draft with { AnswersPerRater = 3 });
        var rater = await study.AddRaterAsync();

        var first = await Assignments.TakeAsync(rater, ahead: 6, new Random(1));
        foreach (var pair in first.Pairs)
            await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId));
        var last = await Assignments.TakeAsync(rater, ahead: 6, new Random(1));

        Assert.Equal((3, 3), (first.Pairs.Count, first.Total));
        Assert.Equal((0, 3, 3), (last.Pairs.Count, last.Answered, last.Total));
        Assert.Equal(Clock.GetUtcNow(), (await new ProgressStore(Db).ListRatersAsync(study.Study.StudyId)).Single().FinishedAt);
    }

    [SkippableFact]
    public async Task Cap_PairsThatLapsedAnsweredLate_CountNoMoreThanTheCap()
    {
        var study = await AddAsync(prompts: 6, draft => draft with { AnswersPerRater = 3 });
        var rater = await study.AddRaterAsync();
        var lapsed = (await Assignments.TakeAsync(rater, ahead: 3, new Random(1))).Pairs;
        Clock.Advance(AssignmentStore.Lease);
        await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 1, new Random(1)); // who comes returns what has lapsed
        var later = (await Assignments.TakeAsync(rater, ahead: 3, new Random(3))).Pairs;

        foreach (var pair in later.Concat(lapsed).DistinctBy(pair => pair.AssignmentId))
            Assert.NotNull((await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId))).AcceptedAt);

        Assert.Equal(3, (await study.CountVotesAsync()).Values.Sum());
    }

    [SkippableTheory]
    [InlineData("aaabb", 7)]
    [InlineData("aabbt", 7)]
    [InlineData("aaabt", 5)]
    public async Task TopUp_VotesEndClose_TwoMoreAreAskedFor(string votes, int wanted)
    {
        var study = await AddAsync(prompts: 1, draft => draft with { VotesPerComparison = 5, TopUp = TopUp.Close });
        foreach (var vote in votes)
            await VoteAsync(study, vote);

        for (var i = 5; i < wanted; i++)
        {
            Assert.True(await Assignments.HasFreePlaceAsync(study.Study.StudyId));
            await VoteAsync(study, i == 5 ? 'a' : 'b'); // 4-3: close again, and no further votes
        }

        Assert.False(await Assignments.HasFreePlaceAsync(study.Study.StudyId));
        var progress = Assert.Single(await new ProgressStore(Db).ListAsync(study.Study.StudyId));
        Assert.Equal((wanted, wanted, 1), (progress.VotesWanted, progress.RealVotes, progress.Complete));
    }

    [SkippableFact]
    public async Task TopUp_StudyHasStarted_CannotBeChanged()
    {
        var study = await AddAsync(prompts: 1, draft => draft);
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync("UPDATE study SET top_up = 'close'"));

        Assert.Contains("fixed once a study has started", error.Message, StringComparison.Ordinal);
        Assert.Equal(TopUp.Off, (await Studies.FindAsync(study.Study.StudyId))!.TopUp);
    }

    [SkippableFact]
    public async Task Successor_RaterOfAnAncestor_GetsOtherPromptsOnly()
    {
        var first = await AddAsync(prompts: 3, draft => draft);
        var rater = await first.AddRaterAsync();
        var seen = (await Assignments.TakeAsync(rater, ahead: 2, new Random(1))).Pairs;
        var second = await SucceedAsync(first);
        var third = await SucceedAsync(second);

        foreach (var study in new[] { second, third })
        {
            var here = await new RaterStore(Db, Clock).ConsentAsync(rater.RaterId, study.Study.StudyId);
            var turn = await Assignments.TakeAsync(here, ahead: 3, new Random(1));
            Assert.Equal(study == second ? (1, 1) : (0, 0), (turn.Pairs.Count, turn.Total)); // the third: the last prompt was in the second
            Assert.Equal(3, (await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 3, new Random(1))).Pairs.Count);
        }
        Assert.Equal(3, await ScalarAsync<long>($"""
            SELECT COUNT(DISTINCT c.prompt_id)
            FROM assignment a
            JOIN comparison c ON c.comparison_id = a.comparison_id
            WHERE a.rater_id = {rater.RaterId}
            """));
        Assert.Equal(2, seen.Count);
    }

    [SkippableFact]
    public async Task LastPlace_TwoRatersAtOnce_GetDifferentComparisons()
    {
        for (var i = 0; i < 10; i++)
        {
            var study = await AddAsync(prompts: 2, draft => draft with { VotesPerComparison = 1 });
            RaterSession[] raters = [await study.AddRaterAsync(), await study.AddRaterAsync()];

            await Task.WhenAll(raters.Select((rater, j) => Task.Run(() => Assignments.TakeAsync(rater, ahead: 1, new Random(j)))));

            Assert.Equal(2, await ScalarAsync<long>(
                $"SELECT COUNT(DISTINCT comparison_id) FROM assignment WHERE study_id = {study.Study.StudyId}"));
        }
    }

    /// <summary>A running study of one axis.</summary>
    private async Task<RatedStudy> AddAsync(int prompts, Func<NewStudy, NewStudy> change)
    {
        var (a, b) = await Seeds.SystemsAsync([.. Enumerable.Range(1, prompts).Select(i => $"a fox number {i}")]);
        return await OpenAsync(change(await Seeds.DraftAsync(a, b)));
    }

    private async Task<RatedStudy> SucceedAsync(RatedStudy parent)
    {
        var draft = await Seeds.DraftAsync(parent.Study.SystemAId, parent.Study.SystemBId!.Value);
        return await OpenAsync(draft with { ParentStudyId = parent.Study.StudyId });
    }

    private async Task<RatedStudy> OpenAsync(NewStudy draft)
    {
        var id = await Studies.AddAsync(draft with { Axes = [draft.Axes[0]] });
        await Studies.SetStateAsync(id, StudyState.Running);
        return new RatedStudy(Db, Clock, (await Studies.FindAsync(id))!);
    }

    /// <summary>A vote by a new rater for A, B or a tie.</summary>
    private async Task VoteAsync(RatedStudy study, char vote)
    {
        var rater = await study.AddRaterAsync();
        var pair = Assert.Single((await Assignments.TakeAsync(rater, ahead: 1, new Random(1))).Pairs).AssignmentId;
        var leftIsB = await ScalarAsync<bool>($"SELECT left_is_b FROM assignment WHERE assignment_id = '{pair}'");
        var choice = vote == 't' ? Choice.Tie : (vote == 'b') == leftIsB ? Choice.Left : Choice.Right;
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair, choice));
    }
}
