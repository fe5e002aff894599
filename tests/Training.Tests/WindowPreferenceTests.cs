using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.PixelBudgets;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>What windows make of a preference's loss: measured, and written out by hand.</summary>
public sealed class WindowPreferenceTests : IDisposable
{
    private readonly Generator _generator = new(7);
    private readonly NoiseSchedule _schedule = new(new ScheduleConfig());
    private readonly Autoencoder _vae = PixelWindowTests.Decoder("tiny");

    [Fact]
    public void Of_OneWindowThatIsTheImage_HasNoBias()
    {
        var measured = Assert.Single(Of(side: 12, counts: [1]));

        Assert.Equal((0, 1, 1), (Math.Round(measured.Bias, 5), Math.Round(measured.Cosine, 5), Math.Round(measured.NormRatio, 5)));
    }

    /// <summary>The expectation over single windows is the sum over them; over several it lies between that and the loss of whole images.</summary>
    [Fact]
    public void Of_SeveralWindows_AreAboveTheWholeAndTheLessTheMoreAreAveraged()
    {
        var settings = new LoopSettings { Gamma = 0.3 };
        var pixels = new PixelDecoder(_vae, _schedule);
        var (z, noise, timesteps, noisy, output) = Batch();
        var partition = LatentWindow.Partition(12, 8, 5);
        Tensor Errors(LatentWindow window) => pixels.WindowErrors(z, noise, timesteps, [window], _vae.Reach)(output, noisy);
        Tensor Loss(Tensor errors) => Losses.SimPo(errors[0], errors[1], settings.PixelBeta, settings.Gamma);
        var whole = Loss(partition.Select(window => window.Area / 96.0 * Errors(window)).Aggregate((a, b) => a + b)).item<float>();
        var single = partition.Sum(window => window.Area / 96.0 * Loss(Errors(window)).item<float>());

        var measured = Of(side: 5, [1, 2, 8]);

        Assert.Equal(whole, measured[0].Loss, 1e-4);
        Assert.Equal(single / whole - 1, measured[0].Bias, 1e-3);
        Assert.True(measured[0].Bias > 0.01, $"{measured[0].Bias}");
        Assert.InRange(measured[1].Bias, 0.25 * measured[0].Bias, 0.75 * measured[0].Bias); // a half, but for curvature and draws
        Assert.True(measured[2].Bias < measured[1].Bias);
        Assert.True(measured[2].Cosine > measured[0].Cosine);
    }

    public void Dispose()
    {
        _vae.Dispose();
        _schedule.Dispose();
        _generator.Dispose();
    }

    private IReadOnlyList<WindowPreference> Of(int side, IReadOnlyList<int> counts) =>
        WindowPreference.Of(new PixelDecoder(_vae, _schedule), new LoopSettings { Gamma = 0.3 }, [Batch()], side, _vae.Reach, counts, _generator);

    /// <summary>One pair, the same at every call.</summary>
    private (Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output) Batch()
    {
        using var generator = new Generator(3);
        Tensor Normal(int count) => randn([count, 4, 12, 8], generator: generator);
        var (z, noise, timesteps) = (Normal(2), Normal(1).repeat(2, 1, 1, 1), tensor(new long[] { 300, 300 }));
        return (z, noise, timesteps, _schedule.AddNoise(z, noise, timesteps), noise + 0.2 * Normal(2));
    }
}
