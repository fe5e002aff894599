namespace PixelPost.Stats.Tests;

/// <summary>Cohen's kappa beyond the golden tables (see <see cref="AgreementGoldenTests"/>).</summary>
public class CohenKappaTests
{
    private const double Tolerance = 1e-12;

    private static readonly KappaWeights[] AllWeights = [KappaWeights.Unweighted, KappaWeights.Linear, KappaWeights.Quadratic];

    // 12 units: 4 + 3 agree on 0 and 2, others differ
    private static readonly (int First, int Second)[] Pairs =
    [
        (0, 0), (0, 0), (0, 0), (0, 0), (2, 2), (2, 2), (2, 2), (0, 1), (1, 0), (1, 2), (0, 2), (1, 1),
    ];

    /// <summary>By hand: p_o = 8/12, rows 6 3 3, columns 5 2 5, p_e = (30 + 6 + 15)/144.</summary>
    [Fact]
    public void Of_SmallTable_MatchesTheHandCalculation()
    {
        const double Chance = 51 / 144.0;

        Assert.Equal((8 / 12.0 - Chance) / (1 - Chance), CohenKappa.Of(3, Pairs).Value!.Value, Tolerance);
    }

    [Fact]
    public void Of_RatersExchanged_IsUnchanged()
    {
        foreach (var weights in AllWeights)
        {
            var (kappa, exchanged) = (CohenKappa.Of(3, Pairs, weights), CohenKappa.Of(3, Pairs.Select(pair => (pair.Second, pair.First)), weights));
            Assert.Equal(kappa.Value!.Value, exchanged.Value!.Value, Tolerance);
            Assert.Equal(kappa.StandardError!.Value, exchanged.StandardError!.Value, Tolerance);
        }
    }

    [Fact]
    public void Of_CategoriesReversed_IsUnchanged()
    {
        foreach (var weights in AllWeights)
        {
            var reversed = CohenKappa.Of(3, Pairs.Select(pair => (2 - pair.First, 2 - pair.Second)), weights);
            Assert.Equal(CohenKappa.Of(3, Pairs, weights).Value!.Value, reversed.Value!.Value, Tolerance);
        }
    }

    [Fact]
    public void EveryFigure_EveryPairTwice_KeepsKappaAndHalvesVariances()
    {
        foreach (var weights in AllWeights)
        {
            var (once, twice) = (CohenKappa.Of(3, Pairs, weights), CohenKappa.Of(3, [.. Pairs, .. Pairs], weights));
            Assert.Equal(once.Value!.Value, twice.Value!.Value, Tolerance);
            Assert.Equal(once.StandardError!.Value / Math.Sqrt(2), twice.StandardError!.Value, Tolerance);

            var (test, twiceTest) = (CohenKappa.Test(3, Pairs, weights), CohenKappa.Test(3, [.. Pairs, .. Pairs], weights));
            Assert.Equal(test.Z!.Value * Math.Sqrt(2), twiceTest.Z!.Value, Tolerance);
        }
    }

    [Fact]
    public void EveryFigure_TwoCategories_WeightsMakeNoDifference()
    {
        (int, int)[] pairs = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 0), (1, 1)];
        foreach (var weights in AllWeights)
        {
            Assert.Equal(CohenKappa.Of(2, pairs).Value!.Value, CohenKappa.Of(2, pairs, weights).Value!.Value, Tolerance);
            Assert.Equal(CohenKappa.Test(2, pairs).Z!.Value, CohenKappa.Test(2, pairs, weights).Z!.Value, Tolerance);
        }
    }

    /// <summary>Two raters who guess: the interval holds 0, and the test stays quiet, in about 95 % of studies.</summary>
    [Fact]
    public void EveryFigure_RatersWhoGuess_HoldTheirLevel()
    {
        var random = new Random(20240917);
        var (covered, claimed) = (0, 0);
        const int Studies = 2_000; // three standard errors are 1.5 points
        for (var study = 0; study < Studies; study++)
        {
            (int, int)[] pairs = [.. Enumerable.Range(0, 200).Select(_ => (random.Next(3), random.Next(3)))];
            covered += CohenKappa.Of(3, pairs, KappaWeights.Linear).Interval!.Contains(0) ? 1 : 0;
            claimed += CohenKappa.Test(3, pairs, KappaWeights.Linear).PValue <= 0.05 ? 1 : 0;
        }

        Assert.InRange((double)covered / Studies, 0.935, 0.965);
        Assert.InRange((double)claimed / Studies, 0.035, 0.065);
    }

    [Fact]
    public void Of_FullAgreement_IsOneWithoutInterval()
    {
        var kappa = CohenKappa.Of(3, [(0, 0), (1, 1), (2, 2), (2, 2)]);

        Assert.Equal(1, kappa.Value!.Value, Tolerance);
        Expect.Interval(null, kappa, 0);
    }

    /// <summary>A rater with one answer cannot agree beyond chance, whatever the other says.</summary>
    [Fact]
    public void EveryFigure_OneRaterGivesOneAnswer_IsZeroWithoutIntervalAndWithoutTest()
    {
        (int, int)[] pairs = [(0, 0), (0, 0), (0, 1)];

        Assert.Equal(0, CohenKappa.Of(2, pairs).Value!.Value, Tolerance);
        Expect.Interval(null, CohenKappa.Of(2, pairs), 0);
        Assert.Null(CohenKappa.Test(2, pairs).PValue);
        Assert.NotNull(CohenKappa.Test(2, pairs).Reason);
    }

    [Fact]
    public void EveryFigure_NothingInCommonOrOneAnswerThroughout_IsUndefinedAndSaysWhich()
    {
        Assert.Contains("in common", CohenKappa.Of(3, []).Reason);
        Assert.Contains("in common", CohenKappa.Test(3, []).Reason);
        Assert.Contains("without variation", CohenKappa.Of(3, [(1, 1), (1, 1)]).Reason);
        Expect.Undefined(CohenKappa.Of(3, [(1, 1), (1, 1)]));
        Assert.Contains("without variation", CohenKappa.Test(3, [(1, 1), (1, 1)]).Reason);
    }

    [Fact]
    public void Arguments_OutsideTheirRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CohenKappa.Of(1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => CohenKappa.Of(3, [(0, 3)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CohenKappa.Test(3, [(-1, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CohenKappa.Of(3, Pairs, level: 1));
    }
}
