using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class LateVoteOnSqlite() : LateVoteTests(DatabaseKind.Sqlite);

public sealed class LateVoteOnPostgres() : LateVoteTests(DatabaseKind.Postgres);

/// <summary>Votes that come when their lease has ended.</summary>
public abstract class LateVoteTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    [SkippableFact]
    public async Task Record_LeaseEndedPlaceFree_IsStored()
    {
        var (study, rater, pair) = await OnePairAsync();
        Clock.Advance(AssignmentStore.Lease * 10);

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair));

        Assert.NotNull(answer.AcceptedAt);
    }

    [SkippableFact]
    public async Task Record_LeaseEndedPlaceTaken_IsKeptAndCountsNowhere()
    {
        var (study, rater, pair) = await OnePairAsync();
        Clock.Advance(AssignmentStore.Lease);
        await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 1, new Random(1));
        var id = Guid.CreateVersion7();

        var answer = await Votes.RecordAsync(rater, id, study.Draft(pair));

        Assert.NotNull(answer.AcceptedAt);
        Assert.True(await ScalarAsync<bool>("SELECT surplus FROM vote"));
        Assert.Equal(0, await CountAsync("counting_vote"));
        Assert.Equal([id], await Votes.ListReceivedAsync(rater)); // the receipt has it
        Assert.Equal([id], (await new OwnAnswerStore(Db).ListAsync(rater, skip: 0, take: 10)).Select(answer => answer.VoteId)); // and so has their own page
        var turn = await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        Assert.Equal((1, 1), (turn.Answered, turn.Total));
    }

    [SkippableFact]
    public async Task Record_SurplusVoteChangedOncePlaceIsFree_TakesThePlace()
    {
        var (study, rater, pair) = await OnePairAsync();
        Clock.Advance(AssignmentStore.Lease);
        var other = await study.AddRaterAsync();
        await Assignments.TakeAsync(other, ahead: 1, new Random(1));
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Votes.RecordAsync(rater, first, study.Draft(pair));
        await Votes.RetractAsync(rater, first);
        Assert.Empty((await Assignments.TakeAsync(rater, ahead: 1, new Random(1))).Pairs);
        Clock.Advance(AssignmentStore.Lease); // the other rater's

        var turn = await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        await Votes.RecordAsync(rater, second, study.Draft(pair) with { Supersedes = turn.Pairs[0].LastVoteId });

        Assert.Equal((pair, first), (turn.Pairs[0].AssignmentId, turn.Pairs[0].LastVoteId));
        Assert.Equal(second, await ScalarAsync<Guid>("SELECT vote_id FROM counting_vote"));
    }

    [SkippableFact]
    public async Task Record_LeaseEndedPlaceTakenBySimulatedRater_IsStored()
    {
        var (study, rater, pair) = await OnePairAsync();
        Clock.Advance(AssignmentStore.Lease);
        Assert.Single((await Assignments.TakeAsync(await study.AddSimulatedRaterAsync(), ahead: 1, new Random(1))).Pairs);

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair));

        Assert.NotNull(answer.AcceptedAt);
    }

    [SkippableFact]
    public async Task Record_LatecomersAtOnce_NoMoreCountThanThePlaces()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 2, Axis.Flaws);
        var late = new List<(RaterSession Rater, Guid Pair)>();
        for (var i = 0; i < 8; i++)
        {
            var rater = await study.AddRaterAsync();
            late.Add((rater, (await Assignments.TakeAsync(rater, ahead: 1, new Random(1))).Pairs[0].AssignmentId));
            if (i % 2 == 1)
                Clock.Advance(AssignmentStore.Lease);
        }

        var answers = await Task.WhenAll(late.Select(
            one => Task.Run(() => Votes.RecordAsync(one.Rater, Guid.CreateVersion7(), study.Draft(one.Pair)))));

        Assert.All(answers, answer => Assert.NotNull(answer.AcceptedAt));
        Assert.Equal((8, 2), (await CountAsync("vote"), await CountAsync("counting_vote")));
    }
}
