using System.Text.Json;
using CsCheck;

namespace PixelPost.Stats.Tests;

public class TwoProportionsTests
{
    private const double Tolerance = 1e-9;
    private const double Relative = 1e-8;

    private static readonly Func<RatePair, double, Estimate>[] Intervals =
        [TwoProportions.Wald, TwoProportions.Newcombe, TwoProportions.AgrestiCaffo, FarringtonManning.Difference];

    private static readonly Gen<RatePair> Pairs =
        from totalA in Gen.Int[1, 60]
        from totalB in Gen.Int[1, 60]
        from a in Gen.Int[0, totalA]
        from b in Gen.Int[0, totalB]
        select new RatePair(a, totalA, b, totalB);

    public static TheoryData<string, string> Cases => GoldenKinds.Of("tests_2x2.json", "two_proportions");

    [Theory, MemberData(nameof(Cases))]
    public void EveryTestAndInterval_GoldenCounts_MatchStatsmodelsAndR(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var pair = Read(input);
        var (z, yates) = (TwoProportions.PooledZ(pair), TwoProportions.Yates(pair));

        Assert.Equal(expected.Number("z_pooled")!.Value, z.Statistic!.Value, Tolerance);
        Expect.PValue(expected.Number("z_pooled_p"), z.PValue, z.Reason, Relative);
        Assert.Equal(expected.Number("chi2_continuity")!.Value, yates.Statistic!.Value, Tolerance);
        Expect.PValue(expected.Number("chi2_continuity_p"), yates.PValue, yates.Reason, Relative);
        foreach (var interval in Intervals)
            Expect.Value(expected.Number("diff"), interval(pair, 0.95), Tolerance);
        Expect.Interval(expected.Numbers("wald95"), TwoProportions.Wald(pair), Tolerance);
        Expect.Interval(expected.Numbers("diff_newcombe95"), TwoProportions.Newcombe(pair), Tolerance);
        Expect.Interval(expected.Numbers("diff_agresti_caffo95"), TwoProportions.AgrestiCaffo(pair), Tolerance);
    }

    /// <summary>
    /// Newcombe (1998), "Interval estimation for the difference between independent proportions", Stat. Med. 17, table II, examples (a)
    /// and (b), methods 1, 5 (Mee) and 10.
    /// </summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0575, 0.3425, 0.0533, 0.3377, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.2605, 0.9395, 0.1821, 0.8370, 0.1705, 0.8090)]
    public void WaldScoreAndNewcombe_PublishedExamples_MatchPrintedBounds(
        int a, int totalA, int b, int totalB, double waldLower, double waldUpper, double meeLower, double meeUpper, double lower, double upper)
    {
        const double PrintedDigits = 5.1e-5;
        var pair = new RatePair(a, totalA, b, totalB);

        Expect.Interval([waldLower, waldUpper], TwoProportions.Wald(pair), PrintedDigits);
        Expect.Interval([meeLower, meeUpper], FarringtonManning.Difference(pair), PrintedDigits);
        Expect.Interval([lower, upper], TwoProportions.Newcombe(pair), PrintedDigits);
    }

    [Fact]
    public void EveryInterval_SwappedSystems_IsMirrored()
    {
        Pairs.Sample(pair =>
        {
            foreach (var interval in Intervals)
            {
                var (estimate, swapped) = (interval(pair, 0.9), interval(new(pair.B, pair.TotalB, pair.A, pair.TotalA), 0.9));
                Expect.Interval([-estimate.Interval!.Upper, -estimate.Interval.Lower], swapped, Tolerance);
            }
        });
    }

    [Fact]
    public void EveryInterval_OppositeAnswer_IsMirrored()
    {
        Pairs.Sample(pair =>
        {
            var opposite = new RatePair(pair.TotalA - pair.A, pair.TotalA, pair.TotalB - pair.B, pair.TotalB);
            foreach (var interval in Intervals)
            {
                var (estimate, mirrored) = (interval(pair, 0.9), interval(opposite, 0.9));
                Expect.Interval([-estimate.Interval!.Upper, -estimate.Interval.Lower], mirrored, Tolerance);
            }
        });
    }

