using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>What the pixel term compares, and how latent errors are weighted, for each kind of prediction.</summary>
public sealed class ErrorSpaceTests : IDisposable
{
    private readonly Autoencoder _vae = DiffusersFolder.LoadAutoencoder(Golden.File("taesd", "vae"));
    private readonly Generator _generator = new(5);
    private readonly Tensor _z, _noise, _timesteps;

    public ErrorSpaceTests()
    {
        (_z, _noise) = (randn([3, 4, 4, 4], generator: _generator), randn([3, 4, 4, 4], generator: _generator));
        _timesteps = tensor(new long[] { 20, 300, 900 });
    }

    public static TheoryData<PixelTarget, string> TargetsAndPredictions()
    {
        var all = new TheoryData<PixelTarget, string>();
        foreach (var target in Enum.GetValues<PixelTarget>())
            foreach (var prediction in (string[])["epsilon", "v_prediction", "sample"])
                all.Add(target, prediction);
        return all;
    }

    [Theory]
    [MemberData(nameof(TargetsAndPredictions))]
    public void Predicted_OutputIsTheTarget_ErrorIsZeroAndOtherwiseNot(PixelTarget target, string prediction)
    {
        using var schedule = Schedule(prediction);
        var decoder = new PixelDecoder(_vae, schedule, target);
        var (noisy, right) = (schedule.AddNoise(_z, _noise, _timesteps), Prediction.Target(schedule, _z, _noise, _timesteps));
        Tensor Error(Tensor output) => Losses.Error(decoder.Predicted(_z, output, noisy, _timesteps), decoder.Target(_z, _noise, _timesteps));

        Assert.True(Error(right).max().item<float>() < 1e-6);
        Assert.True(Error(right + 0.5 * randn([3, 4, 4, 4], generator: _generator)).min().item<float>() > 1e-5);
    }

    [Fact]
    public void ReverseNoised_Error_IsThatOfTheNoiseTimesOneMinusAlphaBar()
    {
        using var schedule = Schedule("epsilon");
        var decoder = new PixelDecoder(_vae, schedule, PixelTarget.ReverseNoised);
        var (output, noisy) = (randn([3, 4, 4, 4], generator: _generator), schedule.AddNoise(_z, _noise, _timesteps));

        var error = Losses.Error(decoder.Predicted(_z, output, noisy, _timesteps), decoder.Target(_z, _noise, _timesteps));

        Golden.AssertClose((1 - schedule.AlphasCumprod.index_select(0, _timesteps)) * Losses.Error(output, _noise), error);
    }

    [Fact]
    public void Clean_Images_AreTheDecodedOneStepEstimateAndTheDecodedLatent()
    {
        using var schedule = Schedule("epsilon");
        var decoder = new PixelDecoder(_vae, schedule, PixelTarget.Clean);
        var (output, noisy) = (randn([3, 4, 4, 4], generator: _generator), schedule.AddNoise(_z, _noise, _timesteps));
        var alphaBar = schedule.AlphasCumprod.index_select(0, _timesteps).reshape(3, 1, 1, 1);

        Golden.AssertClose(_vae.Decode(_z / _vae.ScalingFactor), decoder.Target(_z, _noise, _timesteps));
        Golden.AssertClose(_vae.Decode((noisy - (1 - alphaBar).sqrt() * output) / alphaBar.sqrt() / _vae.ScalingFactor), decoder.Predicted(_z, output, noisy, _timesteps));
    }

    [Theory]
    [InlineData("epsilon", 1, 0.3125)]        // min(snr, 5) / snr
    [InlineData("v_prediction", 0.5, 0.2941176)] // min(snr, 5) / (snr + 1)
    [InlineData("sample", 1, 5)]              // min(snr, 5)
    public void MinSnr_EachPrediction_ByHand(string prediction, double atOne, double atSixteen)
    {
        using var schedule = Schedule(prediction);
        schedule.AlphasCumprod.narrow(0, 0, 2).copy_(tensor([1f / 2, 16f / 17])); // snr 1 and 16

        var weights = MinSnr.Weights(schedule, tensor(new long[] { 0, 1 }), gamma: 5);

        Assert.Equal([(float)atOne, (float)atSixteen], weights.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData("epsilon", 1)]
    [InlineData("v_prediction", 0)]
    [InlineData("sample", 0)]
    public void MinSnr_NoSignalAtAll_IsItsLimit(string prediction, float expected)
    {
        using var schedule = Schedule(prediction);
        schedule.AlphasCumprod[999] = 0;

        Assert.Equal(expected, MinSnr.Weights(schedule, tensor(new long[] { 999 }), gamma: 5).item<float>());
    }

    public void Dispose()
    {
        _vae.Dispose();
        _generator.Dispose();
    }

    private static NoiseSchedule Schedule(string prediction) => new(new ScheduleConfig { PredictionType = prediction });
}
