using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Each loss by hand on two numbers.</summary>
public sealed class LossesTests
{
    public LossesTests() => LibTorch.Load();

    [Fact]
    public void Error_TwoSamples_MeanSquareOfEach()
    {
        var prediction = tensor([1f, 2f, 3f, 5f]).reshape(2, 1, 1, 2);
        var target = tensor([0f, 0f, 1f, 1f]).reshape(2, 1, 1, 2);

        Assert.Equal([2.5f, 10f], Losses.Error(prediction, target).data<float>().ToArray()); // (1+4)/2, (4+16)/2
    }

    [Fact]
    public void SimPo_ChosenErrorSmaller_MinusLogSigmoidOfBetaTimesGap() =>
        Assert.Equal(0.3132617, Losses.SimPo(tensor([0.5f]), tensor([0.75f]), beta: 4, gamma: 0).item<float>(), 1e-6); // -log σ(1)

    [Fact]
    public void SimPo_RejectedErrorSmaller_LargerLoss() =>
        Assert.Equal(1.3132617, Losses.SimPo(tensor([0.75f]), tensor([0.5f]), beta: 4, gamma: 0).item<float>(), 1e-6); // -log σ(-1)

    [Fact]
    public void SimPo_Margin_AsksForMore() =>
        Assert.Equal(0.4740770, Losses.SimPo(tensor([0.5f]), tensor([0.75f]), beta: 4, gamma: 0.5).item<float>(), 1e-6); // -log σ(0.5)

    [Fact]
    public void Dpo_PolicyGainedMoreOnChosen_SmallLoss() =>
        Assert.Equal(0.2014133, Losses.Dpo(tensor([0.5f]), tensor([0.75f]), tensor([0.6f]), tensor([0.7f]), beta: 10).item<float>(), 1e-6); // -log σ(1.5)

    [Fact]
    public void Dpo_PolicyEqualsReference_LogTwo() =>
        Assert.Equal(Math.Log(2), Losses.Dpo(tensor([0.5f]), tensor([0.75f]), tensor([0.5f]), tensor([0.75f]), beta: 5000).item<float>(), 1e-6);

    [Fact]
    public void WeightedMean_TwoPairs_LogarithmBeforeMean()
    {
        var losses = Losses.SimPo(tensor([0f, 1f]), tensor([1f, 0f]), beta: 2, gamma: 0); // -log σ(2), -log σ(-2)

        Assert.Equal((0.1269280 + 2.1269280) / 2, Losses.WeightedMean(losses, ones(2)).item<float>(), 1e-6);
        Assert.Equal((1.5 * 0.1269280 + 0.5 * 2.1269280) / 2, Losses.WeightedMean(losses, tensor([1.5f, 0.5f])).item<float>(), 1e-6);
    }

    [Fact]
    public void Total_PixelTerm_IsWeighted()
    {
        Assert.Equal(25, Losses.Total((1, tensor([1f])), (8, tensor([3f]))).item<float>());
        Assert.Equal(0.5, Losses.Total((0.5, tensor([1f])), (8, null)).item<float>());
        Assert.Equal(24, Losses.Total((1, null), (8, tensor([3f]))).item<float>());
    }

    [Fact]
    public void Term_PairsStacked_ChosenBeforeRejected()
    {
        var (errors, reference, settings) = (tensor([0.5f, 0.75f]), tensor([0.6f, 0.7f]), new LoopSettings { Gamma = 0.5, DesirableWeight = 2, UndesirableWeight = 4 });

        Assert.Equal([0.5f, 0.75f], Losses.Term(Objective.Sft, errors, null, 10, settings).data<float>().ToArray());
        Assert.Equal(0.2014133, Losses.Term(Objective.Dpo, errors, reference, 10, settings).item<float>(), 1e-6);
        Assert.Equal(0.4740770, Losses.Term(Objective.SimPo, errors, null, 4, settings).item<float>(), 1e-6);
        Assert.Equal(1, Losses.Term(Objective.Ipo, errors, reference, 10, settings).item<float>(), 1e-5);
        Assert.Equal(0.9624639, Losses.Term(Objective.Kto, errors, reference, 10, settings).item<float>(), 1e-6);
    }

