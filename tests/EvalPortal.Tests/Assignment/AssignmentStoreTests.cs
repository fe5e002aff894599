using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Assignment;

public sealed class AssignmentStoreOnSqlite() : AssignmentStoreTests(DatabaseKind.Sqlite);

public sealed class AssignmentStoreOnPostgres() : AssignmentStoreTests(DatabaseKind.Postgres)
{
    [SkippableFact]
    public async Task Take_PlaceTakenByAnotherWhileRaterLooks_PairIsGivenOnce()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 3, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        await using var connection = await Db.OpenAsync();
        await using var other = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("UPDATE task SET taken = taken + 1, tilt = tilt + 1 WHERE NOT simulated", transaction: other);

        var turn = await Assignments.TakeAsync(rater, ahead: 2, new WhenOneIsLeft(other.Commit));

        Assert.Single(turn.Pairs);
    }

    /// <summary>Does something the first time that it draws from one: the search has then seen its task, and looks for another.</summary>
    private sealed class WhenOneIsLeft(Action first) : Random(1)
    {
        private Action? _first = first;

        public override int Next(int maxValue)
        {
            if (maxValue == 1)
                Interlocked.Exchange(ref _first, null)?.Invoke();
            return base.Next(maxValue);
        }
    }
}

public abstract class AssignmentStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    [SkippableFact]
    public async Task Take_Again_SamePairsInSameOrder()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 2);
        var rater = await study.AddRaterAsync();

        var first = await Assignments.TakeAsync(rater, ahead: 3, new Random(1));
        var second = await Assignments.TakeAsync(rater, ahead: 3, new Random(2));

        Assert.Equal(3, first.Pairs.Count);
        Assert.Equal(first.Pairs, second.Pairs);
    }

    [SkippableFact]
    public async Task Take_PromptHiddenOnAxis_IsNotGiven()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1);
        var rater = await study.AddRaterAsync();

        var turn = await Assignments.TakeAsync(rater, ahead: 2, new Random(1));

        Assert.Equal([null, "a fox number 1"], turn.Pairs.Select(pair => pair.Prompt));
        Assert.Equal(["Which image has fewer flaws?", "Which image is more appealing?"], turn.Pairs.Select(pair => pair.Question));
    }

    [SkippableFact]
    public async Task Take_UntilNothingIsLeft_EveryPairOnceAndTheSessionIsFinished()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 2);
        var rater = await study.AddRaterAsync();

        var seen = await RateAllAsync(study, rater, new Random(1));

        var last = await Assignments.TakeAsync(rater, ahead: 3, new Random(1));
        Assert.Equal(8, seen.Distinct().Count());
        Assert.Equal((8, 8), (last.Answered, last.Total));
        Assert.Empty(last.Pairs);
        Assert.Equal(Clock.GetUtcNow(), await ScalarAsync<DateTimeOffset>("SELECT finished_at FROM session"));
    }

    [SkippableFact]
    public async Task Take_Progress_CountsAnsweredAndOpen()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 2);
        var rater = await study.AddRaterAsync();

        var first = await Assignments.TakeAsync(rater, ahead: 3, new Random(1));
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(first.Pairs[0].AssignmentId));
        var second = await Assignments.TakeAsync(rater, ahead: 3, new Random(1));

        Assert.Equal((0, 8), (first.Answered, first.Total));
        Assert.Equal((1, 8), (second.Answered, second.Total));
    }

    [SkippableFact]
    public async Task Take_PlacesTaken_NothingForTheNextRater()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 2, Axis.Flaws);
        await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 1, new Random(1));
        await RateAllAsync(study, await study.AddRaterAsync(), new Random(1));

        var third = await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 1, new Random(1));

        Assert.Empty(third.Pairs);
        Assert.Equal(0, third.Total);
    }

    [SkippableFact]
    public async Task Take_LeaseEnded_PlaceGoesToTheNextRater()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, Axis.Flaws);
        var stopped = await study.AddRaterAsync();
        await Assignments.TakeAsync(stopped, ahead: 1, new Random(1));
        Clock.Advance(AssignmentStore.Lease);

        var next = await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 1, new Random(1));
        var back = await Assignments.TakeAsync(stopped, ahead: 1, new Random(1));

        Assert.Single(next.Pairs);
        Assert.Empty(back.Pairs);
    }

    [SkippableFact]
    public async Task Take_LeaseEndedAndPlaceStillFree_SamePairOnTheSameSides()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        var before = await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        var side = await ScalarAsync<bool>("SELECT left_is_b FROM assignment");
        Clock.Advance(AssignmentStore.Lease);

        var after = await Assignments.TakeAsync(rater, ahead: 1, new Random(2));

        Assert.Equal(before.Pairs, after.Pairs);
        Assert.Equal(side, await ScalarAsync<bool>("SELECT left_is_b FROM assignment"));
    }

    [SkippableFact]
    public async Task Take_RaterComesBackInTime_LeaseStartsAnew()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        Clock.Advance(AssignmentStore.Lease - TimeSpan.FromMinutes(1));

        await Assignments.TakeAsync(rater, ahead: 1, new Random(1));

        Assert.Equal(Clock.GetUtcNow() + AssignmentStore.Lease, await ScalarAsync<DateTimeOffset>("SELECT leased_until FROM assignment"));
    }

    [SkippableTheory]
    [InlineData(StudyState.Paused)]
    [InlineData(StudyState.Closed)]
    public async Task Take_StudyNotRunning_Nothing(StudyState state)
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 2);
        var rater = await study.AddRaterAsync();
        await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        await study.SetStateAsync(state);

        var turn = await Assignments.TakeAsync(rater, ahead: 3, new Random(1));

        Assert.Empty(turn.Pairs);
    }

    [SkippableFact]
    public async Task Take_ManyRaters_SidesAreDrawnEvenly()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 20, votes: 20, Axis.Flaws);
        var random = new Random(3);
        for (var i = 0; i < 20; i++)
            await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 20, random);

        var swapped = await ScalarAsync<long>("SELECT COUNT(*) FROM assignment WHERE left_is_b = (1 = 1)");

        // 200 of 400 expected, standard deviation 10
        Assert.InRange(swapped, 160, 240);
    }

    /// <summary>There are more comparisons than are looked at for a rater; by chance alone some 54 of the 200 would have two places taken, and some none.</summary>
    [SkippableFact]
    public async Task Take_HalfOfALargeStudy_PlacesAreTakenEvenly()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 200, votes: 4, Axis.Flaws);
        var random = new Random(5);
        for (var i = 0; i < 80; i++)
            await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 5, random);

        await using var connection = await Db.OpenAsync();
        var taken = (await connection.QueryAsync<int>("SELECT taken FROM task WHERE simulated = (1 = 0)")).ToList();

        Assert.Equal(400, taken.Sum());
        Assert.All(taken, places => Assert.InRange(places, 1, 3));
        Assert.InRange(taken.Count(places => places == 2), 100, 200);
    }

    [SkippableFact]
    public async Task Take_RatersAtOnce_NoComparisonGetsMoreThanItWants()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 6, votes: 3);
        var raters = new List<RaterSession>();
        for (var i = 0; i < 12; i++)
            raters.Add(await study.AddRaterAsync());

        await Task.WhenAll(raters.Select((rater, i) => Task.Run(() => RateAllAsync(study, rater, new Random(i)))));

        var votes = await study.CountVotesAsync();
        Assert.Equal(12, votes.Count);
        Assert.All(votes.Values, count => Assert.Equal(3, count));
    }

    [SkippableFact]
    public async Task Take_TwoRatersOneFreePlace_OneGetsIt()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, Axis.Flaws);
        RaterSession[] raters = [await study.AddRaterAsync(), await study.AddRaterAsync()];

        var turns = await Task.WhenAll(raters.Select((rater, i) => Task.Run(() => Assignments.TakeAsync(rater, ahead: 1, new Random(i)))));

        Assert.Single(turns, turn => turn.Pairs.Count == 1);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_StudyFilledByTheOtherKindOfRater_EveryPairIsStillThere(bool simulated)
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 3, votes: 2);
        for (var i = 0; i < 2; i++)
            await RateAllAsync(study, simulated ? await study.AddRaterAsync() : await study.AddSimulatedRaterAsync(), new Random(i));
        Assert.False(await Assignments.HasFreePlaceAsync(study.Study.StudyId, simulated: !simulated));
        Assert.True(await Assignments.HasFreePlaceAsync(study.Study.StudyId, simulated));

        var rater = simulated ? await study.AddSimulatedRaterAsync() : await study.AddRaterAsync();
        var turn = await Assignments.TakeAsync(rater, ahead: 6, new Random(1));

        Assert.Equal((6, 6), (turn.Pairs.Count, turn.Total));
    }

    [SkippableFact]
    public async Task Take_PeopleAndSimulatedRatersAtOnce_EachKindGivesWhatTheStudyWants()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 4, votes: 2, Axis.Flaws);
        var raters = new List<RaterSession>();
        for (var i = 0; i < 4; i++)
            raters.AddRange([await study.AddRaterAsync(), await study.AddSimulatedRaterAsync()]);

        await Task.WhenAll(raters.Select((rater, i) => Task.Run(() => RateAllAsync(study, rater, new Random(i)))));

        Assert.All((await study.CountVotesAsync()).Values, count => Assert.Equal(4, count));
        var simulated = await ScalarAsync<long>("SELECT COUNT(*) FROM counting_vote v JOIN rater r ON r.rater_id = v.rater_id WHERE r.simulated = (1 = 1)");
        Assert.Equal(4 * 2, simulated);
    }

    /// <summary>Rates until there is nothing left, in small steps like a browser.</summary>
    private async Task<List<Guid>> RateAllAsync(RatedStudy study, RaterSession rater, Random random)
    {
        var seen = new List<Guid>();
        while (await Assignments.TakeAsync(rater, ahead: 2, random) is { Pairs: [var pair, ..] })
        {
            var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId));
            Assert.Null(answer.Refusal);
            seen.Add(pair.AssignmentId);
        }
        return seen;
    }
}
