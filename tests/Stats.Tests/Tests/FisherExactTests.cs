using CsCheck;

namespace PixelPost.Stats.Tests;

public class FisherExactTests
{
    private const double Relative = 1e-8;
    private const double RRootFinder = 5e-5; // what R leaves, on the odds ratio below 1 and on its inverse above

    private static readonly Gen<RatePair> Pairs =
        from totalA in Gen.Int[1, 40]
        from totalB in Gen.Int[1, 40]
        from a in Gen.Int[0, totalA]
        from b in Gen.Int[0, totalB]
        select new RatePair(a, totalA, b, totalB);

    public static TheoryData<string, string> Cases => GoldenKinds.Of("tests_2x2.json", "two_proportions");

    [Theory, MemberData(nameof(Cases))]
    public void EveryResult_GoldenCounts_MatchesScipyAndR(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var pair = TwoProportionsTests.Read(input);
        var (both, greater) = (FisherExact.TwoSided(pair), FisherExact.Greater(pair));

        Expect.PValue(expected.Number("fisher_two_sided_p"), both.PValue, both.Reason, Relative);
        Expect.PValue(expected.Number("fisher_greater_p"), greater.PValue, greater.Reason, Relative);
        if (expected.Number("fisher_conditional_or") is { } ratio) // left out where it is 0 or infinite
        {
            var odds = FisherExact.OddsRatio(pair);
            AssertRoot(ratio, odds.Value!.Value);
            AssertRoot(expected.Numbers("fisher_or95")![0], odds.Interval!.Lower);
            AssertRoot(expected.Numbers("fisher_or95")![1], odds.Interval.Upper);
        }

        static void AssertRoot(double expected, double actual)
        {
            Assert.Equal(Math.Min(expected, 1), Math.Min(actual, 1), RRootFinder);
            Assert.Equal(Math.Min(1 / expected, 1), Math.Min(1 / actual, 1), RRootFinder);
        }
    }

