using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class LossLedgerStoreOnSqlite() : LossLedgerStoreTests(DatabaseKind.Sqlite);

public sealed class LossLedgerStoreOnPostgres() : LossLedgerStoreTests(DatabaseKind.Postgres);

/// <summary>What browsers say against what is stored.</summary>
public abstract class LossLedgerStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private LossLedgerStore Ledger => field ??= new LossLedgerStore(Db, Writer, Clock);

    [SkippableFact]
    public async Task Read_VotesOfEveryFate_EachInOnePart()
    {
        var (study, rater, pairs) = await BeginAsync(prompts: 5);
        var ids = pairs.Select(_ => Guid.CreateVersion7()).ToList();
        await Votes.RecordAsync(rater, ids[0], study.Draft(pairs[0]));                  // stored and stated
        await Votes.RecordAsync(rater, ids[1], study.Draft(pairs[1]));                  // stored, not stated yet
        await Votes.RecordAsync(rater, ids[2], study.Draft(pairs[1]));                  // refused: the pair has an answer
        await Ledger.StateAsync(rater,
        [
            Word(ids[0], StatedState.Received),
            Word(ids[2], StatedState.Refused),
            Word(ids[3], StatedState.Waiting),
            Word(ids[4], StatedState.Received),                                         // the portal has never seen it
        ]);

        var ledger = await Ledger.ReadAsync(study.Study.StudyId);

        Assert.Equal(2, ledger.Stored);
        Assert.Equal([new RefusedVotes { Reason = Refusal.AlreadyAnswered, Votes = 1 }], ledger.Refused);
        Assert.Equal((1, Clock.GetUtcNow()), (ledger.Waiting, ledger.WaitingSince));
        Assert.Equal((ids[4], false), (Assert.Single(ledger.Lost).VoteId, ledger.Lost[0].IsRetraction));
        Assert.Equal(5, ledger.Made);
    }

    [SkippableFact]
    public async Task Read_WaitingVoteArrives_IsStoredAndNoLongerWaits()
    {
        var (study, rater, pairs) = await BeginAsync(prompts: 1);
        var id = Guid.CreateVersion7();
        await Ledger.StateAsync(rater, [Word(id, StatedState.Waiting)]);
        await Votes.RecordAsync(rater, id, study.Draft(pairs[0]));

        var ledger = await Ledger.ReadAsync(study.Study.StudyId);

        Assert.Equal((1, 0, 1), (ledger.Stored, ledger.Waiting, ledger.Made));
        Assert.Null(ledger.WaitingSince);
    }

    [SkippableFact]
    public async Task Read_RetractionConfirmedAndMissing_IsLostWhileTheVoteIsStored()
    {
        var (study, rater, pairs) = await BeginAsync(prompts: 2);
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        for (var i = 0; i < 2; i++)
            await Votes.RecordAsync(rater, ids[i], study.Draft(pairs[i]));
        await Votes.RetractAsync(rater, ids[0]);
        await Ledger.StateAsync(rater, [.. ids.Select(id => Word(id, StatedState.Received) with { Retracted = true })]);

        var ledger = await Ledger.ReadAsync(study.Study.StudyId);

        Assert.Equal((ids[1], true), (Assert.Single(ledger.Lost).VoteId, ledger.Lost[0].IsRetraction));
        Assert.Equal((2, 2), (ledger.Stored, ledger.Made));
    }

    [SkippableFact]
    public async Task Read_RaterWithdraws_VotesAreErasedAndNotLost()
    {
        var (study, rater, pairs) = await BeginAsync(prompts: 2);
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        for (var i = 0; i < 2; i++)
            await Votes.RecordAsync(rater, ids[i], study.Draft(pairs[i]));
        await Ledger.StateAsync(rater, [.. ids.Select(id => Word(id, StatedState.Received))]);
        await new WithdrawalStore(Writer, Clock).WithdrawAsync(rater);

        var ledger = await Ledger.ReadAsync(study.Study.StudyId);

        Assert.Equal((0, 2, 2, 0), (ledger.Stored, ledger.Erased, ledger.Made, ledger.Lost.Count));
    }

    [SkippableFact]
    public async Task Read_RefusedForItsForm_IsCountedWithoutAReason()
    {
        var (study, rater, _) = await BeginAsync(prompts: 1);
        await Ledger.StateAsync(rater, [Word(Guid.CreateVersion7(), StatedState.Refused)]);

        Assert.Equal([new RefusedVotes { Reason = null, Votes = 1 }], (await Ledger.ReadAsync(study.Study.StudyId)).Refused);
    }

    [SkippableFact]
    public async Task State_IdOfAnotherRater_StaysTheirs()
    {
        var (study, rater, _) = await BeginAsync(prompts: 1);
        var other = await study.AddRaterAsync();
        var id = Guid.CreateVersion7();
        await Ledger.StateAsync(rater, [Word(id, StatedState.Waiting)]);

        await Ledger.StateAsync(other, [Word(id, StatedState.Received)]);

        var ledger = await Ledger.ReadAsync(study.Study.StudyId);
        Assert.Equal((1, 0), (ledger.Waiting, ledger.Lost.Count));
    }

    [SkippableFact]
    public async Task Read_SimulatedVotesAndOtherStudies_AreNotInIt()
    {
        var (study, _, _) = await BeginAsync(prompts: 1);
        var elsewhere = await Seeds.StudyAsync("a hen");
        await Seeds.VoteAsync(study.Study, 1, Axis.Flaws, "a", simulated: true);
        await Seeds.VoteAsync(elsewhere, 1, Axis.Flaws, "a");

        Assert.Equal(0, (await Ledger.ReadAsync(study.Study.StudyId)).Made);
    }

    private async Task<(RatedStudy Study, RaterSession Rater, IReadOnlyList<Guid> Pairs)> BeginAsync(int prompts)
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts, votes: 3, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        var turn = await new AssignmentStore(Db, Writer, Clock).TakeAsync(rater, ahead: prompts, new Random(1));
        return (study, rater, [.. turn.Pairs.Select(pair => pair.AssignmentId)]);
    }

    private static StatedVote Word(Guid id, StatedState state) => new() { VoteId = id, State = state };
}
