using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class OptimizerTests
{
    public OptimizerTests() => LibTorch.Load();

    /// <summary>Kingma and Ba (2015), algorithm 1, with weight decay as in PyTorch's Adam (in the gradient) and AdamW (decoupled).</summary>
    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    public void Step_ThreeTimes_AsThePublishedAlgorithm(OptimizerKind kind)
    {
        const double Rate = 0.1, Beta1 = 0.9, Beta2 = 0.999, Decay = 0.05, Epsilon = 1e-8;
        using var weight = tensor([1.0f], requires_grad: true);
        using var adam = new FusedAdam([("w", weight)], kind, Beta1, Beta2, Decay, Epsilon);
        var (expected, m, v) = (1.0, 0.0, 0.0);
        for (var step = 1; step <= 3; step++)
        {
            (weight * weight * weight).sum().backward();
            adam.Step(Rate);

            var gradient = 3 * expected * expected + (kind == OptimizerKind.Adam ? Decay * expected : 0);
            if (kind == OptimizerKind.AdamW) expected -= Rate * Decay * expected;
            m = Beta1 * m + (1 - Beta1) * gradient;
            v = Beta2 * v + (1 - Beta2) * gradient * gradient;
            expected -= Rate * (m / (1 - Math.Pow(Beta1, step))) / (Math.Sqrt(v / (1 - Math.Pow(Beta2, step))) + Epsilon);
            Assert.Equal(expected, weight.item<float>(), 1e-5);
        }
    }

    [Fact]
    public void ClipGradients_NormAboveTheLimit_ScaledToItAndNormBeforeReturned()
    {
        using var first = tensor([0f], requires_grad: true);
        using var second = tensor([0f], requires_grad: true);
        using var adam = new FusedAdam([("a", first), ("b", second)], OptimizerKind.Adam);
        (3 * first + 4 * second).sum().backward();

        Assert.Equal(5, adam.ClipGradients(maxNorm: 0), 1e-6);
        Assert.Equal(5, adam.ClipGradients(maxNorm: 1), 1e-6);
        Assert.Equal((0.6, 0.8), (Math.Round(first.grad!.item<float>(), 5), Math.Round(second.grad!.item<float>(), 5)));
    }

    [Fact]
    public void Ema_UpdateAndSwap_AverageMovesByOneMinusDecay()
    {
        using var weight = tensor([1f]);
        using var ema = new Ema([("w", weight)], decay: 0.9);
        weight.fill_(2);

        ema.Update(step: 1_000);

        Assert.Equal(1.1, ema.State()["w"].item<float>(), 1e-6);
        ema.Swap();
        Assert.Equal((1.1f, 2f), (weight.item<float>(), ema.State()["w"].item<float>()));
        ema.Swap();
        Assert.Equal(2f, weight.item<float>());
    }

    [Fact]
    public void Ema_FirstSteps_FollowFaster()
    {
        using var weight = tensor([1f]);
        using var ema = new Ema([("w", weight)], decay: 0.999);
        weight.fill_(2);

        ema.Update(step: 1);

        Assert.Equal(1 + 9.0 / 11, ema.State()["w"].item<float>(), 1e-6); // 1 − (1 + 1) / (10 + 1) of the way
    }
}
