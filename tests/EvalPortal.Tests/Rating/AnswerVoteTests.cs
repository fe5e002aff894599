using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class AnswerVoteOnSqlite() : AnswerVoteTests(DatabaseKind.Sqlite);

public sealed class AnswerVoteOnPostgres() : AnswerVoteTests(DatabaseKind.Postgres);

/// <summary>Votes that answer questions about one image.</summary>
public abstract class AnswerVoteTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private SheetStore Sheets => field ??= new SheetStore(Db, Writer);

    [SkippableFact]
    public async Task Record_Sheet_IsKeptOnceWithEveryQuestion()
    {
        var (study, rater, sheet) = await OneSheetAsync();
        var (id, draft) = (Guid.CreateVersion7(), study.Draft(sheet, Answer.No, Answer.NotAsked));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Votes.RecordAsync(rater, id, draft))));

        Assert.NotNull(Assert.Single(answers.Distinct()).AcceptedAt);
        var stored = await AnswersAsync(study);
        Assert.Equal([(Answer.No, (int?)1_000), (Answer.NotAsked, null)], stored.Select(answer => (answer.Answer, answer.AnsweredMs)));
        Assert.All(stored, answer => Assert.True(answer is { Counts: true, Simulated: false }));
        Assert.Equal(("answered", false), await ScalarAsync<(string, bool)>("SELECT choice_screen, winner IS NOT NULL FROM vote"));
        Assert.Equal(0, await CountAsync("assignment WHERE left_is_b"));
    }

    [SkippableFact]
    public async Task Record_OtherAnswersUnderTheSameId_IsRefused()
    {
        var (study, rater, sheet) = await OneSheetAsync();
        var (id, draft) = (Guid.CreateVersion7(), study.Draft(sheet, Answer.Yes, Answer.Yes));
        await Votes.RecordAsync(rater, id, draft);

        var others = new[]
        {
            study.Draft(sheet, Answer.Yes, Answer.No),
            draft with { Answers = [draft.Answers![0], draft.Answers[1] with { Ms = 7 }] },
            draft with { Answers = [draft.Answers[0]] },
            draft with { Choice = Choice.Reject, Reason = RejectReason.Other, Answers = null },
        };

        foreach (var other in others)
            Assert.Equal(Refusal.OtherContent, (await Votes.RecordAsync(rater, id, other)).Refusal);
        Assert.Equal(["yes", "yes"], (await AnswersAsync(study)).Select(answer => answer.AnswerText));
    }

    [SkippableFact]
    public async Task Record_SheetThatIsNotWhatWasAsked_SaysWhyAndStoresNothing()
    {
        var (study, rater, sheet) = await OneSheetAsync();
        var good = study.Draft(sheet, Answer.Yes, Answer.Yes);
        var (first, second) = (good.Answers![0], good.Answers[1]);

        (VoteDraft Draft, string Why)[] cases =
        [
            (good with { Answers = [first] }, "has no answer"),
            (good with { Answers = [] }, "has no answer"),
            (good with { Answers = [first, first, second] }, "is answered twice"),
            (good with { Answers = [first, second, second with { QuestionId = 999_999 }] }, "does not belong to this image"),
            (good with { Answers = [first with { Answer = Answer.No }, second] }, "was not to be asked"),
            (good with { Answers = [first with { Answer = Answer.CannotTell }, second] }, "was not to be asked"),
            (good with { Answers = [first, second with { Answer = Answer.NotAsked, Ms = null }] }, "was to be asked"),
            (good with { Answers = [first, second with { Ms = 2_501 }] }, "must be 0 to responseMs"),
            (good with { Answers = null, Picks = new PickDraft { Best = 1, Worst = 2 } }, "tell the answers"),
            (good with { Answers = null, Choice = Choice.Left, DecodedAt = null, DecodedLeftAt = good.DecodedAt, DecodedRightAt = good.DecodedAt }, "it has no sides"),
            (good with { Answers = null, Choice = Choice.Reject, Reason = RejectReason.StyleMismatch }, "Only the images of a pair"),
        ];

        foreach (var (draft, why) in cases)
        {
            var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), draft);
            Assert.Equal(Refusal.Faulty, answer.Refusal);
            Assert.Contains(why, answer.Fault, StringComparison.Ordinal);
        }
        Assert.Equal(0, await CountAsync("vote"));
        Assert.Equal(0, await CountAsync("vote_answer"));
    }

    [SkippableFact]
    public async Task Record_AnswersOnAPair_AreRefused()
    {
        var (study, rater, pair) = await OnePairAsync();
        var draft = study.Draft(pair) with { Choice = Choice.Answered, Answers = [], DecodedLeftAt = null, DecodedRightAt = null, DecodedAt = Clock.GetUtcNow() };

        var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), draft);

        Assert.Contains("This is a pair", answer.Fault, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Record_RejectedOrTakenBack_CountsAsThat()
    {
        var (study, rater, sheet) = await OneSheetAsync();
        var first = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, first, study.Draft(sheet, Answer.Yes, Answer.Yes));

        await Votes.RetractAsync(rater, first);
        var reject = study.Draft(sheet) with { Choice = Choice.Reject, Reason = RejectReason.Unsafe, Answers = null, Supersedes = first };
        Assert.NotNull((await Votes.RecordAsync(rater, Guid.CreateVersion7(), reject)).AcceptedAt);

        Assert.All(await AnswersAsync(study), answer => Assert.False(answer.Counts));
        Assert.Equal(1, await new FormCountStore(Db).CountRejectedAsync(study.Study.StudyId, VoteSource.Real, PixelPost.EvalPortal.Quality.Exclusions.Applied));
    }

    [SkippableTheory]
    [InlineData("UPDATE vote_answer SET answer = 'no'")]
    [InlineData("DELETE FROM vote_answer")]
    public async Task Answer_Changed_IsRefused(string sql)
    {
        var (study, rater, sheet) = await OneSheetAsync();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(sheet, Answer.Yes, Answer.Yes));
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));

        Assert.Contains("vote_answer is append-only", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Withdraw_AfterASheet_ErasesItsAnswers()
    {
        var (study, rater, sheet) = await OneSheetAsync();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(sheet, Answer.Yes, Answer.Yes));

        Assert.Equal(1, await new WithdrawalStore(Writer, Clock).WithdrawAsync(rater));

        Assert.Equal(0, await CountAsync("vote_answer"));
        Assert.Equal(1, await CountAsync("erased_vote"));
    }

    [SkippableFact]
    public async Task Take_TwoSystems_HandsOutEveryImageByItself()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock, prompts: 2);
        var rater = await study.AddRaterAsync();

        var turn = await Assignments.TakeAsync(rater, ahead: 6, new Random(1));

        Assert.Equal(4, turn.Pairs.Count);
        var images = new HashSet<string>();
        foreach (var item in turn.Pairs)
        {
            images.Add((await Sheets.FindImageAsync(rater, item.AssignmentId, 1))!);
            Assert.Null(await Sheets.FindImageAsync(rater, item.AssignmentId, 2));
            Assert.Null(await Sheets.FindImageAsync(await study.AddRaterAsync(), item.AssignmentId, 1));
        }
        Assert.Equal(4, images.Count);
    }

    [SkippableFact]
    public async Task FindImage_OfAPairByPlace_TellsNothing()
    {
        var (_, rater, pair) = await OnePairAsync();

        Assert.Null(await Sheets.FindImageAsync(rater, pair, 1)); // it would tell which is A
    }

    [SkippableFact]
    public async Task ListOwn_Sheet_SaysWhatWasAnswered()
    {
        var (study, rater, sheet) = await OneSheetAsync();
        var id = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, id, study.Draft(sheet, Answer.No, Answer.NotAsked));

        var own = (await new OwnSheetStore(Db).ListAsync(rater))[id];

        Assert.Equal(1, own.Images);
        Assert.Equal(["Is there a fox? No.", "Is it red? Not asked."], own.Lines);
        Assert.Empty(await new OwnSheetStore(Db).ListAsync(await study.AddRaterAsync()));
    }

    /// <summary>By hand: of the first system's image 2 of 2 and 2 of 2 answers are right, of the second's 1 of 2, and one rater could not judge it.</summary>
    [SkippableFact]
    public async Task Freeze_Sheets_MakesAPairOfChosenAndRejected()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock, votes: 5);
        await AnswerAsync(study, ofA: [Answer.Yes, Answer.Yes], ofB: [Answer.Yes, Answer.No]);
        await AnswerAsync(study, ofA: [Answer.Yes, Answer.Yes], ofB: null);
        await AnswerAsync(study, ofA: [Answer.Yes, Answer.Yes], ofB: [Answer.No, Answer.NotAsked], excluded: true);
        var asked = new AskedImageStore(Db);
        var sets = new PreferenceSetStore(Db, new ComparisonStore(Db), new RecordedPickStore(Db), asked, Clock);

        var (images, exclusions) = await asked.ListAsync(study.Study.StudyId, VoteSource.Real, Exclusions.Applied);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => sets.FreezeAsync("None", study.Study.StudyId, AxisRule.Alignment, VoteSource.Real, createdByAccountId: null));
        await AnswerAsync(study, ofA: null, ofB: [Answer.Yes, Answer.CannotTell]);
        var set = await sets.FreezeAsync("First", study.Study.StudyId, AxisRule.Alignment, VoteSource.Real, createdByAccountId: null);

        Assert.Equal([(2, 0, 4, 4), (1, 1, 1, 2)], images.Select(image => (image.Sheets, image.Rejected, image.Right, image.Questions)));
        Assert.Equal((1, 2), (exclusions.Raters, exclusions.Votes));
        Assert.Equal("No comparison of this study is decided yet: 1 rejected.", refused.Message);
        var pair = Assert.Single(await sets.ListPairsAsync(set));
        Assert.Equal(
            (images[0].ImageId, images[1].ImageId, 4, 2, Axis.Alignment), (pair.ChosenImageId, pair.RejectedImageId, pair.VotesChosen, pair.VotesRejected, pair.Axis));
        Assert.Equal(0.5, pair.Weight, 1e-12);
        Assert.Equal(2, (await sets.FindAsync(set))!.LeftOut.ExcludedVotes);
        Assert.Equal([pair.ChosenImageId], await sets.ListImagesOfAsync(set, study.Study.SystemAId));
    }

    /// <summary>A rater who answers about the images of both systems; null for an image that they cannot judge.</summary>
    private async Task AnswerAsync(AlignmentStudy study, Answer[]? ofA, Answer[]? ofB, bool excluded = false)
    {
        var rater = await study.AddRaterAsync();
        var taken = (await Assignments.TakeAsync(rater, ahead: 2, new Random(1))).Pairs;
        var sheets = await Sheets.ListHeldAsync(rater, new Random(1));
        foreach (var item in taken)
        {
            var isA = await ScalarAsync<bool>($"SELECT i.system_id = {study.Study.SystemAId} FROM assignment s JOIN comparison c ON c.comparison_id = s.comparison_id JOIN image i ON i.image_id = c.image_a_id WHERE s.assignment_id = '{item.AssignmentId}'");
            var draft = study.Draft(sheets[item.AssignmentId], (isA ? ofA : ofB) ?? []);
            if ((isA ? ofA : ofB) is null)
                draft = draft with { Choice = Choice.Reject, Reason = RejectReason.Other, Answers = null };
            Assert.Null((await Votes.RecordAsync(rater, Guid.CreateVersion7(), draft)).Refusal);
        }
        if (excluded)
        {
            await using var connection = await Db.OpenAsync();
            await connection.ExecuteAsync(
                "INSERT INTO exclusion (study_id, rater_id, rule, reason, excluded_at) VALUES (@StudyId, @RaterId, 'manual', 'Asleep.', @Now)",
                new { study.Study.StudyId, rater.RaterId, Now = Clock.GetUtcNow() });
        }
    }

    private async Task<(AlignmentStudy Study, RaterSession Rater, Sheet Sheet)> OneSheetAsync()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock);
        var rater = await study.AddRaterAsync();
        var id = (await Assignments.TakeAsync(rater, ahead: 1, new Random(1))).Pairs[0].AssignmentId;
        return (study, rater, (await Sheets.ListHeldAsync(rater, new Random(1)))[id]);
    }

    private async Task<List<RecordedAnswer>> AnswersAsync(AlignmentStudy study)
    {
        var answers = new List<RecordedAnswer>();
        await foreach (var answer in new RecordedAnswerStore(Db).ReadAsync(study.Study.StudyId))
            answers.Add(answer);
        return answers;
    }
}
