namespace PixelPost.Stats.Tests;

public class NetWinRateTestTests
{
    private const double Relative = 1e-8;

    public static TheoryData<string, string> Cases => GoldenFile.Cases("net_win_rate.json", "paper_2409_17565.json");

    [Theory, MemberData(nameof(Cases))]
    public void Wald_GoldenCounts_MatchesStatsmodels(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var test = NetWinRateTest.Wald(new(
            a: input.GetProperty("win").GetInt32(), b: input.GetProperty("lose").GetInt32(), tie: input.GetProperty("tie").GetInt32()));

        Expect.PValue(expected.Number("net_win_rate_z_p"), test.PValue, test.Reason, Relative);
        Assert.Equal(expected.Number("net_win_rate_z") is null, test.Statistic is null);
        if (expected.Number("net_win_rate_z") is { } z)
            Assert.Equal(z, test.Statistic!.Value, 1e-9);
    }

    /// <summary>The test claims at 5 % exactly when the 95 % interval excludes 0.</summary>
    [Theory]
    [InlineData(20, 10, 30)]
    [InlineData(21, 10, 30)]
    [InlineData(22, 10, 30)]
    [InlineData(10, 24, 0)]
    public void Wald_AnyCounts_AgreesWithTheNormalInterval(int a, int b, int tie)
    {
        var counts = new OutcomeCounts(a, b, tie);

        Assert.Equal(!NetWinRate.Normal(counts).Interval!.Contains(0), NetWinRateTest.Wald(counts).PValue < 0.05);
    }

    [Fact]
    public void Wald_SwappedSystems_ChangesTheSignOfZ()
    {
        var (test, swapped) = (NetWinRateTest.Wald(new(12, 3, 5)), NetWinRateTest.Wald(new(3, 12, 5)));

        Assert.Equal(-test.Statistic, swapped.Statistic);
        Assert.Equal(test.PValue, swapped.PValue);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, 9)]
    [InlineData(4, 0, 0)]
    public void Wald_NothingOrAllAlike_IsUndefined(int a, int b, int tie)
    {
        var test = NetWinRateTest.Wald(new(a, b, tie, reject: 2));

        Assert.Null(test.PValue);
        Assert.Null(test.Statistic);
        Assert.False(string.IsNullOrEmpty(test.Reason));
    }
}
