using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Items;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Flaws;

public sealed class FlawStoreOnSqlite() : FlawStoreTests(DatabaseKind.Sqlite);

public sealed class FlawStoreOnPostgres() : FlawStoreTests(DatabaseKind.Postgres);

/// <summary>What is read for figures of flaws and for single items.</summary>
public abstract class FlawStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    [SkippableFact]
    public async Task Read_Study_HasTheCountingVotesOfTheAxisWithTheirFlaws()
    {
        var judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 2);
        var kept = await judged.RateAsync("ab");
        var excluded = await judged.RateAsync("a");
        await judged.RateAsync("aa", Axis.Appeal); // flaws are not asked for there
        await judged.RateAsync("b", simulated: true);
        await judged.ExecuteAsync("INSERT INTO vote_flaw (vote_id, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y, received_at) SELECT vote_id, 'hands', 'major', 'left', 0.25, 0.75, received_at FROM vote WHERE axis = 'flaws' AND winner = 'a'");
        await judged.ExcludeAsync(excluded);
        var store = new FlawStore(Db);

        var votes = await store.ReadAsync(judged.Study.StudyId, VoteSource.Real, Exclusions.Applied).ToListAsync();

        Assert.Equal(["prompt 1", "prompt 2"], votes.Select(vote => vote.Prompt));
        Assert.All(votes, vote => Assert.Equal((judged.PseudonymAsync(kept).Result, false), (vote.Pseudonym, vote.Simulated)));
        Assert.Equal((FlawType.Hands, true, 0.25, 0.75, true), (votes[0].Type!.Value, votes[0].IsMajor, votes[0].FlawX!.Value, votes[0].FlawY!.Value, votes[0].IsOfA!.Value));
        Assert.False(votes[1].HasFlaw);
        Assert.Equal(3, await store.ReadAsync(judged.Study.StudyId, VoteSource.Real, Exclusions.None).CountAsync());
        Assert.Equal(1, await store.ReadAsync(judged.Study.StudyId, VoteSource.Simulated, Exclusions.Applied).CountAsync());
        Assert.Equal(3, await store.ReadAsync(judged.Study.StudyId, VoteSource.Both, Exclusions.Applied).CountAsync());
    }

    [SkippableFact]
    public async Task ListAsked_Study_CountsSheetsAndExpectedAnswers()
    {
        var study = await AlignmentStudy.AddAsync(Seeds, Db, Clock, prompts: 1);
        var rater = await study.AddRaterAsync();
        var taken = (await Assignments.TakeAsync(rater, ahead: 2, new Random(1))).Pairs;
        var sheets = await new SheetStore(Db, Writer).ListHeldAsync(rater, new Random(1));
        var vote = Guid.CreateVersion7();
        await Votes.RecordAsync(rater, vote, study.Draft(sheets[taken[0].AssignmentId], Answer.Yes, Answer.CannotTell));

        var images = await new ItemStore(Db).ListAskedAsync(study.Study.StudyId, VoteSource.Real, Exclusions.Applied);

        Assert.Equal(2, images.Count); // of each system one
        var judged = Assert.Single(images, image => image.Sheets > 0);
        Assert.Equal((1, 2, 1), (judged.Sheets, judged.Questions, judged.AsExpected));
        var answers = await new RecordedAnswerStore(Db).ListAsync(judged.ComparisonId);
        Assert.Equal([(vote, Answer.Yes), (vote, Answer.CannotTell)], answers.Select(answer => (answer.VoteId, answer.Answer)));
        Assert.All(await new ItemStore(Db).ListAskedAsync(study.Study.StudyId, VoteSource.Simulated, Exclusions.None), image => Assert.Equal((0, 0, 0), (image.Sheets, image.Questions, image.AsExpected)));
    }
}
