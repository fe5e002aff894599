using System.Text.Json;
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

    /// <summary>Vectors and matrices over several steps, against plain Python (Golden/adafactor).</summary>
    [Theory]
    [InlineData("vector", new[] { 1f, -0.5f, 0.25f }, new long[] { 3 })]
    [InlineData("matrix", new[] { 1f, -0.5f, 0.25f, 0.75f, 2f, -1.5f }, new long[] { 2, 3 })]
    public void Adafactor_FiveSteps_AsThePublishedAlgorithm(string name, float[] start, long[] shape)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Golden.File("adafactor", "expected.json")));
        using var weight = tensor(start).reshape(shape).requires_grad_();
        using var adafactor = new Adafactor([("w", weight)], weightDecay: 0.1);
        foreach (var values in expected.RootElement.GetProperty(name).EnumerateArray())
        {
            weight.pow(3).sum().backward();
            adafactor.Step(0.05);

            Assert.Equal(values.EnumerateArray().Select(v => v.GetDouble()), weight.data<float>().Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    /// <summary>
    /// By hand. Squares 1 4 / 9 16 have row means 5/2, 25/2 and column means 5, 10: second moments 5/3, 10/3 / 25/3, 50/3, so the update is
    /// √(3/5), √(6/5) / √(27/25), √(24/25), of root mean square √0.96, which is not clipped. Then ten times the gradient: the update would
    /// be 1.31 times as large, and is scaled to a root mean square of 1.
    /// </summary>
    [Fact]
    public void Adafactor_TwoByTwo_AsByHand()
    {
        using var weight = zeros(2, 2, requires_grad: true);
        using var adafactor = new Adafactor([("w", weight)]);
        using var gradient = tensor(new[,] { { 1f, 2f }, { 3f, 4f } });
        double[] update = [Math.Sqrt(0.6), Math.Sqrt(1.2), Math.Sqrt(1.08), Math.Sqrt(0.96)];

        (weight * gradient).sum().backward();
        adafactor.Step(0.1);
        var first = weight.data<float>().ToArray();
        (weight * (10 * gradient)).sum().backward();
        adafactor.Step(0.1);

        Assert.Equal(update.Select(u => -0.1 * u), first.Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(update.Select(u => -0.1 * u / Math.Sqrt(0.96)), weight.data<float>().Zip(first, (now, before) => (double)now - before), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Adafactor_Memory_IsRowsAndColumns()
    {
        using var weight = zeros(300, 200, requires_grad: true);
        using var adafactor = new Adafactor([("w", weight)]);

        Assert.Equal(300 + 200 + 1, adafactor.State().Values.Sum(t => t.NumberOfElements));
    }

    /// <summary>10 steps, 2 of warm-up, from 1 to a fifth.</summary>
    [Theory]
    [InlineData(LearningRateSchedule.Constant, new[] { 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(LearningRateSchedule.Linear, new[] { 0.5, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2 })]
    [InlineData(LearningRateSchedule.Cosine, new[] { 0.5, 1, 0.9695518, 0.8828427, 0.7530734, 0.6, 0.4469266, 0.3171573, 0.2304482, 0.2 })]
    public void LearningRate_EachSchedule_AsByHand(LearningRateSchedule schedule, double[] expected)
    {
        var settings = new LoopSettings { LearningRate = 1, WarmupSteps = 2, Steps = 10, LrSchedule = schedule, LrFinal = 0.2 };

        Assert.Equal(expected, Enumerable.Range(1, 10).Select(step => LearningRate.At(step, settings)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(1, LearningRate.At(1, settings with { WarmupSteps = 0, Steps = 1, LrSchedule = LearningRateSchedule.Constant }));
    }

    [Fact]
    public void Ema_HalfLife_IsReachedAfterSoManyImages()
    {
        Assert.Equal(0.5, Math.Pow(Ema.Decay(halfLife: 1_000, imagesPerStep: 8), 125), 1e-12);
        Assert.Equal(0.999, Ema.Decay(halfLife: 5_542, imagesPerStep: 8), 1e-6);
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
