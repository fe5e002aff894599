namespace PixelPost.Stats.Tests;

public class NetWinRateTests
{
    private const double Tolerance = 1e-9;
    private const double TangoTolerance = 1e-8;

    private static readonly Func<OutcomeCounts, double, Estimate>[] Methods = [NetWinRate.Normal, NetWinRate.StudentT, NetWinRate.Tango];

    public static TheoryData<string, string> Cases => GoldenFile.Cases("net_win_rate.json", "paper_2409_17565.json");

    public static TheoryData<string, string> PaperRows => GoldenFile.Cases("paper_2409_17565.json");

    [Theory, MemberData(nameof(Cases))]
    public void EveryInterval_GoldenCounts_Match(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var counts = new OutcomeCounts(
            a: input.GetProperty("win").GetInt32(), b: input.GetProperty("lose").GetInt32(), tie: input.GetProperty("tie").GetInt32());
        var normal = NetWinRate.Normal(counts);

        foreach (var method in Methods)
            Expect.Value(expected.Number("net_win_rate"), method(counts, 0.95), Tolerance);
        Assert.Equal(expected.Number("net_win_rate_se")!.Value, normal.StandardError!.Value, Tolerance);
        Expect.Interval(expected.Numbers("net_win_rate_normal95"), normal, Tolerance);
        Expect.Interval(expected.Numbers("net_win_rate_t95"), NetWinRate.StudentT(counts), Tolerance);
        Expect.Interval(expected.Numbers("net_win_rate_tango_score95"), NetWinRate.Tango(counts), TangoTolerance);
    }

    /// <summary>The net win rates printed in arXiv 2409.17565, to one of 600 decisions: counts are rebuilt from rounded percentages.</summary>
    [Theory, MemberData(nameof(PaperRows))]
    public void Value_PaperRow_MatchesThePrintedNetWinRate(string file, string id)
    {
        var (input, _) = GoldenFile.Case(file, id);
        var counts = new OutcomeCounts(
            a: input.GetProperty("win").GetInt32(), b: input.GetProperty("lose").GetInt32(), tie: input.GetProperty("tie").GetInt32());

        Assert.Equal(input.Number("published_net_win_percent")!.Value, 100 * NetWinRate.Tango(counts).Value!.Value, tolerance: 100.0 / 600);
    }

    [Theory]
    [InlineData(12, 3, 5)]
    [InlineData(0, 7, 3)]
    [InlineData(8, 0, 1)]
    [InlineData(2130, 2830, 5040)]
    public void EveryInterval_SwappedSystems_IsMirrored(int a, int b, int tie)
    {
        foreach (var method in Methods)
        {
            var (estimate, swapped) = (method(new(a, b, tie), 0.95), method(new(b, a, tie), 0.95));
            Assert.Equal(-estimate.Value!.Value, swapped.Value!.Value);
            Assert.Equal(-estimate.Interval!.Upper, swapped.Interval!.Lower, 1e-12);
            Assert.Equal(-estimate.Interval.Lower, swapped.Interval.Upper, 1e-12);
        }
    }

    [Fact]
    public void EveryInterval_CountsDoubled_KeepsTheValueAndNarrows()
    {
        foreach (var method in Methods)
        {
            var (once, twice) = (method(new(12, 3, 5), 0.95), method(new(24, 6, 10), 0.95));
            Assert.Equal(once.Value, twice.Value);
            Assert.True(twice.Interval!.Lower > once.Interval!.Lower && twice.Interval.Upper < once.Interval.Upper);
        }
    }

    [Fact]
    public void EveryInterval_SplitsAndRejects_SplitCountsAsTieAndRejectNotAtAll()
    {
        foreach (var method in Methods)
        {
            Assert.Equal(method(new(12, 3, tie: 5), 0.95), method(new(12, 3, tie: 3, split: 2), 0.95));
            Assert.Equal(method(new(12, 3, tie: 5), 0.95), method(new(12, 3, tie: 5, reject: 9), 0.95));
        }
    }

    /// <summary>Without ties, all δ that Tango's test accepts map to the rates that Wilson's accepts: δ = 2p − 1.</summary>
    [Theory]
    [InlineData(7, 3)]
    [InlineData(40, 60)]
    public void Tango_NoTies_EqualsWilsonOfTheWinRate(int a, int b)
    {
        var wilson = Rate.Wilson(a, a + b).Interval!;

        Expect.Interval([2 * wilson.Lower - 1, 2 * wilson.Upper - 1], NetWinRate.Tango(new(a, b, 0)), 1e-12);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 500, 0)]
    [InlineData(0, 0, 20)]
    [InlineData(0, 1, 100_000)]
    public void Tango_ExtremeCounts_StaysWithinTheScaleAndNeverCollapses(int a, int b, int tie)
    {
        var interval = NetWinRate.Tango(new(a, b, tie)).Interval!;

        Assert.InRange(interval.Lower, -1, 1);
        Assert.InRange(interval.Upper, -1, 1);
        Assert.True(interval.Upper - interval.Lower > 1e-6);
        Assert.True(interval.Contains((double)(a - b) / (a + b + tie)));
    }

    [Fact]
    public void EveryInterval_OnlyRejects_IsUndefined()
    {
        foreach (var method in Methods)
            Expect.Undefined(method(new(0, 0, 0, reject: 4), 0.95));
    }
}
