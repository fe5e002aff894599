using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class FormAnswerStoreOnSqlite() : FormAnswerStoreTests(DatabaseKind.Sqlite);

public sealed class FormAnswerStoreOnPostgres() : FormAnswerStoreTests(DatabaseKind.Postgres);

public abstract class FormAnswerStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private SheetStore Sheets => field ??= new SheetStore(Db, Writer);

    private FormAnswerStore Answers => new(Db);

    [SkippableFact]
    public async Task Alignment_Sheets_AreReadWithWhatIsRightAndWithoutWhatWasReplaced()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock);
        var rater = await study.AddRaterAsync();
        var taken = (await Assignments.TakeAsync(rater, ahead: 2, new Random(1))).Pairs;
        var sheets = await Sheets.ListHeldAsync(rater, new Random(1));
        var first = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, first, study.Draft(sheets[taken[0].AssignmentId], Answer.Yes, Answer.CannotTell));
        Clock.Advance(TimeSpan.FromSeconds(5));
        var second = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, second, study.Draft(sheets[taken[1].AssignmentId], Answer.No, Answer.NotAsked));

        var (votes, answers) = (await Answers.ListVotesAsync(study.Study.StudyId), await Answers.ListAnswersAsync(study.Study.StudyId));

        Assert.Equal([(first, false, false, 2_500), (second, false, false, 2_500)], votes.Select(vote => (vote.VoteId, vote.Simulated, vote.Rejected, vote.ResponseMs)));
        Assert.Equal(TimeSpan.FromSeconds(5), votes[1].ReceivedAt - votes[0].ReceivedAt);
        var byVote = answers.ToLookup(answer => answer.VoteId, answer => (answer.Answer, answer.Right));
        Assert.Equal([(Answer.Yes, true), (Answer.CannotTell, false)], byVote[first]);
        Assert.Equal([(Answer.No, false), (Answer.NotAsked, false)], byVote[second]);
        Assert.Equal(2, answers.Select(answer => answer.SystemId).Distinct().Count());
        Assert.Empty(await Answers.ListPicksAsync(study.Study.StudyId));
    }

    [SkippableFact]
    public async Task Preference_Picks_AreReadWithThePlaceOfTheBestOnTheScreen()
    {
        var study = await PreferenceStudy.AddAsync(Seeds, Db, Clock);
        var rater = await study.AddRaterAsync();
        var item = (await Assignments.TakeAsync(rater, ahead: 1, new Random(1))).Pairs.Single();
        await Sheets.ListHeldAsync(rater, new Random(1));
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(item.AssignmentId, best: 4, worst: 2));

        var pick = Assert.Single(await Answers.ListPicksAsync(study.Study.StudyId));

        var shown = Assert.Single(await new RecordedPickStore(Db).ListAsync(study.Study.StudyId));
        Assert.Equal((4, shown.ImageIds[3], shown.ImageIds[1]), (pick.BestPlace, pick.BestImageId, pick.WorstImageId));
        Assert.Empty(await Answers.ListAnswersAsync(study.Study.StudyId));
    }
}