    [Fact]
    public void NewcombeAgrestiCaffoAndScore_AnyCounts_StayWithinTheScaleAndDoNotCollapse()
    {
        Pairs.Sample(pair => Intervals.Skip(1).All(interval => interval(pair, 0.95).Interval is { } bounds
            && bounds.Lower >= -1 && bounds.Upper <= 1 && bounds.Upper - bounds.Lower > 0.01));
    }

    /// <summary>Neither test sees a difference between equal rates, and Yates never sees more of one than z.</summary>
    [Fact]
    public void Yates_AnyCounts_IsMoreCautiousThanZ()
    {
        Pairs.Sample(pair =>
        {
            var (z, yates) = (TwoProportions.PooledZ(pair), TwoProportions.Yates(pair));
            return z.Reason is { } reason ? yates.Reason == reason && yates.PValue is null : yates.PValue >= z.PValue - Tolerance;
        });
    }

    [Fact]
    public void EveryTestAndInterval_CountsDoubled_IsSurer()
    {
        var (once, twice) = (new RatePair(7, 20, 3, 22), new RatePair(14, 40, 6, 44));

        Assert.True(TwoProportions.PooledZ(twice).PValue < TwoProportions.PooledZ(once).PValue);
        Assert.True(TwoProportions.Yates(twice).PValue < TwoProportions.Yates(once).PValue);
        foreach (var interval in Intervals)
            Assert.True(interval(twice, 0.95).Interval!.Lower > interval(once, 0.95).Interval!.Lower);
    }

    /// <summary>Yates takes off at most what there is: 10 of 20 against 11 of 21 is less than ½ from expectation.</summary>
    [Fact]
    public void Yates_LessThanHalfFromExpectation_IsNoEvidence()
    {
        Assert.Equal(1, TwoProportions.Yates(new(10, 20, 11, 21)).PValue!.Value, Tolerance);
    }

    [Theory]
    [InlineData(0, 20, 0, 30)]
    [InlineData(20, 20, 30, 30)]
    public void PooledZAndYates_AllAlike_AreUndefined(int a, int totalA, int b, int totalB)
    {
        foreach (var test in new[] { TwoProportions.PooledZ, TwoProportions.Yates })
        {
            var result = test(new(a, totalA, b, totalB));
            Assert.Null(result.PValue);
            Assert.Null(result.Statistic);
            Assert.NotNull(result.Reason);
        }
    }

    [Fact]
    public void EveryTestAndInterval_ASystemWithoutAnswers_IsUndefined()
    {
        var pair = new RatePair(0, 0, 3, 5);

        Assert.NotNull(TwoProportions.PooledZ(pair).Reason);
        Assert.NotNull(TwoProportions.Yates(pair).Reason);
        foreach (var interval in Intervals)
            Expect.Undefined(interval(pair, 0.95));
    }

    [Theory]
    [InlineData(3, 2, 0, 1)]
    [InlineData(0, 1, 3, 2)]
    [InlineData(-1, 2, 0, 1)]
    [InlineData(0, -1, 0, 1)]
    public void RatePair_CountNotWithinTotal_Throws(int a, int totalA, int b, int totalB)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RatePair(a, totalA, b, totalB));
    }

    [Fact]
    public void EveryInterval_LevelOutsideItsRange_Throws()
    {
        foreach (var interval in Intervals)
            Assert.Throws<ArgumentOutOfRangeException>(() => interval(new(1, 2, 1, 2), 0.9991));
    }

    internal static RatePair Read(JsonElement input) => new(
        input.GetProperty("x1").GetInt32(), input.GetProperty("n1").GetInt32(), input.GetProperty("x2").GetInt32(), input.GetProperty("n2").GetInt32());
}
