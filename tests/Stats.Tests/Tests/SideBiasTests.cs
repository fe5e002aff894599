namespace PixelPost.Stats.Tests;

public class SideBiasTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Axes => ["appeal", "flaws", "alignment"];

    [Theory, MemberData(nameof(Axes))]
    public void Of_GoldenVotes_MatchesR(string axis)
    {
        var (_, golden) = GoldenFile.Case("ab_votes_expected.json", axis);
        var expected = golden.GetProperty("side_bias");
        var result = SideBias.Of(Votes(axis, aOnLeft: true), Votes(axis, aOnLeft: false));

        Assert.Equal(expected.Number("left_wins"), (double)result.LeftWins);
        Assert.Equal(expected.Number("right_wins"), (double)result.RightWins);
        Expect.PValue(expected.Number("exact_binomial_p"), result.Test.PValue, result.Test.Reason, relative: 1e-8);
        Expect.Value(expected.Number("left_share"), result.LeftShare, Tolerance);
        Expect.Value(expected.Number("net_a_left"), result.NetALeft, Tolerance);
        Expect.Value(expected.Number("net_a_right"), result.NetARight, Tolerance);
        Assert.Equal(golden.Number("net_win_rate_side_balanced")!.Value, result.BalancedNetWinRate!.Value, Tolerance);
        Assert.Null(result.Reason);
    }

    /// <summary>
    /// A's net win rate is 0.2, standing left adds 0.1, right takes it off, and A stood left 300 times in 400: the plain rate is 0.25.
    /// </summary>
    [Fact]
    public void BalancedNetWinRate_BiasThatAddsToTheSide_IsTakenOut()
    {
        var (left, right) = (new OutcomeCounts(160, 70, tie: 70), new OutcomeCounts(40, 30, tie: 30));

        Assert.Equal(0.25, NetWinRate.Tango(new(200, 100, tie: 100)).Value!.Value, Tolerance);
        Assert.Equal(0.2, SideBias.Of(left, right).BalancedNetWinRate!.Value, Tolerance);
    }

    [Fact]
    public void Of_SwappedSystems_KeepsTheBiasAndMirrorsTheNetWinRate()
    {
        var (result, swapped) = (SideBias.Of(new(30, 20, 5), new(18, 25, 9)), SideBias.Of(new(25, 18, 9), new(20, 30, 5)));

        Assert.Equal((result.LeftWins, result.RightWins, result.Test), (swapped.LeftWins, swapped.RightWins, swapped.Test));
        Assert.Equal(-result.BalancedNetWinRate!.Value, swapped.BalancedNetWinRate!.Value, Tolerance);
    }

    [Fact]
    public void Of_OneSideOnly_HasNoBalancedRate()
    {
        var result = SideBias.Of(new(3, 2, 1), new(0, 0, 0, reject: 2));

        Assert.Null(result.BalancedNetWinRate);
        Assert.NotNull(result.Reason);
        Expect.Undefined(result.NetARight);
        Assert.NotNull(result.Test.PValue);
    }

    [Fact]
    public void Of_OnlyTies_HasNoTest()
    {
        var result = SideBias.Of(new(0, 0, 4), new(0, 0, 3));

        Assert.Null(result.Test.PValue);
        Assert.NotNull(result.Test.Reason);
        Expect.Undefined(result.LeftShare);
        Assert.Equal(0, result.BalancedNetWinRate);
    }

    private static OutcomeCounts Votes(string axis, bool aOnLeft)
    {
        var lines = File.ReadLines(GoldenFile.PathOf("ab_votes.csv")).Select(line => line.Split(',')).ToList();
        var (side, column) = (Array.IndexOf(lines[0], "a_on_left"), Array.IndexOf(lines[0], axis));
        return OutcomeCounts.OfVotes(lines.Skip(1)
            .Where(row => row[side] == "1" == aOnLeft)
            .Select(row => Enum.Parse<Outcome>(row[column], ignoreCase: true)));
    }
}
