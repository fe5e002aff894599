using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Simulation;

/// <summary>Shares of 40,000 answers against the formula: a share has a standard deviation of at most 0.0025, and four of them are let pass.</summary>
public sealed class SimulatedRaterTests
{
    private const int Raters = 200;
    private const int Comparisons = 200;
    private const double Tolerance = 0.01;

    /// <summary>Nothing but chance: equal systems, no ties.</summary>
    private static readonly RaterTraits Plain = new()
    {
        StrengthB = 0, PromptSd = 0, Noise = 0, SideBiasSd = 0, TieWidth = 0, Lapse = 0, Reject = 0,
    };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(-0.5, 0.4)]
    [InlineData(2, 1)]
    public void Answer_StrengthsAndTieWidth_GiveTheSharesOfRaoAndKupper(double lead, double tieWidth)
    {
        var answers = Answers(Plain with { StrengthA = 0.3 + lead, StrengthB = 0.3, TieWidth = tieWidth });

        Assert.Equal(Sigmoid(lead - tieWidth), Share(answers, AWins), Tolerance);
        Assert.Equal(Sigmoid(-lead - tieWidth), Share(answers, BWins), Tolerance);
        Assert.Equal(1 - Sigmoid(lead - tieWidth) - Sigmoid(-lead - tieWidth), Share(answers, answer => answer.Choice == Choice.Tie), Tolerance);
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(-0.4)]
    public void Answer_SideBias_MovesTheLeftRateAndNotTheWinRate(double bias)
    {
        var answers = Answers(Plain with { SideBias = bias });

        Assert.Equal(Sigmoid(bias), Share(answers, answer => answer.Choice == Choice.Left), Tolerance);
        Assert.Equal(0.5, Share(answers, AWins), Tolerance);
    }

    [Fact]
    public void SideBias_OfManyRaters_SpreadsAroundItsMean()
    {
        var traits = Plain with { SideBias = 0.3, SideBiasSd = 0.5 };
        var biases = Enumerable.Range(1, 10_000).Select(number => new SimulatedRater(traits, seed: 1, number).SideBias).ToList();

        Assert.Equal(0.3, biases.Average(), 0.02); // standard deviation 0.005
        Assert.Equal(0.5, Math.Sqrt(biases.Average(bias => (bias - 0.3) * (bias - 0.3))), 0.015); // 0.0035
    }

    [Fact]
    public void Answer_Lapses_AreLeftRightOrTieWhateverTheSystems()
    {
        var answers = Answers(Plain with { StrengthA = 10, Lapse = 0.3 });

        Assert.Equal(0.7 + 0.1, Share(answers, AWins), Tolerance);
        Assert.Equal(0.1, Share(answers, BWins), Tolerance);
        Assert.Equal(0.1, Share(answers, answer => answer.Choice == Choice.Tie), Tolerance);
    }

    [Fact]
    public void Answer_Rejects_HaveAReasonAndOthersNone()
    {
        var answers = Answers(Plain with { Reject = 0.25, Lapse = 1 });

        Assert.Equal(0.25, Share(answers, answer => answer.Choice == Choice.Reject), Tolerance);
        Assert.Equal(0.25, Share(answers, answer => answer.Choice == Choice.Left), Tolerance); // a third of the other three quarters
        Assert.All(answers, answer => Assert.Equal(answer.Choice == Choice.Reject, answer.Reason is not null));
    }

    [Fact]
    public void Answer_Noise_PullsTheWinRateTowardsHalf()
    {
        var answers = Answers(Plain with { StrengthA = 1, Noise = 2 });

        Assert.Equal(MeanOverNormal(2, noise => Sigmoid(1 + noise)), Share(answers, AWins), Tolerance);
    }

    /// <summary>Two raters agree on a comparison as far as they share what they see: prompts they do, noise they do not.</summary>
    [Fact]
    public void Answer_PromptEffect_IsSharedByRatersAndNoiseIsNot()
    {
        var prompts = Agreement(Answers(Plain with { PromptSd = 2 }));
        var noise = Agreement(Answers(Plain with { Noise = 2 }));

        var expected = MeanOverNormal(2, effect => Sigmoid(effect) * Sigmoid(effect) + Sigmoid(-effect) * Sigmoid(-effect));
        Assert.Equal(expected, prompts, 0.04); // 200 comparisons: standard deviation 0.01
        Assert.Equal(0.5, noise, 0.01);
    }

    [Fact]
    public void Answer_Axes_HavePromptEffectsOfTheirOwn()
    {
        var rater = new SimulatedRater(Plain with { PromptSd = 10 }, seed: 1, number: 1);

        var same = Enumerable.Range(1, 1_000).Count(comparison => rater.Answer(Pair(comparison, Axis.Flaws)).Choice == rater.Answer(Pair(comparison, Axis.Appeal)).Choice);

        Assert.InRange(same, 430, 570); // standard deviation 16
    }

    [Fact]
    public void Answer_ResponseTimes_AreLogNormal()
    {
        var logs = Answers(new RaterTraits()).Select(answer => Math.Log(answer.ResponseMs)).ToList();

        Assert.Equal(Math.Log(4_000), logs.Average(), 0.02);
        Assert.Equal(0.5, Math.Sqrt(logs.Average(log => Math.Pow(log - Math.Log(4_000), 2))), 0.02);
    }

    [Fact]
    public void Answer_SameSeedAndNumber_IsTheSameInAnyOrder()
    {
        var pairs = Enumerable.Range(1, 100).Select(comparison => Pair(comparison, Axis.Flaws)).ToList();

        List<SimulatedAnswer> Of(int seed, int number, IEnumerable<ShownPair> asked)
        {
            var rater = new SimulatedRater(new RaterTraits(), seed, number);
            return [.. asked.Select(rater.Answer)];
        }

        Assert.Equal(Of(1, 1, pairs), Of(1, 1, Enumerable.Reverse(pairs)).AsEnumerable().Reverse());
        Assert.NotEqual(Of(1, 1, pairs).Select(answer => answer.Choice), Of(2, 1, pairs).Select(answer => answer.Choice));
        Assert.NotEqual(Of(1, 1, pairs).Select(answer => answer.Choice), Of(1, 2, pairs).Select(answer => answer.Choice));
    }

    [Fact]
    public void Faults_Defaults_AreNone() => Assert.Empty(new RaterTraits().Faults());

    [Fact]
    public void Faults_WhatCannotBe_NamesTheOptionAndTheUnit()
    {
        var faults = new RaterTraits { StrengthB = double.NaN, Noise = -0.1, Reject = 1.5 }.Faults().ToList();

        Assert.Equal(
            [
                "--strength-b: NaN is not between -10 and 10; it is in log-odds, where 1 is 73 % against 27 %.",
                "--noise: -0.1 is not between 0 and 10; it is in log-odds, where 1 is 73 % against 27 %.",
                "--reject: 1.5 is not between 0 and 1; it is a share of the answers.",
            ],
            faults);
    }

    private sealed record Answered(int Comparison, bool LeftIsB, Choice Choice, RejectReason? Reason, int ResponseMs);

    /// <summary>Every rater on every comparison; every other pair has system B on the left.</summary>
    private static List<Answered> Answers(RaterTraits traits)
    {
        var answers = from number in Enumerable.Range(1, Raters)
                      let rater = new SimulatedRater(traits, seed: 7, number)
                      from comparison in Enumerable.Range(1, Comparisons)
                      let pair = Pair(comparison, Axis.Appeal, leftIsB: (number + comparison) % 2 == 0)
                      let answer = rater.Answer(pair)
                      select new Answered(comparison, pair.LeftIsB, answer.Choice, answer.Reason, answer.ResponseMs);
        return [.. answers];
    }

    private static ShownPair Pair(int comparison, Axis axis, bool leftIsB = false) => new() { Comparison = comparison, Axis = axis, LeftIsB = leftIsB };

    private static bool AWins(Answered answer) => answer.Choice == (answer.LeftIsB ? Choice.Right : Choice.Left);

    private static bool BWins(Answered answer) => answer.Choice == (answer.LeftIsB ? Choice.Left : Choice.Right);

    private static double Share(List<Answered> answers, Func<Answered, bool> that) => (double)answers.Count(that) / answers.Count;

    /// <summary>How often two raters of the same comparison choose the same system.</summary>
    private static double Agreement(List<Answered> answers) =>
        answers.GroupBy(answer => answer.Comparison).Average(comparison =>
        {
            double n = comparison.Count(), a = comparison.Count(AWins);
            return (a * (a - 1) + (n - a) * (n - a - 1)) / (n * (n - 1));
        });

    private static double Sigmoid(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>The mean of a function of a normal variable with mean 0, by the midpoint rule over ±8 standard deviations.</summary>
    private static double MeanOverNormal(double standardDeviation, Func<double, double> of)
    {
        const int Steps = 4_000;
        return Enumerable.Range(0, Steps).Select(i => -8 + 16 * (i + 0.5) / Steps)
            .Sum(z => of(standardDeviation * z) * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * 16 / Steps);
    }
}
