using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class LineageOnSqlite() : LineageStoreTests(DatabaseKind.Sqlite);

public sealed class LineageOnPostgres() : LineageStoreTests(DatabaseKind.Postgres);

public abstract class LineageStoreTests(DatabaseKind kind) : LoopTests(kind)
{
    private LineageStore Lineage => Get<LineageStore>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
    }

    [SkippableFact]
    public async Task Study_NothingTrainedYet_HasNone()
    {
        Assert.Empty(await Lineage.OfStudyAsync(Study.StudyId));
        Assert.Empty(await Lineage.OfModelAsync(Base.ModelId));
    }

    [SkippableFact]
    public async Task Job_BeforeAndAfterItIsDone_LeadsFromVotesToModel()
    {
        var id = await TrainAsync();
        var before = Assert.Single(await Lineage.OfJobAsync(id));
        Assert.Equal((Study.StudyId, 1, id, (RunState?)RunState.Queued, null), (before.StudyId, before.PairCount, before.JobId, before.JobState, before.ModelId));

        await SucceedAsync();

        var after = Assert.Single(await Lineage.OfJobAsync(id));
        Assert.Equal(("tuned", RunState.Succeeded, null), (after.ModelName, after.JobState, after.RoundId));
        Assert.Equal(after, Assert.Single(await Lineage.OfModelAsync(after.ModelId!.Value)));
        Assert.Equal(after, Assert.Single(await Lineage.OfPreferenceSetAsync(after.PreferenceSetId)));
        Assert.Equal(after, Assert.Single(await Lineage.OfStudyAsync(Study.StudyId)));
    }

    [SkippableFact]
    public async Task SecondRound_FromItsModelOrStudy_LeadsBackToTheFirstVotes()
    {
        var (first, study) = await GoRoundAsync(Study, "tuned", Base);
        var (second, third) = await GoRoundAsync(study, "tuned again", (await Get<ModelStore>().FindByJobAsync(first))!);

        var rows = await Lineage.OfStudyAsync(third.StudyId);

        Assert.Equal([("Round 1", first, "Round 2", 6), ("Round 2", second, "Round 3", 6)], rows.Select(row => (row.StudyName, row.JobId!.Value, row.NextStudyName, row.ImageCount)));
        Assert.Equal(rows, await Lineage.OfJobAsync(second));
        Assert.Equal(rows, await Lineage.OfStudyAsync(study.StudyId)); // what led to it, and what came of it
        Assert.Equal(rows.Take(1), await Lineage.OfStudyAsync(Study.StudyId));
        Assert.Equal(rows, await Lineage.BeforeAsync(third.StudyId));
        Assert.Empty(await Lineage.BeforeAsync(Study.StudyId));
    }

    [SkippableFact]
    public async Task SamplingJob_OfARound_IsPartOfIt()
    {
        var (job, _) = await GoRoundAsync(Study, "tuned", Base);
        var row = Assert.Single(await Lineage.OfJobAsync(job));
        var round = (await Get<RoundStore>().FindAsync(row.RoundId!.Value))!;

        Assert.Equal(row, Assert.Single(await Lineage.OfJobAsync(round.OldJobId)));
        Assert.Equal(row, Assert.Single(await Lineage.OfJobAsync(round.NewJobId)));
    }

    [SkippableFact]
    public async Task Study_TwoTrainingsOnOneSet_HasARowEach()
    {
        await TrainAsync("one");
        await TrainAsync("two");

        Assert.Equal(["one", "two"], (await Lineage.OfStudyAsync(Study.StudyId)).Select(row => row.JobName));
    }

    [SkippableFact]
    public async Task SimulatedJobs_AreThoseOnSimulatedVotesAndAllThatCameOfThem()
    {
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "b", simulated: true);
        var real = await TrainAsync("real");
        await SucceedAsync();
        var simulated = await TrainAsync("simulated", VoteSource.Both);
        await SucceedAsync();
        var onTop = await TrainAsync("real votes on a simulated model", modelId: (await Get<ModelStore>().FindByJobAsync(simulated))!.ModelId);
        await SucceedAsync();
        var pair = (await Get<RoundOrders>().FindModelsAsync(onTop))!;
        var round = (await Get<RoundStore>().FindAsync(
            await Get<RoundOrders>().CompareAsync(pair, new RoundDraft { StudyName = "Round 2" }, createdByAccountId: null)))!;

        var jobs = await Lineage.ListSimulatedJobsAsync();

        Assert.DoesNotContain(real, jobs);
        Assert.Equal([simulated, onTop, round.OldJobId, round.NewJobId], jobs.Order());
    }

    /// <summary>Votes on a study, trains on it, compares, and returns the training job and the study that came of it.</summary>
    private async Task<(long Job, Study Study)> GoRoundAsync(Study study, string name, Model model)
    {
        if (study.StudyId != Study.StudyId)
            await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        var preview = (await Get<TrainOrders>().FindMaterialAsync(study.StudyId, VoteSource.Real))!.Previews[0];
        var votes = new ChosenVotes(study, preview.Rule, VoteSource.Real, preview.Sha256);
        var job = await Get<TrainOrders>().TrainAsync(votes, new TrainDraft { Name = name, ModelId = model.ModelId }, createdByAccountId: null);
        await SucceedAsync();

        var pair = (await Get<RoundOrders>().FindModelsAsync(job))!;
        var draft = await Get<RoundOrders>().DraftAsync(pair);
        draft.OpensAtOnce = true;
        var id = await Get<RoundOrders>().CompareAsync(pair, draft, createdByAccountId: null);
        await SucceedAsync();
        await SucceedAsync();
        var runner = new RoundRunner(
            Get<RoundStore>(), Get<SystemStore>(), Get<StudyStore>(), Get<ComparisonStore>(), Get<StudyItems>(), Clock, NullLogger<RoundRunner>.Instance);
        await runner.AdvanceAsync();
        var next = (await Get<RoundStore>().FindAsync(id))!.StudyId!.Value;
        return (job, (await Get<StudyStore>().FindAsync(next))!);
    }
}
