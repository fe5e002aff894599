using PixelPost.Training.Bench;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class StepBenchTests
{
    public StepBenchTests() => LibTorch.Load();

    /// <summary>Numbers of weights of the diffusers 0.27 classes of these sizes; of the last with the 20 of its post_quant_conv.</summary>
    [Theory]
    [InlineData("dit", 29_995_424)]
    [InlineData("dit-class", 39_805_088)]
    [InlineData("unet", 37_522_628)]
    [InlineData("taesd", 1_222_531)]
    [InlineData("kl", 12_387_479)]
    public void Of_EveryNetwork_AsManyWeightsAsItsPeer(string name, long parameters)
    {
        using var network = BenchNetwork.Of(name);

        Assert.Equal(parameters, network.Parameters);
    }

    [Fact]
    public void Of_UnknownName_SaysWhichThereAre() =>
        Assert.Equal("There is no network 'vit' to measure; known are dit, dit-class, unet, taesd, kl, sd15.", Assert.Throws<BadJobException>(() => BenchNetwork.Of("vit")).Message);

    [Fact]
    public void Ratio_ASlowRound_CountsAsARoundOnly()
    {
        Timing[] some = [new(2, 6), new(200, 6), new(2, 9)], others = [new(1, 2), new(100, 2), new(4, 3)];

        Assert.Equal(new Timing(2, 3), Timing.Ratio(some, others));
        Assert.Equal(new Timing(2.5, 2), Timing.Median([new(2, 1), new(3, 3)]));
    }

    [Theory]
    [InlineData(Objective.Sft)]
    [InlineData(Objective.SimPo)]
    [InlineData(Objective.Dpo)]
    public void Step_EveryObjective_MovesTheWeightsAndKeepsNothing(Objective objective)
    {
        var made = new List<Denoiser>();
        using var loop = new BenchLoop(() =>
        {
            made.Add(new PixArtTransformer2DModel(new PixArtConfig { NumLayers = 1, NumAttentionHeads = 2, AttentionHeadDim = 8, CaptionChannels = 768, SampleSize = 8 }));
            return made[^1];
        });
        Tensor Weights(Denoiser denoiser) => cat(denoiser.parameters().Select(p => p.detach().flatten()).ToArray());

        using var scope = NewDisposeScope();
        var (trained, reference) = (Weights(made[0]), Weights(made[1]));
        loop.Step(objective);
        // What earlier tests left to the finalizer goes first: it would be counted as this step's.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var live = Tensor.TotalCount;
        loop.Step(objective);

        Assert.Equal(live, Tensor.TotalCount);
        Assert.False(trained.equal(Weights(made[0])).all().item<bool>());
        Assert.True(reference.equal(Weights(made[1])).all().item<bool>());
    }
}
