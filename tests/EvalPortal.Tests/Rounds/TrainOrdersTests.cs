using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class TrainOrdersOnSqlite() : TrainOrdersTests(DatabaseKind.Sqlite);

public sealed class TrainOrdersOnPostgres() : TrainOrdersTests(DatabaseKind.Postgres);

public abstract class TrainOrdersTests(DatabaseKind kind) : LoopTests(kind)
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(Study, 2, Axis.Flaws, "a", simulated: true);
    }

    [SkippableFact]
    public async Task Material_OfAStudy_StartsFromTheModelThatWasJudged()
    {
        await AddModelAsync("another, newer one");

        var material = (await Get<TrainOrders>().FindMaterialAsync(Study.StudyId, VoteSource.Real))!;

        Assert.Equal((Base, (1, 1)), (material.BaseModel, material.Votes));
        Assert.Equal([AxisRule.Flaws, AxisRule.Appeal, AxisRule.FlawsThenAppeal], material.Previews.Select(preview => preview.Rule));
        Assert.Equal([1, 0, 1], material.Previews.Select(preview => preview.Pairs.Count));
        Assert.Equal(1, material.Previews[0].PairsWithFewVotes);
        Assert.Null(await Get<TrainOrders>().FindMaterialAsync(studyId: 99, VoteSource.Real));
    }

    [SkippableFact]
    public async Task Train_Votes_AreFrozenAndLieInTheJobsFolder()
    {
        var job = (await Get<JobStore>().FindAsync(await TrainAsync()))!;

        var set = (await Get<PreferenceSetStore>().FindAsync(job.PreferenceSetId!.Value))!;
        Assert.Equal(("tuned", RunState.Queued, 1, VoteSource.Real), (job.Name, job.State, set.PairCount, set.VoteSource));
        Assert.Equal(set.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Folder(job).Preferences))));
        Assert.Equal(new TrainDraft().ToSettings(), ContractJson.ReadFile<JobSpec>(Folder(job).Job).Training);
    }

    [SkippableFact]
    public async Task Train_SamePreferencesAgain_UsesTheSetThatIsFrozen()
    {
        var first = await Get<JobStore>().FindAsync(await TrainAsync("one"));
        var second = await Get<JobStore>().FindAsync(await TrainAsync("two"));
        var simulated = await Get<JobStore>().FindAsync(await TrainAsync("three", VoteSource.Simulated));

        Assert.Equal(first!.PreferenceSetId, second!.PreferenceSetId);
        Assert.NotEqual(first.PreferenceSetId, simulated!.PreferenceSetId);
        Assert.Equal(2, (await Get<PreferenceSetStore>().ListAsync(Study.StudyId)).Count);
    }

    [SkippableFact]
    public async Task Train_VotesCameInSinceTheyWereLookedAt_IsRefused()
    {
        var seen = (await Get<TrainOrders>().FindMaterialAsync(Study.StudyId, VoteSource.Real))!.Previews[0];
        await Seeds.VoteAsync(Study, 3, Axis.Flaws, "b");
        var votes = new ChosenVotes(Study, AxisRule.Flaws, VoteSource.Real, seen.Sha256);

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Get<TrainOrders>().TrainAsync(votes, new TrainDraft { Name = "tuned", ModelId = Base.ModelId }, createdByAccountId: null));

        Assert.StartsWith("Votes have come in since you looked", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await Get<PreferenceSetStore>().ListAsync(Study.StudyId));
        Assert.Empty(await Get<JobStore>().ListAsync());
    }

    [SkippableTheory]
    [InlineData(" ", true, "The new model needs a name.")]
    [InlineData("base", true, "There is a model called 'base' already: choose another name.")]
    [InlineData("tuned", false, "Choose the model to start from.")]
    public async Task Train_DraftThatIsNotComplete_IsRefused(string name, bool withModel, string sentence)
    {
        var votes = new ChosenVotes(Study, AxisRule.Flaws, VoteSource.Real, "");
        var draft = new TrainDraft { Name = name, ModelId = withModel ? Base.ModelId : null };

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Get<TrainOrders>().TrainAsync(votes, draft, createdByAccountId: null));

        Assert.Equal(sentence, refused.Message);
    }

    [SkippableFact]
    public async Task FreeName_NamesThatAreTaken_AreCountedUp()
    {
        var orders = Get<TrainOrders>();
        Assert.Equal("base after Round 1", await orders.FreeNameAsync(Base, Study));
        await AddModelAsync("base after Round 1");
        await AddModelAsync("base after Round 1 (2)");

        Assert.Equal("base after Round 1 (3)", await orders.FreeNameAsync(Base, Study));
    }
}
