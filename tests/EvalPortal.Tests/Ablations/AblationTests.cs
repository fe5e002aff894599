using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Ablations;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Rounds;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Ablations;

public sealed class AblationsOnSqlite() : AblationTests(DatabaseKind.Sqlite);

public sealed class AblationsOnPostgres() : AblationTests(DatabaseKind.Postgres);

/// <summary>From one frozen set to a leaderboard of what several objectives made of it.</summary>
public abstract class AblationTests(DatabaseKind kind) : LoopTests(kind)
{
    private PreferenceSet _set = null!;

    private AblationStore Ablations => Get<AblationStore>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var sets = Get<PreferenceSetStore>();
        _set = (await sets.FindAsync(await sets.FreezeAsync("set", Study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null)))!;
    }

    [SkippableFact]
    public async Task Start_SeveralObjectives_QueuesATrainingEachOnTheSameSet()
    {
        var draft = Draft();
        draft.Training["steps"] = "20";
        draft.Training["pixel_weight"] = "2";

        var ablation = await StartAsync(draft);

        var arms = await Ablations.ListArmsAsync(ablation.AblationId);
        Assert.Equal(["base", "SimPO", "SimPO + pixel"], arms.Select(arm => arm.Name));
        Assert.Equal((null, Base.ModelId), (arms[0].TrainJobId, arms[0].ModelId!.Value));
        var jobs = await Get<JobStore>().ListQueueAsync();
        Assert.Equal(arms.Skip(1).Select(arm => arm.TrainJobId!.Value), jobs.Select(job => job.JobId));
        Assert.All(jobs, job => Assert.Equal((Base.ModelId, _set.PreferenceSetId), (job.ModelId, job.PreferenceSetId!.Value)));
        var settings = jobs.Select(job => ContractJson.ReadFile<JobSpec>(Folder(job).Job).Training!).ToList();
        Assert.Equal([(20, 1.0, 0.0), (20, 1.0, 2.0)], settings.Select(one => (one.Steps, one.LatentWeight, one.PixelWeight)));
    }

    [SkippableFact]
    public async Task Advance_AllTheWay_MakesOneLeaderboardOfTheSamePromptsAndSeeds()
    {
        var draft = Draft();
        (draft.Seeds, draft.VotesPerComparison, draft.OpensAtOnce) = ("5, 6", 4, true);
        var ablation = await StartAsync(draft);
        await AdvanceAsync();
        Assert.Equal([true, false, false], (await Ablations.ListArmsAsync(ablation.AblationId)).Select(arm => arm.SampleJobId is not null)); // the base model need not wait
        await SucceedAsync();
        await SucceedAsync();
        await AdvanceAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await Ablations.FindAsync(ablation.AblationId))!.StudyGroupId);
            await SucceedAsync();
            await AdvanceAsync();
        }

        ablation = (await Ablations.FindAsync(ablation.AblationId))!;
        Assert.Null(ablation.Error);
        var group = (await Get<StudyGroupStore>().FindAsync(ablation.StudyGroupId!.Value))!;
        var studies = await Get<StudyStore>().ListGroupAsync(group.StudyGroupId);
        Assert.Equal(("objectives", StudyPresets.Leaderboard.Key), (group.Name, group.Preset));
        Assert.Equal(["objectives: base and SimPO", "objectives: base and SimPO + pixel", "objectives: SimPO and SimPO + pixel"], studies.Select(study => study.Name));
        Assert.All(studies, study =>
        {
            Assert.Equal((StudyState.Running, 4, Study.StudyId, "leaderboard/two"), (study.State, study.VotesPerComparison, study.ParentStudyId!.Value, study.Preset));
            Assert.Equal((Study.Language, Study.Consent), (study.Language, study.Consent));
            Assert.Equal(Study.Axes, study.Axes);
        });
        foreach (var study in studies)
            Assert.Equal(6, (await Get<ComparisonStore>().ListAsync(study.StudyId)).Count);
    }

    [SkippableFact]
    public async Task Advance_PortalKilledBetweenSteps_DoublesNothing()
    {
        var ablation = await StartAsync(Draft());
        await SucceedAsync();
        await SucceedAsync();
        await AdvanceAsync();
        await ForgetAsync("UPDATE ablation_arm SET sample_job_id = NULL");
        await AdvanceAsync();
        Assert.Equal(3, (await Get<JobStore>().ListQueueAsync()).Count);
        for (var i = 0; i < 3; i++)
            await SucceedAsync();
        await AdvanceAsync();
        var group = (await Ablations.FindAsync(ablation.AblationId))!.StudyGroupId;

        await ForgetAsync("UPDATE ablation SET study_group_id = NULL");
        await AdvanceAsync();

        Assert.Equal(group, (await Ablations.FindAsync(ablation.AblationId))!.StudyGroupId);
        Assert.Single(await Get<StudyGroupStore>().ListAsync());
    }

    [SkippableFact]
    public async Task Advance_TrainingThatFailed_WaitsUntilItIsLeftOut()
    {
        var draft = Draft();
        draft.Choose(ObjectiveChoice.All.Single(choice => choice.Name == "DPO"), wanted: true);
        var ablation = await StartAsync(draft);
        var failed = (await Get<JobStore>().ClaimAsync())!;
        await Get<JobStore>().FinishAsync(failed.JobId, RunState.Failed, exitCode: 2, "The loss is NaN.");
        await SucceedAsync();
        await SucceedAsync();
        await AdvanceAsync();
        for (var i = 0; i < 3; i++)
            await SucceedAsync();
        await AdvanceAsync();
        Assert.Null((await Ablations.FindAsync(ablation.AblationId))!.StudyGroupId);

        var arm = (await Ablations.ListArmsAsync(ablation.AblationId)).Single(arm => arm.TrainJobId == failed.JobId);
        await Ablations.LeaveOutAsync(ablation.AblationId, arm.Position, leftOut: true);
        await AdvanceAsync();

        var group = (await Ablations.FindAsync(ablation.AblationId))!.StudyGroupId!.Value;
        Assert.Equal(3, (await Get<StudyStore>().ListGroupAsync(group)).Count);
    }

    [SkippableFact]
    public async Task Advance_TooFewLeft_SaysSoUntilItIsTriedAgain()
    {
        var ablation = await StartAsync(Draft());
        for (var i = 0; i < 2; i++)
            await SucceedAsync();
        await AdvanceAsync();
        for (var i = 0; i < 3; i++)
            await SucceedAsync();
        await Ablations.LeaveOutAsync(ablation.AblationId, position: 2, leftOut: true);

        await AdvanceAsync();
        Assert.StartsWith("Only 2 systems are left", (await Ablations.FindAsync(ablation.AblationId))!.Error, StringComparison.Ordinal);

        await Ablations.LeaveOutAsync(ablation.AblationId, position: 2, leftOut: false);
        await Ablations.SetErrorAsync(ablation.AblationId, error: null);
        await AdvanceAsync();
        Assert.NotNull((await Ablations.FindAsync(ablation.AblationId))!.StudyGroupId);
    }

    [SkippableTheory]
    [InlineData(" ", "1", "", "Give the comparison a name.")]
    [InlineData("objectives", "x", "", "'x' is not a whole number")]
    [InlineData("objectives", "1", "SimPO", "A leaderboard ranks 3 to 8 systems, and these are 2")]
    [InlineData("objectives", "1", "model", "Choose the model to start from.")]
    public async Task Start_UnusableDraft_IsRefusedAndQueuesNothing(string name, string seeds, string without, string sentence)
    {
        var draft = Draft();
        (draft.Name, draft.Seeds) = (name, seeds);
        if (without == "model")
            draft.Training.ModelId = null;
        else if (without.Length > 0)
            draft.Choose(ObjectiveChoice.All.Single(choice => choice.Name == without), wanted: false);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => StartAsync(draft));

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await Get<JobStore>().ListAsync());
    }

    [SkippableFact]
    public async Task Model_ThatAComparisonBeganWith_CannotBeRemoved()
    {
        await StartAsync(Draft());

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Get<ModelIntake>().RemoveAsync(Base.ModelId));

        Assert.Contains("the comparison of objectives 'objectives'", refused.Message, StringComparison.Ordinal);
    }

    private AblationDraft Draft()
    {
        var draft = new AblationDraft { Name = "objectives" };
        draft.Training.ModelId = Base.ModelId;
        return draft;
    }

    private async Task<Ablation> StartAsync(AblationDraft draft) =>
        (await Ablations.FindAsync(await Get<AblationOrders>().StartAsync(_set, draft, createdByAccountId: null)))!;

    private Task AdvanceAsync() => new AblationRunner(
        Ablations, Get<AblationOrders>(), Get<JobStore>(), Get<JobOrders>(), Get<PreferenceSetStore>(), Get<StudyStore>(), Get<StudyGroupStore>(),
        Get<DraftCheck>(), Clock, NullLogger<AblationRunner>.Instance).AdvanceAsync();

    private async Task ForgetAsync(string sql)
    {
        await using var connection = await Db.OpenAsync();
        await Dapper.SqlMapper.ExecuteAsync(connection, sql);
    }
}
