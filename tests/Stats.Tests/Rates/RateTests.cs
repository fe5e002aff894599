namespace PixelPost.Stats.Tests;

public class RateTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string, string> Cases => GoldenFile.Cases("net_win_rate.json", "paper_2409_17565.json");

    [Theory, MemberData(nameof(Cases))]
    public void WilsonAndClopperPearson_GoldenCounts_MatchStatsmodels(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var (win, tie, lose) = (input.GetProperty("win").GetInt32(), input.GetProperty("tie").GetInt32(), input.GetProperty("lose").GetInt32());

        foreach (var (name, count) in new[] { ("win_rate", win), ("tie_rate", tie), ("lose_rate", lose) })
        {
            var wilson = Rate.Wilson(count, win + tie + lose);
            var exact = Rate.ClopperPearson(count, win + tie + lose);
            Expect.Value(expected.Number(name), wilson, Tolerance);
            Expect.Value(expected.Number(name), exact, Tolerance);
            Expect.Interval(expected.Numbers($"{name}_wilson95"), wilson, Tolerance);
            Expect.Interval(expected.Numbers($"{name}_clopper_pearson95"), exact, Tolerance);
        }

        var share = Rate.Wilson(win, win + lose);
        Expect.Value(expected.Number("win_share_ties_dropped"), share, Tolerance);
        Expect.Interval(expected.Numbers("win_share_ties_dropped_wilson95"), share, Tolerance);
    }

    /// <summary>Newcombe (1998), "Two-sided confidence intervals for the single proportion", Stat. Med. 17, table I, methods 3 and 5.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662, 0.2527, 0.3676)]
    [InlineData(15, 148, 0.0624, 0.1605, 0.0578, 0.1617)]
    [InlineData(0, 20, 0.0000, 0.1611, 0.0000, 0.1684)]
    [InlineData(1, 29, 0.0061, 0.1718, 0.0009, 0.1776)]
    public void WilsonAndClopperPearson_NewcombeExamples_MatchPublishedBounds(
        int count, int total, double wilsonLower, double wilsonUpper, double exactLower, double exactUpper)
    {
        const double PrintedDigits = 5e-5;

        Expect.Interval([wilsonLower, wilsonUpper], Rate.Wilson(count, total), PrintedDigits);
        Expect.Interval([exactLower, exactUpper], Rate.ClopperPearson(count, total), PrintedDigits);
    }

    [Theory]
    [InlineData(7, 20)]
    [InlineData(0, 5)]
    [InlineData(1, 1_000_000)]
    public void WilsonAndClopperPearson_OppositeOutcome_MirrorsTheInterval(int count, int total)
    {
        foreach (var method in new Func<int, int, double, Estimate>[] { Rate.Wilson, Rate.ClopperPearson })
        {
            var (rate, opposite) = (method(count, total, 0.95), method(total - count, total, 0.95));
            Assert.Equal(1 - rate.Interval!.Upper, opposite.Interval!.Lower, Tolerance);
            Assert.Equal(1 - rate.Interval.Lower, opposite.Interval.Upper, Tolerance);
        }
    }

    [Fact]
    public void Wilson_AtTheEnds_StopsExactlyAtZeroAndOne()
    {
        Assert.Equal(0, Rate.Wilson(0, 9).Interval!.Lower);
        Assert.Equal(1, Rate.Wilson(9, 9).Interval!.Upper);
        Assert.True(Rate.Wilson(9, 9).Interval!.Lower > 0.6);
    }

    [Fact]
    public void Rate_OfNothing_IsUndefined()
    {
        Expect.Undefined(Rate.Wilson(0, 0));
        Expect.Undefined(Rate.ClopperPearson(0, 0));
    }

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(4, 3)]
    [InlineData(0, -1)]
    public void Rate_CountNotWithinTotal_Throws(int count, int total)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Rate.Wilson(count, total));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rate.ClopperPearson(count, total));
    }
}
