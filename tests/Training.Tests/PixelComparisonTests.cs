using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Errors weighted by their frequency, and errors of features in place of pixels.</summary>
public sealed class PixelComparisonTests(TinyJob jobs) : IClassFixture<TinyJob>, IDisposable
{
    private readonly Generator _generator = new(7);
    private readonly NoiseSchedule _schedule = new(new ScheduleConfig());

    public static TheoryData<string> Decoders => new("tiny", "kl", "kl of three stages");

    /// <summary>scipy 1.15: <c>scipy.fft.dct([1, 2, 3, 4], norm="ortho")</c>.</summary>
    [Fact]
    public void Cosines_OfFourNumbers_AreScipys()
    {
        var transformed = PixelComparison.Cosines(4).mv(tensor(new[] { 1.0, 2, 3, 4 }));

        Assert.Equal([5, -2.2304425, 0, -0.1585127], transformed.data<double>().Select(value => Math.Round(value, 7) + 0.0));
    }

    [Fact]
    public void OfImages_NoPower_IsTheMeanSquare()
    {
        var (images, truth) = (Normal(2, 3, 16, 12), Normal(2, 3, 16, 12));

        Golden.AssertClose(Losses.Error(images, truth), new PixelComparison().OfImages(images, truth));
        Golden.AssertClose(Losses.Error(images, truth), new PixelComparison(1e-9).OfImages(images, truth)); // by way of the transform
    }

    /// <summary>A wave of one frequency has its mean square times that frequency to the power asked for, and waves of all frequencies have it once on average.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void OfImages_AWave_CountsByItsFrequency(double power)
    {
        var comparison = new PixelComparison(power);
        double Weight(int row, int column)
        {
            var wave = (PixelComparison.Cosines(16)[row].unsqueeze(1) * PixelComparison.Cosines(12)[column].unsqueeze(0)).to(float32).expand(1, 3, 16, 12);
            return (comparison.OfImages(wave, zeros_like(wave)) / wave.square().mean()).item<float>();
        }
        double Frequency(int row, int column) => Math.Sqrt(Math.Pow(row / 16.0, 2) + Math.Pow(column / 12.0, 2));

        var low = Weight(2, 1);

        foreach (var (row, column) in new[] { (0, 3), (5, 0), (15, 11) })
            Assert.Equal(Math.Pow(Frequency(row, column) / Frequency(2, 1), power), Weight(row, column) / low, 1e-3);
        Assert.Equal(Weight(1, 0), Weight(0, 0), 1e-4); // where there is no frequency it is the lowest's
        var all = from row in Enumerable.Range(0, 16) from column in Enumerable.Range(0, 12) select Weight(row, column);
        Assert.Equal(1, all.Average(), 1e-3);
    }

    /// <summary>The features of the last stage are what the decoder's last layers make the image of.</summary>
    [Theory]
    [MemberData(nameof(Decoders))]
    public void DecodeFeatures_OfTheLastStage_BecomeTheImage(string decoder)
    {
        using var vae = PixelWindowTests.Decoder(decoder);
        var z = Normal(2, 4, 6, 4);

        var features = vae.DecodeFeatures(z, vae.Stages);

        Assert.Equal(Enumerable.Range(0, vae.Stages).Select(stage => (6L << stage, 4L << stage)), features.Select(of => (of.shape[2], of.shape[3])));
        Golden.AssertClose(vae.Decode(z), Ending(vae, features[^1]));
        for (var stages = 1; stages < vae.Stages; stages++)
        {
            var first = vae.DecodeFeatures(z, stages);
            Assert.Equal(stages, first.Count);
            foreach (var (of, same) in first.Zip(features)) Golden.AssertClose(same, of);
        }
    }

    private static Tensor Ending(Autoencoder vae, Tensor features)
    {
        var modules = vae.named_modules().ToDictionary(module => module.name, module => module.module);
        if (vae is AutoencoderTiny)
            return ((Convolution2d)modules[modules.Keys.Where(name => name.StartsWith("decoder.layers.", StringComparison.Ordinal) && name.Count(c => c == '.') == 2).MaxBy(name => int.Parse(name.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture))!]).call(features) * 2 - 1;
        return ((Convolution2d)modules["decoder.conv_out"]).call(nn.functional.silu(((GroupNorm2d)modules["decoder.conv_norm_out"]).call(features)));
    }

