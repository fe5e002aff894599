using PixelPost.Training.Contracts;
using PixelPost.Training.Weights;
using TorchSharp;

namespace PixelPost.Training.Tests;

/// <summary>Jobs that leave the weight of their pixel term, or how often it is computed, to be measured before the first step.</summary>
public sealed class PixelChoiceTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Few = new() { PixelWeight = 1, Steps = 4, BatchSize = 2, LearningRate = 1e-3, WarmupSteps = 0, HoldOut = 0.34, CheckpointEvery = 2 };

    [Fact]
    public void Run_Budget_IsTheRunOfWhatWasChosen()
    {
        var folder = jobs.Train(Few with { PixelBudget = 0.1 });
        TinyJob.Succeed(folder);
        var choice = ContractJson.ReadFile<PixelChoice>(folder.Pixels);

        var same = jobs.Train(choice.Of(Few));
        TinyJob.Succeed(same);

        Assert.InRange(choice.Cost!.Value, 0, 0.09);
        Assert.True(choice.PixelEvery > 1 || choice.PixelBelow < 1);
        Assert.Equal((1.0, null, null), (choice.PixelWeight, choice.LatentGradient, choice.PixelGradient));
        Assert.Equal(choice, ContractJson.ReadFile<JobOptions>(folder.Options).Pixels);
        TinyJob.AssertSameRun(same, folder, lastStep: 4); // the choice has moved neither weights nor draws
    }

    /// <summary>A job whose decoder is to stand in counts what that costs, and is the run of a job that says what was chosen.</summary>
    [Fact]
    public void Run_BudgetWithADecoderThatStandsIn_CountsIt()
    {
        var model = jobs.ModelWithDecoder();
        var folder = jobs.Train(Few with { PixelBudget = 0.1, PixelControlVariate = PixelControlVariate.Decoder }, model: model);
        TinyJob.Succeed(folder);
        var choice = ContractJson.ReadFile<PixelChoice>(folder.Pixels);

        Assert.Equal(PixelControlVariate.Decoder, choice.PixelControlVariate);
        Assert.True(choice.StandInVariance > 0);
        Assert.InRange(choice.StandInCost!.Value, 0, choice.Cost!.Value);
        Assert.Equal(64, ContractJson.ReadFile<JobOptions>(folder.Options).PixelDecoderSha256!.Length);
        var same = jobs.Train(choice.Of(Few), model: model);
        TinyJob.Succeed(same);
        TinyJob.AssertSameRun(same, folder, lastStep: 4);
    }

    /// <summary>What a job may have stand in, by what it says and by what its model's folder holds.</summary>
    [Fact]
    public void Learner_DecoderOfTheModelsFolder_StandsInWhereItMay()
    {
        var model = jobs.ModelWithDecoder();
        var (own, budget) = (Path.Combine(model, ModelFolder.PixelDecoder), Few with { PixelBudget = 0.1 });
        (string? Folder, bool StandsIn) Of(LoopSettings settings, string folder)
        {
            using var generator = new torch.Generator(1);
            using var loaded = TextToImageModel.Load(folder);
            using var learner = new Learner(settings, loaded, generator);
            return (learner.OtherDecoder, learner.StandIn is not null);
        }

        Assert.Equal((own, true), Of(budget, model));
        Assert.Equal((own, true), Of(Few with { PixelEvery = 3, PixelControlVariate = PixelControlVariate.Decoder }, model));
        Assert.Equal((null, false), Of(budget, jobs.Model));
        Assert.Equal((null, false), Of(budget with { PixelControlVariate = PixelControlVariate.Linear }, model));
        Assert.Equal((null, false), Of(budget with { PixelFeatures = 1 }, model));
        Assert.Equal((own, false), Of(budget with { PixelDecoder = own }, model)); // in the place of the model's
        Assert.Contains("distill-decoder", Assert.Throws<BadJobException>(() => Of(Few with { PixelControlVariate = PixelControlVariate.Decoder }, jobs.Model)).Message, StringComparison.Ordinal);
        Assert.Equal(ModelFolder.Sha256(jobs.Model), ModelFolder.Sha256(model));
    }

    /// <summary>Ten steps without of a second each, five with of two: fifteen took twenty in place of fifteen. The first two do not count.</summary>
    [Fact]
    public void Cost_StepsOfBothKinds_IsTheTimeAboveThatWithout()
    {
        var cost = new PixelCost();
        cost.Add(true, 100);
        cost.Add(false, 100);

        for (var i = 0; i < 10; i++) cost.Add(false, 1);
        cost.Add(true, 2);
        Assert.Null(cost.Share);
        for (var i = 0; i < 4; i++) cost.Add(true, 2);

        Assert.Equal(5.0 / 15, cost.Share!.Value, 1e-12);
        Assert.Equal((20 * 1.1 / 15) - 1, cost.Above(0.1)!.Value, 1e-12); // a tenth of every step was of something else
    }

    [Fact]
    public void Run_SomeStepsWithTheTerm_TellsWhatItCameTo()
    {
        var (some, all) = (jobs.Train(Few with { PixelEvery = 4, Steps = 10 }), jobs.Train(Few));

        TinyJob.Succeed(some);
        TinyJob.Succeed(all);

        Assert.True(ContractJson.ReadFile<JobResult>(some.Result).PixelCost is > -1 and < 100);
        Assert.Null(ContractJson.ReadFile<JobResult>(all.Result).PixelCost); // there is nothing to compare with
    }

    [Fact]
    public void Run_BudgetAndShareGoOn_KeepWhatWasChosen()
    {
        var whole = jobs.Train(Few with { PixelBudget = 0.2, PixelShare = 0.5 });
        TinyJob.Succeed(whole);
        var resumed = jobs.CopyBefore(whole, 4);
        var written = File.GetLastWriteTimeUtc(resumed.Pixels);

        TinyJob.Succeed(resumed);

        Assert.Equal(written, File.GetLastWriteTimeUtc(resumed.Pixels));
        TinyJob.AssertSameRun(whole, resumed, lastStep: 4);
    }

    /// <summary>With the weight that was chosen the two gradients have the ratio that was asked for, and the run is one with that weight.</summary>
    [Theory]
    [InlineData(Objective.Sft, 1, 1)]
    [InlineData(Objective.SimPo, 2, 0.25)]
    public void Run_Share_GradientsHaveThatRatio(Objective objective, double latentWeight, double share)
    {
        var settings = Few with { Objective = objective, LatentWeight = latentWeight, PixelShare = share, Beta = 50, PixelBeta = 50 };
        var folder = jobs.Train(settings);

        TinyJob.Succeed(folder);

        var choice = ContractJson.ReadFile<PixelChoice>(folder.Pixels);
        Assert.True(choice is { LatentGradient: > 0, PixelGradient: > 0, Cost: null });
        Assert.Equal(share, choice.PixelWeight * choice.PixelGradient!.Value / (latentWeight * choice.LatentGradient!.Value), 1e-9);
        // the run goes on with it: a job that says the weight itself is the same run
        var same = jobs.Train(settings with { PixelShare = 0, PixelWeight = choice.PixelWeight });
        TinyJob.Succeed(same);
        TinyJob.AssertSameRun(same, folder, lastStep: 4);
    }

    [Fact]
    public void Run_ChoiceOfARunWithoutACheckpoint_IsMeasuredAnew()
    {
        var folder = jobs.Train(Few with { PixelShare = 0.5 });
        ContractJson.WriteFile(folder.Pixels, new PixelChoice { Budget = 0, Share = 0.5, PixelWeight = 77, PixelEvery = 1, PixelBelow = 1, PixelAtOnce = PixelAtOnce.Batch });

        TinyJob.Succeed(folder);

        Assert.Equal(0.5, ContractJson.ReadFile<PixelChoice>(folder.Pixels).Share);
        Assert.NotEqual(77, ContractJson.ReadFile<PixelChoice>(folder.Pixels).PixelWeight);
    }

    [Fact]
    public void Run_GoesOnWithoutItsChoice_SaysWhatToDo()
    {
        var folder = jobs.Train(Few with { PixelShare = 0.5 });
        TinyJob.Succeed(folder);
        File.Delete(folder.Result);
        File.Delete(folder.Pixels);

        Assert.Contains("'pixels.json' is not there", TinyJob.Fail(folder), StringComparison.Ordinal);

        Directory.Delete(folder.Checkpoints, recursive: true);
        TinyJob.Succeed(folder);
    }

    [Theory]
    [InlineData(PixelAtOnce.Image)]
    [InlineData(PixelAtOnce.Block)]
    public void Run_LessAtOnce_IsTheSameTraining(PixelAtOnce atOnce)
    {
        var (batch, less) = (jobs.Train(Few with { Objective = Objective.Dpo }), jobs.Train(Few with { Objective = Objective.Dpo, PixelAtOnce = atOnce }));

        TinyJob.Succeed(batch);
        TinyJob.Succeed(less);

        foreach (var (of, like) in TinyJob.Metrics(batch).Zip(TinyJob.Metrics(less)))
        {
            Assert.Equal(of.PixelLoss!.Value, like.PixelLoss!.Value, 1e-3);
            Assert.Equal(of.GradNorm, like.GradNorm, 1e-3 * of.GradNorm);
        }
        var (first, second) = (Safetensors.Read(batch.ResumableState(4)), Safetensors.Read(less.ResumableState(4)));
        foreach (var name in first.Keys.Where(name => name.StartsWith("weights.", StringComparison.Ordinal)))
            Assert.True((first[name] - second[name]).abs().max().item<float>() < 2e-3, name); // four steps of 1e-3
    }
}
