using PixelPost.Training.Bench;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class MultiplyAddsTests
{
    [Fact]
    public void Of_ConvolutionAndLinear_AreThoseOfTheirShapes()
    {
        using var noGrad = no_grad();
        using var network = nn.Sequential(("conv", new Convolution2d(3, 8, 3, stride: 2, padding: 1)), ("flat", nn.Flatten()), ("linear", nn.Linear(8 * 4 * 4, 10)));
        var images = zeros(2, 3, 8, 8);

        var counted = MultiplyAdds.Of(network, () => network.call(images));
        network.call(images); // nothing counts any more

        Assert.Equal((2 * 8 * 16 * 27) + (2 * 10 * 128), counted);
    }

    [Fact]
    public void Bench_SettingsOutOfRange_AreSentences()
    {
        Assert.Contains("multiple of 8", Assert.Throws<BadJobException>(() => PixelsBench.Run(new PixelsSettings { LatentSize = 12 }, TextWriter.Null)).Message, StringComparison.Ordinal);
        Assert.Contains("0.001 or more", Assert.Throws<BadJobException>(() => PixelsBench.Run(new PixelsSettings { Budget = 0 }, TextWriter.Null)).Message, StringComparison.Ordinal);
    }
}