    [Fact]
    public void Ipo_TwoPairs_SquareOfHowFarFromHalf()
    {
        // margins 0.15 and 0 at β 10: (1.5 - 0.5)² and (0 - 0.5)²
        var losses = Losses.Ipo(tensor([0.5f, 0.3f]), tensor([0.75f, 0.4f]), tensor([0.6f, 0.3f]), tensor([0.7f, 0.4f]), beta: 10);

        Assert.Equal([1f, 0.25f], losses.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Ipo_MarginOfOneOverTwoBeta_IsItsOptimum()
    {
        var chosen = tensor([0.55f]).requires_grad_();

        var loss = Losses.Ipo(chosen, tensor([0.7f]), tensor([0.6f]), tensor([0.7f]), beta: 10); // margin 0.05 = 1 / (2 · 10)
        loss.sum().backward();

        Assert.Equal((0.0, 0.0), (loss.item<float>(), chosen.grad!.item<float>()), Near);
    }

    [Fact]
    public void Kto_TwoPairs_GainsAndLossesSeenFromTheMeanReward()
    {
        // rewards at β 10: chosen 1 and 2, rejected 0 and -1; z₀ = mean = 0.5, so that σ is taken of ∓0.5, ∓1.5
        var losses = Losses.Kto(tensor([0.5f, 0.4f]), tensor([0.7f, 0.8f]), tensor([0.6f, 0.6f]), tensor([0.7f, 0.7f]), beta: 10, desirableWeight: 1, undesirableWeight: 1);

        Assert.Equal([0.3775407f, 0.1824255f], losses.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6); // σ(-0.5), σ(-1.5)
    }

    [Fact]
    public void Kto_MeanRewardBelowZero_OriginIsZero()
    {
        // rewards at β 10: chosen -1, rejected -2
        var loss = Losses.Kto(tensor([0.6f]), tensor([0.9f]), tensor([0.5f]), tensor([0.7f]), beta: 10, desirableWeight: 2, undesirableWeight: 4);

        Assert.Equal((2 * 0.7310586 + 4 * 0.1192029) / 2, loss.item<float>(), 1e-6); // σ(1), σ(-2)
    }

    [Fact]
    public void Kto_Gradient_DoesNotPassThroughTheOrigin()
    {
        // rewards at β 1: chosen 1, rejected 0; z₀ = 0.5. Of the chosen error: ½ · σ'(-0.5), of the rejected: -½ · σ'(-0.5)
        var (chosen, rejected) = (tensor([0f]).requires_grad_(), tensor([1f]).requires_grad_());

        Losses.Kto(chosen, rejected, tensor([1f]), tensor([1f]), beta: 1, desirableWeight: 1, undesirableWeight: 1).sum().backward();

        Assert.Equal((0.1175019, -0.1175019), (chosen.grad!.item<float>(), rejected.grad!.item<float>()), Near);
    }

    [Theory]
    [InlineData(BetaConvention.Mean, 500, 500)]
    [InlineData(BetaConvention.Sum, 2, 512)]
    [InlineData(BetaConvention.DiffusionDpo, 5000, 2500)]
    public void BetaOfMeans_Convention_IsTranslated(BetaConvention convention, double beta, double expected) =>
        Assert.Equal(expected, new LoopSettings { BetaConvention = convention }.BetaOfMeans(beta, elements: 256));

    [Fact]
    public void Accuracy_OneWonOneLostOneEven_AHalf()
    {
        var margins = Losses.Margins(tensor([0.1f, 0.4f, 0.2f, 0.3f, 0.2f, 0.2f]), null);

        Assert.Equal([0.2f, -0.2f, 0f], margins.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(0.5, Losses.Accuracy(margins), 1e-6);
    }

    private static bool Near((double A, double B) a, (double A, double B) b) => Math.Abs(a.A - b.A) < 1e-5 && Math.Abs(a.B - b.B) < 1e-5;

    [Fact]
    public void Margins_Reference_IsWhatThePolicyGained() =>
        Assert.Equal(0.15, Losses.Margins(tensor([0.5f, 0.75f]), tensor([0.6f, 0.7f])).item<float>(), 1e-6);
}