    /// <summary>
    /// By definition: the chance of the observed yes of A or more is 2.5 % at the lower bound, that of as many or fewer 2.5 % at the upper
    /// one, and the mean is what was observed at the ratio itself.
    /// </summary>
    [Theory]
    [InlineData(7, 20, 1, 22)]
    [InlineData(3, 9, 4, 8)]
    [InlineData(63, 100, 45, 100)]
    public void OddsRatio_AnyCounts_SolvesItsDefinition(int a, int totalA, int b, int totalB)
    {
        var odds = FisherExact.OddsRatio(new(a, totalA, b, totalB));

        Assert.Equal(0.025, Chances(odds.Interval!.Lower).Where(table => table.Yes >= a).Sum(table => table.Chance), 1e-10);
        Assert.Equal(0.025, Chances(odds.Interval.Upper).Where(table => table.Yes <= a).Sum(table => table.Chance), 1e-10);
        Assert.Equal(a, Chances(odds.Value!.Value).Sum(table => table.Yes * table.Chance), 1e-9);

        List<(int Yes, double Chance)> Chances(double ratio)
        {
            var yes = Enumerable.Range(Math.Max(0, a + b - totalB), Math.Min(a + b, totalA) - Math.Max(0, a + b - totalB) + 1);
            var weights = yes.Select(k => (Yes: k, Weight: Choose(totalA, k) * Choose(totalB, a + b - k) * Math.Pow(ratio, k))).ToList();
            var sum = weights.Sum(table => table.Weight);
            return [.. weights.Select(table => (table.Yes, table.Weight / sum))];
        }

        static double Choose(int n, int k) => Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * (n - k + i) / i);
    }

    /// <summary>Fisher (1935): a lady names three of the four cups rightly; 17/70 one-sided, 34/70 two-sided.</summary>
    [Fact]
    public void EveryTest_LadyTastingTea_MatchesTheCount()
    {
        var cups = new RatePair(3, 4, 1, 4);

        Assert.Equal(17 / 70.0, FisherExact.Greater(cups).PValue!.Value, 1e-12);
        Assert.Equal(34 / 70.0, FisherExact.TwoSided(cups).PValue!.Value, 1e-12);
    }

    [Fact]
    public void TwoSided_SwappedSystemsOrAnswers_HasTheSamePValue()
    {
        Pairs.Sample(pair =>
        {
            var p = FisherExact.TwoSided(pair).PValue!.Value;
            var swapped = new RatePair(pair.B, pair.TotalB, pair.A, pair.TotalA);
            var opposite = new RatePair(pair.TotalA - pair.A, pair.TotalA, pair.TotalB - pair.B, pair.TotalB);
            Assert.Equal(p, FisherExact.TwoSided(swapped).PValue!.Value, 1e-10);
            Assert.Equal(p, FisherExact.TwoSided(opposite).PValue!.Value, 1e-10);
        });
    }

    /// <summary>Both tails overlap in the observed table alone.</summary>
    [Fact]
    public void Greater_AndItsMirrorImage_AddUpToOneOrMore()
    {
        Pairs.Sample(pair =>
        {
            var sum = FisherExact.Greater(pair).PValue!.Value + FisherExact.Greater(new(pair.B, pair.TotalB, pair.A, pair.TotalA)).PValue!.Value;
            return sum >= 1 - 1e-10 && FisherExact.TwoSided(pair).PValue <= 1;
        });
    }

    /// <summary>The interval excludes 1 on the side of A exactly when the one-sided test at half the error does.</summary>
    [Fact]
    public void OddsRatio_AnyCounts_AgreesWithTheOneSidedTest()
    {
        Pairs.Sample(pair =>
        {
            var odds = FisherExact.OddsRatio(pair);
            if (odds.Interval is { } interval)
            {
                Assert.True(interval.Contains(odds.Value!.Value));
                Assert.Equal(FisherExact.Greater(pair).PValue < 0.025, interval.Lower > 1);
            }
        });
    }

    [Fact]
    public void OddsRatio_SwappedSystems_IsTheInverse()
    {
        var (odds, swapped) = (FisherExact.OddsRatio(new(7, 20, 3, 22)), FisherExact.OddsRatio(new(3, 22, 7, 20)));

        Assert.Equal(1 / odds.Value!.Value, swapped.Value!.Value, 1e-9);
        Assert.Equal(1 / odds.Interval!.Upper, swapped.Interval!.Lower, 1e-9);
    }

    [Fact]
    public void OddsRatio_NoYesOfA_IsZeroAndTheOtherWayRoundInfinite()
    {
        var zero = FisherExact.OddsRatio(new(0, 15, 4, 15));

        Assert.Equal(0, zero.Value);
        Assert.Equal(0, zero.Interval!.Lower);
        Assert.InRange(zero.Interval.Upper, 0.5, 5);
        Expect.Undefined(FisherExact.OddsRatio(new(4, 15, 0, 15)));
    }

    [Fact]
    public void EveryTest_AllAnswersAlike_IsCertainAndHasNoOddsRatio()
    {
        Assert.Equal(1, FisherExact.TwoSided(new(0, 5, 0, 7)).PValue);
        Assert.Equal(1, FisherExact.Greater(new(5, 5, 7, 7)).PValue);
        Expect.Undefined(FisherExact.OddsRatio(new(5, 5, 7, 7)));
    }

    /// <summary>Large counts, where factorials overflow: agrees with the corrected chi-square to the third digit.</summary>
    [Fact]
    public void TwoSided_LargeCounts_StaysFinite()
    {
        var pair = new RatePair(52_000, 100_000, 51_600, 100_000);

        Assert.Equal(1, FisherExact.TwoSided(pair).PValue!.Value / TwoProportions.Yates(pair).PValue!.Value, 1e-3);
    }

    [Fact]
    public void EveryResult_ASystemWithoutAnswers_IsUndefined()
    {
        Assert.NotNull(FisherExact.TwoSided(new(0, 0, 1, 2)).Reason);
        Assert.NotNull(FisherExact.Greater(new(0, 0, 1, 2)).Reason);
        Expect.Undefined(FisherExact.OddsRatio(new(0, 0, 1, 2)));
    }
}
