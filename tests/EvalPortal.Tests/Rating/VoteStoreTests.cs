using System.Data.Common;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class VoteStoreOnSqlite() : VoteStoreTests(DatabaseKind.Sqlite);

public sealed class VoteStoreOnPostgres() : VoteStoreTests(DatabaseKind.Postgres);

public abstract class VoteStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    [SkippableFact]
    public async Task Record_SameVoteTwice_CountsOnceAndAnswersTheSame()
    {
        var (study, rater, pair) = await OnePairAsync();
        var (id, draft) = (Guid.CreateVersion7(), study.Draft(pair));

        var first = await Votes.RecordAsync(rater, id, draft);
        Clock.Advance(TimeSpan.FromHours(1));
        var second = await Votes.RecordAsync(rater, id, draft);

        Assert.NotNull(first.AcceptedAt);
        Assert.Equal(first, second);
        Assert.Equal(1, await CountAsync("vote"));
    }

    [SkippableFact]
    public async Task Record_SameVoteManyTimesAtOnce_CountsOnceAndAnswersTheSame()
    {
        var (study, rater, pair) = await OnePairAsync();
        var (id, draft) = (Guid.CreateVersion7(), study.Draft(pair));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Votes.RecordAsync(rater, id, draft))));

        Assert.NotNull(Assert.Single(answers.Distinct()).AcceptedAt);
        Assert.Equal(1, await CountAsync("vote"));
    }

    public static TheoryData<string, Func<VoteDraft, VoteDraft>> Changes => new()
    {
        { "choice", draft => draft with { Choice = Choice.Right } },
        { "reason", draft => draft with { Choice = Choice.Reject, Reason = RejectReason.Unsafe } },
        { "supersedes", draft => draft with { Supersedes = Guid.CreateVersion7() } },
        { "assignment", draft => draft with { AssignmentId = Guid.NewGuid() } },
        { "response time", draft => draft with { ResponseMs = 2_501 } },
        { "shown", draft => draft with { ShownAt = draft.ShownAt.AddMilliseconds(1) } },
        { "voted", draft => draft with { VotedAt = draft.VotedAt.AddMilliseconds(1) } },
        { "left decoded", draft => draft with { DecodedLeftAt = null } },
        { "right decoded", draft => draft with { DecodedRightAt = draft.ShownAt } },
        { "input", draft => draft with { Input = InputKind.Touch } },
        { "width", draft => draft with { ViewportW = null } },
        { "height", draft => draft with { ViewportH = 721 } },
        { "dpr", draft => draft with { Dpr = 2 } },
        { "time visible", draft => draft with { VisibleMs = 2_401 } },
        { "zoom", draft => draft with { MaxZoom = null } },
        { "left at full size", draft => draft with { NativeSeenLeft = null } },
        { "right at full size", draft => draft with { NativeSeenRight = true } },
        { "flickers", draft => draft with { Toggles = 0 } },
        { "version", draft => draft with { AppVersion = "0.1.1" } },
    };

    [SkippableTheory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public async Task Record_SameIdOtherContent_IsRefused(string what, Func<VoteDraft, VoteDraft> change)
    {
        var (study, rater, pair) = await OnePairAsync();
        var (id, draft) = (Guid.CreateVersion7(), study.Draft(pair));
        await Votes.RecordAsync(rater, id, draft);

        var answer = await Votes.RecordAsync(rater, id, change(draft));

        Assert.True(answer.Refusal == Refusal.OtherContent, what);
        Assert.Equal(1, await CountAsync("vote"));
    }

    [SkippableFact]
    public async Task Record_AnotherRatersAssignment_IsRefused()
    {
        var (study, _, pair) = await OnePairAsync();
        var other = await study.AddRaterAsync();

        var answer = await Votes.RecordAsync(other, Guid.CreateVersion7(), study.Draft(pair));

        Assert.Equal(Refusal.NotYours, answer.Refusal);
        Assert.Equal(0, await CountAsync("vote"));
    }

    [SkippableFact]
    public async Task Record_AnotherRatersVote_IsRefused()
    {
        var (study, rater, pair) = await OnePairAsync();
        var (id, draft) = (Guid.CreateVersion7(), study.Draft(pair));
        await Votes.RecordAsync(rater, id, draft);

        var answer = await Votes.RecordAsync(await study.AddRaterAsync(), id, draft);

        Assert.Equal(Refusal.OtherContent, answer.Refusal);
    }

    [SkippableFact]
    public async Task Record_UnknownAssignment_IsRefused()
    {
        var (study, rater, _) = await OnePairAsync();

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(Guid.NewGuid()));

        Assert.Equal(Refusal.UnknownPair, answer.Refusal);
    }

    [SkippableFact]
    public async Task Record_SecondVoteThatDoesNotSupersede_IsRefused()
    {
        var (study, rater, pair) = await OnePairAsync();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair));

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair, Choice.Right));

        Assert.Equal(Refusal.AlreadyAnswered, answer.Refusal);
    }

    [SkippableFact]
    public async Task Record_ManyVotesOnOnePairAtOnce_OneIsStored()
    {
        var (study, rater, pair) = await OnePairAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Task.Run(() => Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair)))));

        Assert.Single(answers, answer => answer.AcceptedAt is not null);
        Assert.Equal(19, answers.Count(answer => answer.Refusal == Refusal.AlreadyAnswered));
    }

    [SkippableFact]
    public async Task Record_SecondVoteThatSupersedes_IsTheOneThatCounts()
    {
        var (study, rater, pair) = await OnePairAsync();
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Votes.RecordAsync(rater, first, study.Draft(pair));

        await Votes.RecordAsync(rater, second, study.Draft(pair, Choice.Tie) with { Supersedes = first });

        Assert.Equal([second], await Votes.ListReceivedAsync(rater));
        Assert.Equal(2, await CountAsync("vote"));
    }

    [SkippableTheory]
    [InlineData(StudyState.Paused, 60, null)]
    [InlineData(StudyState.Closed, 1, null)] // given out before the end
    [InlineData(StudyState.Closed, 60, Refusal.Closed)]
    public async Task Record_StudyStopped_DependsOnTheLease(StudyState state, int minutesLater, Refusal? refusal)
    {
        var (study, rater, pair) = await OnePairAsync();
        await study.SetStateAsync(state);
        Clock.Advance(TimeSpan.FromMinutes(minutesLater));

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair));

        Assert.Equal(refusal, answer.Refusal);
    }

    [SkippableFact]
    public async Task Record_ClockOfTheBrowserIsWrong_IsStoredAndFlagged()
    {
        var (study, rater, pair) = await OnePairAsync();
        var draft = study.Draft(pair);

        await Votes.RecordAsync(rater, Guid.CreateVersion7(), draft with { VotedAt = draft.VotedAt.AddYears(1) });

        Assert.True(await ScalarAsync<bool>("SELECT clock_suspect FROM vote"));
    }

    [SkippableFact]
    public async Task Record_RowThatTheDatabaseRefuses_DoesNotHarmTheOthers()
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 30, votes: 1, Axis.Flaws);
        var rater = await study.AddRaterAsync();
        var pairs = (await Assignments.TakeAsync(rater, ahead: 30, new Random(1))).Pairs;

        var votes = pairs.Select((pair, i) => Votes.RecordAsync(
            rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId) with { ResponseMs = i == 13 ? -1 : 1_000 })).ToList();

        await Assert.ThrowsAnyAsync<DbException>(() => votes[13]);
        await Task.WhenAll(votes.Where((_, i) => i != 13));
        Assert.Equal(29, await CountAsync("counting_vote"));
    }

    /// <summary>The winner is the system whose image stood where the rater pressed, whatever the side and however often it changed.</summary>
    [SkippableFact]
    public async Task Record_AnyChoiceOnAnySide_WinnerIsTheSystemThatStoodThere()
    {
        const string Wrong = """
            SELECT COUNT(*)
            FROM counting_vote v
            JOIN assignment a ON a.assignment_id = v.assignment_id
            JOIN comparison c ON c.comparison_id = v.comparison_id
            JOIN study s ON s.study_id = v.study_id
            JOIN image shown_left ON shown_left.image_id = CASE WHEN a.left_is_b THEN c.image_b_id ELSE c.image_a_id END
            WHERE v.winner <> CASE
              WHEN v.choice_screen IN ('tie', 'reject') THEN v.choice_screen
              WHEN (v.choice_screen = 'left') = (shown_left.system_id = s.system_a_id) THEN 'a'
              ELSE 'b' END
            """;
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 10, votes: 12);
        var random = new Random(11);
        for (var i = 0; i < 12; i++)
        {
            var rater = await study.AddRaterAsync();
            while (await Assignments.TakeAsync(rater, ahead: 1, random) is { Pairs: [var pair] })
            {
                var draft = study.Draft(pair.AssignmentId, (Choice)random.Next(4)) with { Supersedes = pair.LastVoteId };
                var voteId = Guid.CreateVersion7();
                await Votes.RecordAsync(rater, voteId, draft);
                if (random.Next(5) == 0)
                    await Votes.RetractAsync(rater, voteId);
            }
        }

        Assert.Equal(240, await CountAsync("counting_vote"));
        Assert.Equal(4, await ScalarAsync<long>("SELECT COUNT(DISTINCT winner) FROM counting_vote"));
        Assert.Equal(0, await ScalarAsync<long>(Wrong));
    }
}
