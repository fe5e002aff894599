namespace PixelPost.Stats.Tests;

public class ClusteredNetWinRateTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Axes => ["appeal", "flaws", "alignment"];

    [Theory, MemberData(nameof(Axes))]
    public void Of_GoldenVotes_MatchesSandwich(string axis)
    {
        var scores = VotesFile.Scores(axis);
        var (_, expected) = GoldenFile.Case("ab_votes_expected.json", axis);
        (string Name, Clustering Clustering)[] ways =
            [("prompt", Clustering.ByPrompt), ("rater", Clustering.ByRater), ("two_way", Clustering.TwoWay)];

        foreach (var (name, clustering) in ways)
        {
            var cr0 = ClusteredNetWinRate.Of(scores, clustering, ClusterCorrection.Cr0);
            var cr1 = ClusteredNetWinRate.Of(scores, clustering);
            Expect.Value(expected.Number("net_win_rate"), cr1.Estimate, Tolerance);
            Assert.Equal(expected.Number($"se_{name}_cr0")!.Value, cr0.Estimate.StandardError!.Value, Tolerance);
            Assert.Equal(expected.Number($"se_{name}_cr1")!.Value, cr1.Estimate.StandardError!.Value, Tolerance);
            Assert.Equal((clustering, null, 150, 30), (cr1.Clustering, cr1.Fallback, cr1.Prompts, cr1.Raters));
            if (expected.Numbers($"t95_{name}_cr1") is { } interval)
                Expect.Interval(interval, cr1.Estimate, Tolerance);
        }

        var byPrompt = ClusteredNetWinRate.Of(scores, Clustering.ByPrompt);
        Expect.PValue(expected.Number("p_prompt_cr1_t"), byPrompt.PValue, byPrompt.Estimate.Reason, relative: 1e-8);
    }

    [Fact]
    public void Of_OneVotePerPrompt_EqualsTheStudentInterval()
    {
        int[] values = [1, 1, -1, 0, 1, 0, 0, 1, -1, 1];
        var clustered = ClusteredNetWinRate.Of([.. values.Select((score, i) => new ClusteredScore(i, 0, score))], Clustering.ByPrompt);
        var plain = NetWinRate.StudentT(new(a: 5, b: 2, tie: 3));

        Expect.Value(plain.Value, clustered.Estimate, 1e-12);
        Expect.Interval([plain.Interval!.Lower, plain.Interval.Upper], clustered.Estimate, 1e-12);
    }

    [Theory]
    [InlineData(Clustering.ByPrompt)]
    [InlineData(Clustering.ByRater)]
    [InlineData(Clustering.TwoWay)]
    public void Of_SwappedRelabelledReordered_OnlyTheSignChanges(Clustering clustering)
    {
        var scores = VotesFile.Scores("appeal");
        var changed = scores.Reverse().Select(score => new ClusteredScore(7 - 3 * score.Prompt, -score.Rater, -score.Score)).ToList();
        var (estimate, mirrored) = (ClusteredNetWinRate.Of(scores, clustering), ClusteredNetWinRate.Of(changed, clustering));

        Expect.Value(-estimate.Estimate.Value, mirrored.Estimate, 1e-12);
        Expect.Interval([-estimate.Estimate.Interval!.Upper, -estimate.Estimate.Interval.Lower], mirrored.Estimate, 1e-12);
        Assert.Equal(estimate.PValue!.Value, mirrored.PValue!.Value, 1e-12);
    }

    /// <summary>The same votes twice are no more evidence: that is what clustering is for.</summary>
    [Fact]
    public void Of_EveryVoteTwice_KeepsTheInterval()
    {
        var scores = VotesFile.Scores("appeal");
        var once = ClusteredNetWinRate.Of(scores, Clustering.TwoWay).Estimate;
        var twice = ClusteredNetWinRate.Of([.. scores, .. scores], Clustering.TwoWay).Estimate;

        Expect.Interval([once.Interval!.Lower, once.Interval.Upper], twice, 1e-12);
    }

    [Fact]
    public void Of_TwoWayWithOneRater_FallsBackToPromptsAndSaysSo()
    {
        ClusteredScore[] scores = [new(1, 5, 1), new(2, 5, 0), new(3, 5, 1)];
        var twoWay = ClusteredNetWinRate.Of(scores, Clustering.TwoWay);

        Assert.Equal(Clustering.ByPrompt, twoWay.Clustering);
        Assert.Contains("only one rater", twoWay.Fallback);
        Assert.Equal(ClusteredNetWinRate.Of(scores, Clustering.ByPrompt).Estimate, twoWay.Estimate);
    }

    [Fact]
    public void Of_TwoWayWithOnePrompt_FallsBackToRatersAndSaysSo()
    {
        var twoWay = ClusteredNetWinRate.Of([new(1, 5, 1), new(1, 6, 0), new(1, 7, 1)], Clustering.TwoWay);

        Assert.Equal(Clustering.ByRater, twoWay.Clustering);
        Assert.Contains("only one prompt", twoWay.Fallback);
        Assert.NotNull(twoWay.Estimate.Interval);
    }

    /// <summary>Votes of a prompt cancel, and so do those of most raters: V(prompt) + V(rater) is below V(prompt and rater).</summary>
    [Fact]
    public void Of_TwoWayVarianceNegative_FallsBackToTheLargerAndSaysSo()
    {
        ClusteredScore[] scores = [new(1, 1, 1), new(1, 2, -1), new(2, 1, -1), new(2, 2, 1), new(3, 3, 1), new(3, 1, -1)];
        var twoWay = ClusteredNetWinRate.Of(scores, Clustering.TwoWay);

        Assert.Equal(Clustering.ByRater, twoWay.Clustering);
        Assert.Contains("not positive", twoWay.Fallback);
        Assert.Equal(ClusteredNetWinRate.Of(scores, Clustering.ByRater).Estimate, twoWay.Estimate);
    }

    /// <summary>2/27 + 1/54 − 5/54: exactly 0, but 3e-17 in floating point, which is no variance to build an interval on.</summary>
    [Fact]
    public void Of_TwoWayVarianceZeroButForRounding_FallsBack()
    {
        ClusteredScore[] scores = [new(2, 2, 1), new(1, 1, 0), new(1, 3, 0), new(3, 1, 1), new(3, 2, -1), new(2, 3, 1)];
        var twoWay = ClusteredNetWinRate.Of(scores, Clustering.TwoWay, ClusterCorrection.Cr0);

        Assert.Equal(Clustering.ByPrompt, twoWay.Clustering);
        Assert.Equal(2 / 27.0, Math.Pow(twoWay.Estimate.StandardError!.Value, 2), Tolerance);
    }

    [Fact]
    public void Of_AllClustersAlike_HasNoIntervalAndSaysWhy()
    {
        // one win in three votes on every prompt: 1/3 is not exact in binary, the comparison must be
        ClusteredScore[] scores = [new(1, 1, 1), new(1, 2, 0), new(1, 3, 0), new(2, 1, 0), new(2, 2, 1), new(2, 3, 0)];
        var result = ClusteredNetWinRate.Of(scores, Clustering.ByPrompt);

        Assert.Equal(1 / 3.0, result.Estimate.Value);
        Expect.Interval(null, result.Estimate, 0);
        Assert.Null(result.PValue);
    }

    [Theory]
    [InlineData(Clustering.ByPrompt)]
    [InlineData(Clustering.ByRater)]
    [InlineData(Clustering.TwoWay)]
    public void Of_OneVoteOrNone_IsUndefinedWithReason(Clustering clustering)
    {
        var one = ClusteredNetWinRate.Of([new(1, 1, 1)], clustering);
        Assert.Equal(1, one.Estimate.Value);
        Expect.Interval(null, one.Estimate, 0);

        var none = ClusteredNetWinRate.Of([], clustering);
        Expect.Undefined(none.Estimate);
        Assert.Null(none.PValue);
        Assert.Null(none.Fallback);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void ClusteredScore_NotAScore_Throws(int score)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClusteredScore(1, 1, score));
    }

    [Fact]
    public void Score_OutcomesAndDecisions_AverageToTheNetWinRate()
    {
        Assert.Equal([1, -1, 0, null], Enum.GetValues<Outcome>().Select(outcome => outcome.Score()));

        Decision[] decisions = [Decision.A, Decision.A, Decision.Split, Decision.B, Decision.Reject, Decision.Tie];
        var scores = decisions.Select(decision => decision.Score()).OfType<int>();
        Assert.Equal(NetWinRate.Tango(OutcomeCounts.OfDecisions(decisions)).Value, scores.Average());
    }
}