    [Fact]
    public void OfFeatures_ChannelsOfAnotherScale_CountAlike()
    {
        var (estimate, truth, scale) = (Normal(2, 8, 6, 4), Normal(2, 8, 6, 4), tensor(new[] { 1f, 1, 1, 1, 1, 1, 1, 3 }).reshape(1, 8, 1, 1));

        var (error, scaled) = (PixelComparison.OfFeatures([estimate], [truth]), PixelComparison.OfFeatures([estimate * scale], [truth * scale]));

        Assert.True((error / scaled - 1).abs().max().item<float>() < 0.01);
        Golden.AssertClose((error + PixelComparison.OfFeatures([3 * estimate], [truth])) / 2, PixelComparison.OfFeatures([estimate, 3 * estimate], [truth, truth]));
        Assert.Equal(0, PixelComparison.OfFeatures([truth], [truth]).max().item<float>());
    }

    [Theory]
    [InlineData("tiny", 1.0, 0)]
    [InlineData("tiny", 0.0, 2)]
    [InlineData("kl of three stages", 0.0, 3)]
    public void Errors_OneImageOrBlockAtATime_HaveTheGradientOfTheBatch(string name, double frequency, int stages)
    {
        using var vae = PixelWindowTests.Decoder(name);
        foreach (var weight in vae.parameters()) weight.requires_grad = false;
        var decoder = new PixelDecoder(vae, _schedule) { Comparison = new(frequency, stages) };
        var (z, noise, timesteps) = (Normal(2, 4, 16, 12), Normal(2, 4, 16, 12), tensor(new long[] { 100, 700 }));
        var (noisy, output) = (_schedule.AddNoise(z, noise, timesteps), noise + 0.2 * Normal(2, 4, 16, 12));

        var (batch, gradient) = Of(PixelAtOnce.Batch);
        foreach (var less in new[] { PixelAtOnce.Image, PixelAtOnce.Block })
        {
            var (each, ofEach) = Of(less);
            Golden.AssertClose(batch, each);
            Assert.True((gradient - ofEach).norm().item<float>() < 3e-4 * gradient.norm().item<float>());
        }
        vae.GradientCheckpointing = false;
        Assert.True(new PixelTerm(decoder).Errors(z, noise, noisy, timesteps, 1)(noise).max().item<float>() < 1e-6);

        (Tensor Errors, Tensor Gradient) Of(PixelAtOnce how)
        {
            vae.GradientCheckpointing = how == PixelAtOnce.Block;
            var leaf = output.clone().requires_grad_();
            var errors = new PixelTerm(decoder, AtOnce: how).Errors(z, noise, noisy, timesteps, 1)(leaf * 1);
            errors.sum().backward();
            return (errors.detach(), leaf.grad!);
        }
    }

    [Fact]
    public void Job_ComparesOtherwise_LearnsOtherwise()
    {
        var plain = new LoopSettings { Objective = Objective.SimPo, PixelWeight = 8, Steps = 2, BatchSize = 2, HoldOut = 0 };

        string Weights(LoopSettings settings)
        {
            var folder = jobs.Train(settings);
            TinyJob.Succeed(folder);
            return ModelFolder.Sha256(folder.Checkpoint(settings.Steps));
        }

        var hashes = new[] { plain, plain with { PixelFrequency = 1 }, plain with { PixelFeatures = 1 }, plain with { PixelFeatures = 2 } }.Select(Weights).ToList();

        Assert.Equal(4, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Weights(plain));
        Assert.Contains("training.pixel_features is 5; the decoder of", TinyJob.Fail(jobs.Train(plain with { PixelFeatures = 5 })), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _generator.Dispose();
    }

    private Tensor Normal(params long[] shape) => randn(shape, generator: _generator);
}
