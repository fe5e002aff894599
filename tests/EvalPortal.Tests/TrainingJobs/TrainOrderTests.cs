using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

/// <summary>What lies in the folder of a training that was ordered.</summary>
public sealed class TrainOrderTests : JobQueueTestBase
{
    [SkippableFact]
    public async Task Train_Order_LiesInItsFolderWithImagesAndHash()
    {
        var set = await FreezeAsync();
        var settings = new LoopSettings { Objective = Objective.SimPo, PixelWeight = 8, Steps = 20 };

        var id = await Orders().TrainAsync("tuned", BaseModel, set.PreferenceSetId, settings, createdByAccountId: null);

        var job = (await Jobs.FindAsync(id))!;
        var folder = Folder(job);
        var spec = ContractJson.ReadFile<JobSpec>(folder.Job);
        Assert.Equal((JobKind.Train, "../../models/base", settings), (spec.Kind, spec.Model, spec.Training));
        Assert.Equal(set.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(folder.Preferences))));
        Assert.Equal(2, Directory.GetFiles(folder.Images).Length);
        Assert.Equal((RunState.Queued, set.PreferenceSetId), (job.State, job.PreferenceSetId));
    }

    [SkippableFact]
    public async Task Train_OrderOfFineTuning_CaptionsTheChosenImages()
    {
        var set = await FreezeAsync();

        var id = await Orders().TrainAsync("tuned", BaseModel, set.PreferenceSetId, new LoopSettings { Objective = Objective.Sft }, createdByAccountId: null);

        var folder = Folder((await Jobs.FindAsync(id))!);
        var chosen = (await PreferenceSets().ListPairsAsync(set.PreferenceSetId))[0].ChosenSha256;
        Assert.Equal([$$"""{"image":"images/{{chosen}}.png","sha256":"{{chosen}}","caption":"a fox"}"""], File.ReadLines(folder.Captions));
        Assert.False(File.Exists(folder.Preferences));
    }

    [SkippableFact]
    public async Task Train_OrderWithUnusableSettings_IsRefusedAndLeavesNothing()
    {
        var set = await FreezeAsync();
        var settings = new LoopSettings { Steps = 0, LearningRate = -1 };

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Orders().TrainAsync("tuned", BaseModel, set.PreferenceSetId, settings, createdByAccountId: null));

        Assert.Contains("training.steps is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("training.learning_rate is -1", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Data.Jobs));
    }
}
