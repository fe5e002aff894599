namespace PixelPost.Stats.Tests;

public class SignTestTests
{
    private const double Relative = 1e-8;

    public static TheoryData<string, string> Cases => GoldenFile.Cases("net_win_rate.json", "paper_2409_17565.json");

    public static TheoryData<string> Axes => ["appeal", "flaws", "alignment"];

    [Theory, MemberData(nameof(Cases))]
    public void EveryVariant_GoldenCounts_Match(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var counts = new OutcomeCounts(
            a: input.GetProperty("win").GetInt32(), b: input.GetProperty("lose").GetInt32(), tie: input.GetProperty("tie").GetInt32());
        var (dropped, mid, split) = (SignTest.TiesDropped(counts), SignTest.MidP(counts), SignTest.TiesSplit(counts));

        Expect.PValue(expected.Number("sign_test_ties_dropped_two_sided_p"), dropped.PValue, dropped.Reason, Relative);
        Expect.PValue(expected.Number("sign_test_ties_dropped_two_sided_midp"), mid.PValue, mid.Reason, Relative);
        Expect.PValue(expected.Number("sign_test_ties_split_two_sided_p"), split.PValue, split.Reason, Relative);
        Assert.Equal(expected.Numbers("sign_test_ties_split_w_n"), new double[] { split.Wins, split.Trials });
    }

    [Theory, MemberData(nameof(Cases))]
    public void OneSidedAndNormal_GoldenCounts_Match(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var counts = new OutcomeCounts(
            a: input.GetProperty("win").GetInt32(), b: input.GetProperty("lose").GetInt32(), tie: input.GetProperty("tie").GetInt32());
        var (greater, normal) = (SignTest.AWinsMore(counts), SignTest.Normal(counts));

        Expect.PValue(expected.Number("sign_test_ties_dropped_greater_p"), greater.PValue, greater.Reason, Relative);
        Expect.PValue(expected.Number("sign_test_z_p"), normal.PValue, normal.Reason, Relative);
        if (expected.Number("sign_test_z_no_continuity") is { } z)
            Assert.Equal(z, normal.Statistic!.Value, 1e-9);
    }

    [Theory, MemberData(nameof(Axes))]
    public void TiesDropped_PromptVerdicts_Match(string axis)
    {
        var (_, expected) = GoldenFile.Case("ab_votes_expected.json", axis);
        var verdicts = expected.GetProperty("prompt_verdicts");
        var test = SignTest.TiesDropped(new(
            verdicts.GetProperty("A").GetInt32(), verdicts.GetProperty("B").GetInt32(), verdicts.GetProperty("tie").GetInt32()));

        Expect.PValue(verdicts.Number("sign_test_p"), test.PValue, test.Reason, Relative);
    }

    /// <summary>Arbuthnot (1710): more boys than girls were christened in London in each of 82 years, (1/2)^82 one-sided.</summary>
    [Fact]
    public void TiesDropped_ArbuthnotChristenings_MatchesThePublishedOdds()
    {
        var test = SignTest.TiesDropped(new(82, 0, 0));

        Assert.Equal(1, test.PValue!.Value / 2 * 4.836e24, tolerance: 1e-4);
    }

    [Fact]
    public void EveryVariant_SwappedSystems_HasTheSamePValue()
    {
        foreach (var test in new Func<OutcomeCounts, SignTestResult>[] { SignTest.TiesDropped, SignTest.MidP, SignTest.TiesSplit })
        {
            var (result, swapped) = (test(new(40, 22, 13, split: 2)), test(new(22, 40, 13, split: 2)));
            Assert.Equal(result.PValue, swapped.PValue);
            Assert.Equal(result.Trials, swapped.Trials);
            Assert.Equal(result.Trials - result.Wins, swapped.Wins);
        }
    }

    /// <summary>As many wins or more, and as many losses or more, share what was observed.</summary>
    [Theory]
    [InlineData(40, 22)]
    [InlineData(0, 5)]
    [InlineData(6, 6)]
    public void AWinsMore_AndItsMirrorImage_AddUpToOneAndTheObserved(int a, int b)
    {
        var sum = SignTest.AWinsMore(new(a, b, 1)).PValue + SignTest.AWinsMore(new(b, a, 1)).PValue;

        Assert.Equal(1 + MathNet.Numerics.Distributions.Binomial.PMF(0.5, a + b, a), sum!.Value, 1e-12);
    }

    [Fact]
    public void Normal_SwappedSystems_ChangesTheSignOfZ()
    {
        var (test, swapped) = (SignTest.Normal(new(40, 22, 13)), SignTest.Normal(new(22, 40, 13)));

        Assert.Equal(-test.Statistic, swapped.Statistic);
        Assert.Equal(test.PValue, swapped.PValue);
    }

    [Fact]
    public void EveryVariant_RejectsAndSplits_RejectIsIgnoredAndSplitIsATie()
    {
        var counts = new OutcomeCounts(9, 2, tie: 4);
        var same = new OutcomeCounts(9, 2, tie: 1, reject: 7, split: 3);

        Assert.Equal(SignTest.TiesDropped(counts), SignTest.TiesDropped(same));
        Assert.Equal(SignTest.TiesSplit(counts), SignTest.TiesSplit(same));
    }

    [Fact]
    public void TiesSplit_OneTie_LeavesNothingToCount()
    {
        var test = SignTest.TiesSplit(new(0, 0, tie: 1));

        Assert.Null(test.PValue);
        Assert.NotNull(test.Reason);
    }

    /// <summary>Exact, not simulated: over all outcomes of n fair decisions, a claim at 5 % is made at most 5 % of the time.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(601)]
    public void TiesDropped_FairDecisions_ClaimsAtMostFivePercent(int n)
    {
        var claimed = Enumerable.Range(0, n + 1)
            .Where(wins => SignTest.TiesDropped(new(wins, n - wins, 0)).PValue <= 0.05)
            .Sum(wins => MathNet.Numerics.Distributions.Binomial.PMF(0.5, n, wins));

        Assert.InRange(claimed, 0.01, 0.05);
    }
}
