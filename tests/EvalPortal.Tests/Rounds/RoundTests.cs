using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class RoundsOnSqlite() : RoundTests(DatabaseKind.Sqlite);

public sealed class RoundsOnPostgres() : RoundTests(DatabaseKind.Postgres);

/// <summary>From a trained model to the study that compares it with the one before.</summary>
public abstract class RoundTests(DatabaseKind kind) : LoopTests(kind)
{
    private ModelPair _pair = null!;
    private long _job;

    private RoundStore Rounds => Get<RoundStore>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        _job = await TrainAsync();
        Assert.Null(await Get<RoundOrders>().FindModelsAsync(_job));
        await SucceedAsync();
        _pair = (await Get<RoundOrders>().FindModelsAsync(_job))!;
    }

    [SkippableFact]
    public async Task Draft_OfATrainedModel_TakesThePromptsAndANewSeedAndTheNextName()
    {
        var draft = await Get<RoundOrders>().DraftAsync(_pair);

        Assert.Equal(("3", "Round 2", 3, false), (draft.Seeds, draft.StudyName, draft.VotesPerComparison, draft.OpensAtOnce));
        Assert.Equal(["a fox", "a hen", "a cat"], (await Get<RoundOrders>().ListPromptsAsync(_pair, draft)).Select(prompt => prompt.Text));
        Assert.Equal((Base, "tuned", Study.StudyId), (_pair.Old, _pair.New.Name, _pair.Parent.StudyId));
    }

    [SkippableFact]
    public async Task Draft_NextNameTaken_CountsOn()
    {
        await CompareAsync(new RoundDraft { StudyName = "Round 2" });

        Assert.Equal("Round 3", (await Get<RoundOrders>().DraftAsync(_pair)).StudyName);
        Assert.Equal("A name, round 2", (await Get<RoundOrders>().DraftAsync(_pair with { Parent = Study with { Name = "A name" } })).StudyName);
    }

    [SkippableFact]
    public async Task Compare_TwoSeeds_OrdersTheSameImagesOfBothModels()
    {
        var round = await CompareAsync(new RoundDraft { StudyName = "Round 2", Seeds = "5, 6,5", InferenceSteps = 7, GuidanceScale = 1.5 });

        foreach (var (id, model) in ((long, Model)[])[(round.OldJobId, _pair.Old), (round.NewJobId, _pair.New)])
        {
            var job = (await Get<JobStore>().FindAsync(id))!;
            Assert.Equal((JobKind.Sample, model.ModelId), (job.Kind, job.ModelId));
            Assert.Equal(new SampleSettings { InferenceSteps = 7, GuidanceScale = 1.5 }, ContractJson.ReadFile<JobSpec>(Folder(job).Job).Sampling);
            Assert.Equal(
                [("a fox", 5L), ("a fox", 6L), ("a hen", 5L), ("a hen", 6L), ("a cat", 5L), ("a cat", 6L)],
                ContractJson.ReadLines<PromptLine>(Folder(job).Prompts).Select(line => (line.Value.Prompt, line.Value.Seed)));
        }
    }

    [SkippableFact]
    public async Task Compare_OtherPromptSet_IsDrawnInstead()
    {
        var set = await Seeds.PromptSetAsync("a dog");

        var round = await CompareAsync(new RoundDraft { StudyName = "Round 2", PromptSetId = set });

        var job = (await Get<JobStore>().FindAsync(round.NewJobId))!;
        Assert.Equal("a dog", Assert.Single(ContractJson.ReadLines<PromptLine>(Folder(job).Prompts)).Value.Prompt);
    }

    [SkippableTheory]
    [InlineData("Round 1", "1", 5, "There is a study called 'Round 1' already")]
    [InlineData(" ", "1", 5, "The new study needs a name.")]
    [InlineData("Round 2", "1, x", 5, "'x' is not a whole number")]
    [InlineData("Round 2", "", 5, "'' is not a whole number")]
    [InlineData("Round 2", "-1", 5, "'-1' is not a whole number")]
    [InlineData("Round 2", "1", 0, "Votes per comparison is 0")]
    public async Task Compare_UnusableDraft_IsRefusedAndOrdersNothing(string name, string seeds, int votes, string sentence)
    {
        var draft = new RoundDraft { StudyName = name, Seeds = seeds, VotesPerComparison = votes };

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Get<RoundOrders>().CompareAsync(_pair, draft, createdByAccountId: null));

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Single(await Get<JobStore>().ListAsync());
    }

    [SkippableFact]
    public async Task Advance_BothModelsHaveDrawn_MakesABlindStudyWithTheParentsQuestions()
    {
        var round = await CompareAsync(new RoundDraft { StudyName = "Round 2", Seeds = "5, 6", VotesPerComparison = 4 });
        await AdvanceAsync();
        await SucceedAsync();
        await AdvanceAsync();
        Assert.Null((await Rounds.FindAsync(round.RoundId))!.StudyId);
        await SucceedAsync();

        await AdvanceAsync();

        var study = (await Get<StudyStore>().FindAsync((await Rounds.FindAsync(round.RoundId))!.StudyId!.Value))!;
        Assert.Equal(("Round 2", StudyState.Draft, 4, Study.StudyId), (study.Name, study.State, study.VotesPerComparison, study.ParentStudyId));
        Assert.Equal((Study.Language, Study.Consent, Study.Instructions), (study.Language, study.Consent, study.Instructions));
        Assert.Equal(Study.Axes, study.Axes);
        Assert.Equal(_pair.New.ModelId, (await Get<SystemStore>().FindAsync(study.SystemAId))!.ModelId);
        Assert.Equal(_pair.Old.ModelId, (await Get<SystemStore>().FindAsync(study.SystemBId!.Value))!.ModelId);

        var comparisons = await Get<ComparisonStore>().ListAsync(study.StudyId);
        Assert.Equal(6, comparisons.Count);
        foreach (var comparison in comparisons)
        {
            var a = (await Get<ImageStore>().FindAsync(comparison.ImageAId))!;
            var b = (await Get<ImageStore>().FindAsync(comparison.ImageBId))!;
            Assert.Equal((a.PromptId, a.Seed), (b.PromptId, b.Seed));
        }
    }

    [SkippableFact]
    public async Task Advance_ParentOfAPreset_KeepsItThroughTheRounds()
    {
        await using (var connection = await Db.OpenAsync())
            await Dapper.SqlMapper.ExecuteAsync(connection, "UPDATE study SET preset = 'two-models'");
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2" });

        await AdvanceAsync();

        Assert.Equal("two-models", (await Get<StudyStore>().FindAsync((await Rounds.FindAsync(round.RoundId))!.StudyId!.Value))!.Preset);
    }

    /// <summary>By the open link with a cookie, from a panel and by personal links: who has seen a pair is not given its successor.</summary>
    [SkippableTheory]
    [InlineData("open link")]
    [InlineData("panel")]
    [InlineData("personal link")]
    public async Task Successor_RaterOfTheOldPairs_IsGivenOnlyPromptsThatTheyHaveNotSeen(string way)
    {
        await Get<RaterInvitationStore>().AddAsync(Study.StudyId, 2, createdByAccountId: null);
        var before = await ArriveAsync(Study, way, token: null);
        Assert.Equal(2, (await Get<AssignmentStore>().TakeAsync(before.Session, ahead: 2, new Random(1))).Pairs.Count);
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2", OpensAtOnce = true });
        await AdvanceAsync();
        var next = (await Get<StudyStore>().FindAsync((await Rounds.FindAsync(round.RoundId))!.StudyId!.Value))!;
        Assert.Equal(2, await Get<RaterInvitationStore>().CountFollowableAsync(next.ParentStudyId!.Value));
        Assert.Equal(2, await Get<RaterInvitationStore>().AddFollowingAsync(next.StudyId, next.ParentStudyId!.Value, createdByAccountId: null));

        var after = await ArriveAsync(next, way, before.Token);

        Assert.Equal(before.Session.RaterId, after.Session.RaterId);
        // both questions about the one prompt that is left
        Assert.Equal(2, (await Get<AssignmentStore>().TakeAsync(after.Session, ahead: 3, new Random(1))).Pairs.DistinctBy(pair => pair.Question).Count());
        var stranger = await ArriveAsync(next, "personal link", token: null, number: 2);
        Assert.Equal(3, (await Get<AssignmentStore>().TakeAsync(stranger.Session, ahead: 3, new Random(1))).Pairs.Count);
    }

    private async Task<(RaterSession Session, string Token)> ArriveAsync(Study study, string way, string? token, int number = 1)
    {
        var raters = Get<RaterStore>();
        if (way == "open link")
        {
            var known = token is null ? null : await raters.FindByTokenAsync(token);
            var (id, made) = known is null ? await raters.AddAsync("Firefox") : (known.RaterId, token!);
            return (await raters.ConsentAsync(id, study.StudyId), made);
        }
        Arrival arrival = way == "panel" ? new Arrival.FromPanel("hash-of-somebody", "5f2b8c1d9e0a4b7c6d3e2f10", "s1", "v1") : new Arrival.ByInvitation(number);
        var entry = new StudyEntry { StudyId = study.StudyId, Panel = PanelKind.Prolific };
        var secret = (await Get<ParticipantStore>().ConsentAsync(entry, arrival, "Firefox"))!;
        return ((await raters.FindSessionAsync(secret, study.LinkToken))!, secret);
    }

    [SkippableFact]
    public async Task Advance_AgainAndAfterARestart_MakesOneStudy()
    {
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2", OpensAtOnce = true });
        await AdvanceAsync();
        var study = (await Rounds.FindAsync(round.RoundId))!.StudyId!.Value;
        Assert.Equal(StudyState.Running, (await Get<StudyStore>().FindAsync(study))!.State);

        // As if the portal had been killed after the study was made and before that was recorded.
        await using (var connection = await Db.OpenAsync())
            await Dapper.SqlMapper.ExecuteAsync(connection, "UPDATE round SET study_id = NULL");
        await AdvanceAsync();
        await AdvanceAsync();

        Assert.Equal(study, (await Rounds.FindAsync(round.RoundId))!.StudyId);
        Assert.Equal(2, (await Get<StudyStore>().ListAsync()).Count);
    }

    [SkippableFact]
    public async Task Advance_StudyIsPausedMeanwhile_StaysPaused()
    {
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2", OpensAtOnce = true });
        await AdvanceAsync();
        var study = (await Rounds.FindAsync(round.RoundId))!.StudyId!.Value;
        await Get<StudyStore>().SetStateAsync(study, StudyState.Paused);

        await AdvanceAsync();

        Assert.Equal(StudyState.Paused, (await Get<StudyStore>().FindAsync(study))!.State);
    }

    [SkippableFact]
    public async Task Advance_NameTakenMeanwhile_SaysSoUntilItIsTriedAgain()
    {
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2" });
        await Get<StudyStore>().AddAsync(await Seeds.DraftAsync(Study.SystemAId, Study.SystemBId!.Value) with { Name = "Round 2" });

        await AdvanceAsync();

        Assert.StartsWith("Somebody made a study called 'Round 2'", (await Rounds.FindAsync(round.RoundId))!.Error, StringComparison.Ordinal);
        Assert.Empty(await Rounds.ListReadyAsync());
        await Rounds.SetErrorAsync(round.RoundId, error: null);
        Assert.Single(await Rounds.ListReadyAsync());
    }

    [SkippableFact]
    public async Task Advance_ImageMissing_MakesNoStudy()
    {
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2" });
        await using (var connection = await Db.OpenAsync())
            await Dapper.SqlMapper.ExecuteAsync(connection, "DELETE FROM image WHERE image_id = (SELECT MAX(image_id) FROM image)");

        await AdvanceAsync();

        Assert.Equal(
            "The models drew 3 and 2 images, of which 2 can be paired; all of them should.",
            (await Rounds.FindAsync(round.RoundId))!.Error);
    }

    [SkippableFact]
    public async Task Runner_WhileThePortalRuns_AdvancesByItself()
    {
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2" });
        using var runner = Runner();
        await runner.StartAsync(default);

        for (var tries = 0; (await Rounds.FindAsync(round.RoundId))!.StudyId is null; tries++)
        {
            Assert.True(tries < 200, "The round was not taken further.");
            Clock.Advance(RoundRunner.Beat);
            await Task.Delay(20);
        }

        await runner.StopAsync(default);
    }

    [SkippableFact]
    public async Task Advance_ParentOfTextAlignment_AsksTheSameOfEveryImage()
    {
        var parent = await QuestionsAboutAsync("a fox", "a cat");
        _pair = _pair with { Parent = parent };
        var round = await DrawnAsync(new RoundDraft { StudyName = "Round 2", VotesPerComparison = 2 });

        await AdvanceAsync();

        var made = (await Rounds.FindAsync(round.RoundId))!;
        Assert.Null(made.Error);
        var study = (await Get<StudyStore>().FindAsync(made.StudyId!.Value))!;
        Assert.Equal((StudyForm.Alignment, parent.QuestionSetId, parent.Consent), (study.Form, study.QuestionSetId, study.Consent));
        Assert.Equal(4, await CountItemsAsync(study.StudyId)); // two models, two of the three prompts
    }

    [SkippableFact]
    public async Task Compare_PromptsWithoutTheParentsQuestions_DrawsNoneOfThem()
    {
        _pair = _pair with { Parent = await QuestionsAboutAsync("a fox") };
        var draft = new RoundDraft { StudyName = "Round 2", PromptSetId = (await Get<PromptSetStore>().ListAsync()).Single().PromptSetId };
        Assert.Equal(["a fox"], (await Get<RoundOrders>().ListPromptsAsync(_pair, draft)).Select(prompt => prompt.Text));
        draft.PromptSetId = await Seeds.PromptSetAsync("a dog");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => CompareAsync(draft));

        Assert.StartsWith("The questions of the study before are about none of these prompts.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A study of text alignment about the images of <see cref="LoopTests.Study"/>.</summary>
    private async Task<Study> QuestionsAboutAsync(params string[] prompts)
    {
        var asked = (await Get<ComparisonStore>().ListPromptsAsync(Study.StudyId)).Where(prompt => prompts.Contains(prompt.Text)).ToList();
        var (questions, _) = await Get<QuestionSetStore>().AddAsync(new NewQuestionSet
        {
            Name = "Questions",
            PromptSetId = (await Get<PromptSetStore>().ListAsync())[0].PromptSetId,
            Prompts = [.. asked.Select(prompt => (prompt.PromptId, (IReadOnlyList<NewQuestion>)[new NewQuestion { Label = "1", Text = "Is it there?" }]))],
        });
        var (a, b) = (Study.SystemAId, Study.SystemBId!.Value);
        var id = await Get<StudyStore>().AddAsync(await Seeds.DraftAsync(a, b) with
        {
            Name = "Alignment",
            QuestionSetId = questions,
            Consent = "About questions.",
            Axes = [new StudyAxis { Axis = Axis.Alignment, Question = "Does the image show it?", PromptVisible = true }],
            Pairs = [],
            Items = await Get<StudyItems>().ListForAlignmentAsync(a, b, questions),
        });
        return (await Get<StudyStore>().FindAsync(id))!;
    }

    private async Task<int> CountItemsAsync(long studyId)
    {
        await using var connection = await Db.OpenAsync();
        return await Dapper.SqlMapper.ExecuteScalarAsync<int>(connection, "SELECT COUNT(*) FROM comparison WHERE image_b_id IS NULL AND study_id = @StudyId", new { StudyId = studyId });
    }

    private async Task<Round> CompareAsync(RoundDraft draft) =>
        (await Rounds.FindAsync(await Get<RoundOrders>().CompareAsync(_pair, draft, createdByAccountId: null)))!;

    /// <summary>A round whose images are all there.</summary>
    private async Task<Round> DrawnAsync(RoundDraft draft)
    {
        var round = await CompareAsync(draft);
        await SucceedAsync();
        await SucceedAsync();
        return round;
    }

    private Task AdvanceAsync() => Runner().AdvanceAsync();

    private RoundRunner Runner() =>
        new(Rounds, Get<SystemStore>(), Get<StudyStore>(), Get<ComparisonStore>(), Get<StudyItems>(), Clock, NullLogger<RoundRunner>.Instance);
}
