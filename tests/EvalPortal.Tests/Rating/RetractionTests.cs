using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class RetractionOnSqlite() : RetractionTests(DatabaseKind.Sqlite);

public sealed class RetractionOnPostgres() : RetractionTests(DatabaseKind.Postgres);

/// <summary>Votes that are taken back.</summary>
public abstract class RetractionTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    [SkippableFact]
    public async Task Retract_Twice_TakesBackOnceAndAnswersTheSame()
    {
        var (study, rater, pair) = await OnePairAsync();
        var id = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, id, study.Draft(pair));

        var first = await Votes.RetractAsync(rater, id);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await Votes.RetractAsync(rater, id);

        Assert.NotNull(first.AcceptedAt);
        Assert.Equal(first, second);
        Assert.Equal(0, await CountAsync("counting_vote"));
        Assert.Equal(1, await CountAsync("vote"));
    }

    [SkippableFact]
    public async Task Retract_ThenTake_SamePairAndTheVoteToSupersede()
    {
        var (study, rater, pair) = await OnePairAsync();
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Votes.RecordAsync(rater, first, study.Draft(pair));
        await Votes.RetractAsync(rater, first);

        var turn = await Assignments.TakeAsync(rater, ahead: 1, new Random(1));
        var answer = await Votes.RecordAsync(rater, second, study.Draft(pair, Choice.Right) with { Supersedes = turn.Pairs[0].LastVoteId });

        Assert.Equal(pair, turn.Pairs[0].AssignmentId);
        Assert.Equal(first, turn.Pairs[0].LastVoteId);
        Assert.NotNull(answer.AcceptedAt);
        Assert.Equal([second], await Votes.ListReceivedAsync(rater));
    }

    [SkippableFact]
    public async Task Retract_LongAfterTheLease_PlaceStaysWithTheRater()
    {
        var (study, rater, pair) = await OnePairAsync();
        var id = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, id, study.Draft(pair));
        Clock.Advance(AssignmentStore.Lease * 2);

        await Votes.RetractAsync(rater, id);

        Assert.Empty((await Assignments.TakeAsync(await study.AddRaterAsync(), ahead: 1, new Random(1))).Pairs);
    }

    [SkippableFact]
    public async Task Retract_WhatIsNotThereOrNotOnesOwn_IsRefused()
    {
        var (study, rater, pair) = await OnePairAsync();
        var id = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, id, study.Draft(pair));

        Assert.Equal(Refusal.UnknownVote, (await Votes.RetractAsync(rater, Guid.CreateVersion7())).Refusal);
        Assert.Equal(Refusal.NotYours, (await Votes.RetractAsync(await study.AddRaterAsync(), id)).Refusal);
        await study.SetStateAsync(StudyState.Closed);
        Assert.Equal(Refusal.Closed, (await Votes.RetractAsync(rater, id)).Refusal);
        Assert.Equal(1, await CountAsync("counting_vote"));
    }
}
