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
        Assert.Equal(25, Losses.Total(tensor([1f]), tensor([3f]), 8).item<float>());
        Assert.Equal(1, Losses.Total(tensor([1f]), null, 8).item<float>());
    }

    [Fact]
    public void Term_PairsStacked_ChosenBeforeRejected()
    {
        var (errors, reference) = (tensor([0.5f, 0.75f]), tensor([0.6f, 0.7f]));

        Assert.Equal([0.5f, 0.75f], Losses.Term(Objective.Sft, errors, null, 10, 0.5).data<float>().ToArray());
        Assert.Equal(0.2014133, Losses.Term(Objective.Dpo, errors, reference, 10, 0.5).item<float>(), 1e-6);
        Assert.Equal(0.4740770, Losses.Term(Objective.SimPo, errors, null, 4, 0.5).item<float>(), 1e-6);
    }

    [Fact]
    public void Accuracy_OneWonOneLostOneEven_AHalf()
    {
        var margins = Losses.Margins(tensor([0.1f, 0.4f, 0.2f, 0.3f, 0.2f, 0.2f]), null);

        Assert.Equal([0.2f, -0.2f, 0f], margins.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(0.5, Losses.Accuracy(margins), 1e-6);
    }

    [Fact]
    public void Margins_Reference_IsWhatThePolicyGained() =>
        Assert.Equal(0.15, Losses.Margins(tensor([0.5f, 0.75f]), tensor([0.6f, 0.7f])).item<float>(), 1e-6);
}
