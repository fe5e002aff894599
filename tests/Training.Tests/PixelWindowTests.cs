using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Parts of images in place of the whole: what each is, and what they are together.</summary>
public sealed class PixelWindowTests : IDisposable
{
    private const int Side = 6;

    private readonly Generator _generator = new(7);
    private readonly NoiseSchedule _schedule = new(new ScheduleConfig());
    private readonly Tensor _z, _noise, _output, _noisy, _timesteps;

    public PixelWindowTests()
    {
        Tensor Normal() => randn([2, 4, 16, 12], generator: _generator);
        (_z, _noise, _timesteps) = (Normal(), Normal(), tensor(new long[] { 100, 700 }));
        (_output, _noisy) = (_noise + 0.2 * Normal(), _schedule.AddNoise(_z, _noise, _timesteps));
    }

    public static TheoryData<string> Decoders => new("tiny", "kl", "kl of three stages");

    [Fact]
    public void Partition_UnevenLatent_HasEveryCellOnce()
    {
        var seen = zeros(16, 12);
        foreach (var window in LatentWindow.Partition(16, 12, 5)) window.Pixels(seen.unsqueeze(0).unsqueeze(0), 1).add_(1);

        Assert.Equal(1, seen.min().item<float>());
        Assert.Equal(1, seen.max().item<float>());
    }

    [Fact]
    public void Draw_UnevenPartition_IsByArea()
    {
        var partition = LatentWindow.Partition(16, 12, 5);

        var drawn = LatentWindow.Draw(partition, 40_000, _generator).CountBy(window => window).ToDictionary();

        Assert.Equal(partition.Count, drawn.Count);
        Assert.All(partition, window => Assert.Equal(40_000.0 * window.Area / (16 * 12), drawn[window], 150.0)); // five standard deviations at most
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void DecodeWindows_MarginOfTheReach_IsAPartOfTheWhole(string decoder)
    {
        using var vae = Decoder(decoder);
        var windows = LatentWindow.Partition(16, 12, Side);

        var (whole, statistics) = vae.DecodeWatched(_z);
        var parts = vae.DecodeWindows(_z, windows, vae.Reach, statistics);

        Golden.AssertClose(vae.Decode(_z), whole);
        foreach (var (window, part) in windows.Zip(parts)) Assert.True((window.Pixels(whole, vae.Compression) - part).abs().max().item<float>() < 2e-5);
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void DecodeWindows_NoMargin_IsNot(string decoder)
    {
        using var vae = Decoder(decoder);
        var windows = LatentWindow.Partition(16, 12, Side);

        var (whole, statistics) = vae.DecodeWatched(_z);
        var parts = vae.DecodeWindows(_z, windows, 0, statistics);

        Assert.Contains(windows.Zip(parts), pair => (pair.First.Pixels(whole, vae.Compression) - pair.Second).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Reach_ACellThatIsNoNumber_SpoilsPixelsAsFarAndNoFurther()
    {
        using var vae = Decoder("tiny");
        var z = randn([1, 4, 61, 1], generator: _generator);
        z[0, 0, 30, 0] = double.NaN;

        var spoilt = vae.Decode(z).isnan().any(3).any(1).reshape(61, vae.Compression).any(1).data<bool>().ToList();

        Assert.Equal((30 - vae.Reach, 30 + vae.Reach), (spoilt.IndexOf(true), spoilt.LastIndexOf(true)));
    }

    /// <summary>The expectation over windows, written out: with the decoder's reach for a margin it is the loss of the whole image, and so is its gradient.</summary>
    [Theory]
    [MemberData(nameof(Decoders))]
    public void WindowErrors_OverThePartition_AreTheWholeLossAndItsGradient(string decoder)
    {
        using var vae = Decoder(decoder);
        var pixels = new PixelDecoder(vae, _schedule);
        var partition = LatentWindow.Partition(16, 12, 5);

        var (byParts, gradient) = Loss(output => partition.Select(window => window.Area / 192.0 * Error(window)(output, _noisy)).Aggregate((a, b) => a + b));
        var (whole, ofWhole) = Loss(output => Error(new LatentWindow(0, 0, 16, 12))(output, _noisy));

        Golden.AssertClose(whole, byParts);
        Assert.True((gradient - ofWhole).norm().item<float>() < 1e-4 * ofWhole.norm().item<float>());
        if (!vae.HasNorms) Golden.AssertClose(Losses.Error(pixels.Predicted(_z, _output, _noisy, _timesteps), pixels.Target(_z, _noise, _timesteps)), whole);

        Func<Tensor, Tensor, Tensor> Error(LatentWindow window) => pixels.WindowErrors(_z, _noise, _timesteps, [window], vae.Reach);
        (Tensor Loss, Tensor Gradient) Loss(Func<Tensor, Tensor> of)
        {
            var output = _output.clone().requires_grad_();
            var loss = of(output);
            loss.sum().backward();
            return (loss.detach(), output.grad!);
        }
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void WindowErrors_OutputIsTheTruth_AreZero(string decoder)
    {
        using var vae = Decoder(decoder);

        var errors = new PixelDecoder(vae, _schedule).WindowErrors(_z, _noise, _timesteps, [new(0, 0, 4, 4), new(12, 8, 4, 4)], vae.Reach)(_noise, _noisy);

        Assert.Equal([2], errors.shape);
        Assert.True(errors.max().item<float>() < 1e-9);
    }

    /// <summary>Frozen norms are exact where the estimate is the truth, and near it nearly so: that is what makes them usable.</summary>
    [Fact]
    public void WindowErrors_FrozenNorms_AreCloserToTheWholeTheSmallerTheError()
    {
        using var vae = Decoder("kl of three stages");
        var pixels = new PixelDecoder(vae, _schedule);

        double Off(double size)
        {
            var output = _noise + size * (_output - _noise);
            var whole = Losses.Error(pixels.Predicted(_z, output, _noisy, _timesteps), pixels.Target(_z, _noise, _timesteps));
            var frozen = pixels.WindowErrors(_z, _noise, _timesteps, [new(0, 0, 16, 12)], 0)(output, _noisy);
            return (frozen / whole - 1).abs().max().item<float>();
        }

        Assert.True(Off(0.1) < Off(1));
        Assert.True(Off(0.1) < 0.1, $"{Off(0.1)}");
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _generator.Dispose();
    }

    internal static Autoencoder Decoder(string name)
    {
        if (name == "tiny") return DiffusersFolder.LoadAutoencoder(Golden.File("taesd", "vae"));
        manual_seed(3);
        return new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = name == "kl" ? [8, 16] : [8, 16, 16], LayersPerBlock = 1, NormNumGroups = 4 });
    }
}
