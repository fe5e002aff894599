using PixelPost.Training.Metrics;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Metrics against numpy, scipy and scikit-image (Golden/metrics/make.py) and against calculations by hand.</summary>
public sealed class MetricsTests : IDisposable
{
    private readonly DisposeScope _scope;
    private readonly Dictionary<string, Tensor> _golden;

    public MetricsTests()
    {
        LibTorch.Load();
        _scope = NewDisposeScope();
        _golden = Golden.Read("metrics", "metrics.safetensors");
    }

    [Fact]
    public void Psnr_RandomPictures_IsScikitImages() => AssertGolden("psnr", PeakSignalToNoise.Of(_golden["in.images"], _golden["in.originals"]));

    [Fact]
    public void Ssim_RandomPictures_IsScikitImages() => AssertGolden("ssim", StructuralSimilarity.Of(_golden["in.images"], _golden["in.originals"]));

    [Fact]
    public void Sharpness_RandomPictures_IsScipys() => AssertGolden("sharpness", Sharpness.Of(_golden["in.images"]));

    [Fact]
    public void PowerSpectrum_RandomPictures_IsNumpys()
    {
        var (images, originals) = (PowerSpectrum.Profiles(_golden["in.images"]), PowerSpectrum.Profiles(_golden["in.originals"]));

        AssertGolden("profiles", images);
        AssertGolden("high_frequency", PowerSpectrum.HighFrequencyDistance(images, originals));
    }

    [Fact]
    public void KernelDistance_RandomFeatures_IsNumpys() =>
        Assert.Equal(_golden["out.kernel_distance"][0].item<double>(), KernelDistance.Between(_golden["in.first"], _golden["in.second"]), 1e-12);

    [Fact]
    public void KernelDistance_ByHand_IsTheUnbiasedEstimate()
    {
        var (x, y) = (tensor(new[] { 0f, 1f }).reshape(2, 1), tensor(new[] { 1f, 2f }).reshape(2, 1));

        Assert.Equal(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4.0, KernelDistance.Between(x, y), 1e-12); // k(x, y) = (xy + 1)³
    }

    [Fact]
    public void KernelDistance_OnePicture_SaysThatTwoAreNeeded() =>
        Assert.Contains("both sets need two", Assert.Throws<ArgumentException>(() => KernelDistance.Between(ones(1, 4), ones(3, 4))).Message, StringComparison.Ordinal);

    [Fact]
    public void Metrics_EqualPictures_FindNoError()
    {
        var images = _golden["in.images"];

        Assert.Equal(1, StructuralSimilarity.Of(images, images).min().item<double>(), 1e-12);
        Assert.Equal(double.PositiveInfinity, PeakSignalToNoise.Of(images, images)[0].item<double>());
        Assert.Equal(0, PowerSpectrum.HighFrequencyDistance(PowerSpectrum.Profiles(images), PowerSpectrum.Profiles(images)).max().item<double>());
    }

    [Fact]
    public void Metrics_FlatPicture_HasNoSharpnessAndThePowerOfRounding()
    {
        var flat = full([1, 3, 16, 16], 200, dtype: ScalarType.Byte);

        Assert.Equal(0, Sharpness.Of(flat)[0].item<double>(), 1e-9);
        Assert.Equal(10 * Math.Log10(1 / 12.0), PowerSpectrum.Profiles(flat)[0, 5].item<double>(), 1e-6);
    }

    [Fact]
    public void Ssim_OnlyOneWindowFits_IsOneValueAndLessIsRefused()
    {
        var picture = full([1, 3, 11, 12], 1, dtype: ScalarType.Byte);

        Assert.Equal(1, StructuralSimilarity.Of(picture, picture)[0].item<double>(), 1e-12);
        Assert.Contains("too short", Assert.Throws<ArgumentException>(() => StructuralSimilarity.Of(picture[.., .., ..10], picture[.., .., ..10])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MeanInterval_EveryCount_HasScipysQuantile()
    {
        for (var n = 2; n <= MeanInterval.MostValues; n++)
        {
            var values = Enumerable.Range(0, n).Select(i => (double)i).ToList();
            var deviation = Math.Sqrt(n * (n + 1) / 12.0); // of 0, 1, … n − 1

            var interval = MeanInterval.Of(values);

            Assert.Equal((n - 1) / 2.0, interval.Mean, 1e-12);
            Assert.Equal(_golden["out.student_t"][n - 2].item<double>(), interval.HalfWidth!.Value * Math.Sqrt(n) / deviation, 6e-4);
        }
        Assert.Null(MeanInterval.Of([5]).HalfWidth);
        Assert.Throws<ArgumentException>(() => MeanInterval.Of([]));
    }

    public void Dispose() => _scope.Dispose();

    private void AssertGolden(string name, Tensor actual) => Golden.AssertClose(_golden[$"out.{name}"], actual, rtol: 1e-9, atol: 1e-9, what: name);
}
