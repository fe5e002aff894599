namespace PixelPost.Stats.Tests;

public class PromptBootstrapTests
{
    private const int Seed = 20240917;

    public static TheoryData<string> Axes => ["appeal", "flaws", "alignment"];

    [Theory, MemberData(nameof(Axes))]
    public void NetWinRate_GoldenVotes_MatchesAMillionReplicates(string axis)
    {
        var (_, golden) = GoldenFile.Case("ab_votes_expected.json", axis);
        var expected = golden.GetProperty("bootstrap_by_prompt");
        var tolerance = expected.Number("tolerance_bounds_abs_at_B10000")!.Value;

        var actual = PromptBootstrap.NetWinRate(VotesFile.Scores(axis), new Random(Seed));

        Expect.Value(golden.Number("net_win_rate"), actual.Bca, 1e-9);
        Expect.Interval(expected.Numbers("percentile95"), actual.Percentile, tolerance);
        Expect.Interval(expected.Numbers("bca95"), actual.Bca, tolerance);
        Assert.Equal(1, actual.Bca.StandardError!.Value / expected.Number("se")!.Value, expected.Number("tolerance_se_rel_at_B10000")!.Value);
        Assert.Equal(expected.Number("acceleration_jackknife")!.Value, actual.Acceleration!.Value, 1e-9);
        Assert.Equal(expected.Number("z0")!.Value, actual.BiasCorrection!.Value, tolerance: 0.05); // 4 standard errors at 10,000
        Assert.Equal((150, 10_000), (actual.Prompts, actual.Replicates));
    }

    /// <summary>A few prompts with many votes each give a skewed rate, where the two intervals must part.</summary>
    [Fact]
    public void NetWinRate_SkewedScores_BcaMovesTowardsTheLongTail()
    {
        ClusteredScore[] scores =
            [.. Enumerable.Range(0, 40).Select(i => new ClusteredScore(i, 0, i < 4 ? 1 : 0)), .. Enumerable.Repeat(new ClusteredScore(0, 0, 1), 5)];
        var actual = PromptBootstrap.NetWinRate(scores, new Random(Seed));

        Assert.True(actual.Acceleration > 0.05);
        Assert.True(actual.Bca.Interval!.Lower > actual.Percentile.Interval!.Lower);
        Assert.True(actual.Bca.Interval.Upper > actual.Percentile.Interval.Upper);
    }

    [Fact]
    public void NetWinRate_SameSeed_SameIntervals()
    {
        var scores = VotesFile.Scores("flaws");

        Assert.Equal(PromptBootstrap.NetWinRate(scores, new Random(Seed)), PromptBootstrap.NetWinRate(scores, new Random(Seed)));
    }

    [Fact]
    public void NetWinRate_SwappedSystems_MirrorsTheIntervals()
    {
        var scores = VotesFile.Scores("appeal");
        var actual = PromptBootstrap.NetWinRate(scores, new Random(Seed));
        var swapped = PromptBootstrap.NetWinRate(
            [.. scores.Select(score => new ClusteredScore(score.Prompt, score.Rater, -score.Score))], new Random(Seed));

        Expect.Interval([-actual.Percentile.Interval!.Upper, -actual.Percentile.Interval.Lower], swapped.Percentile, 1e-12);
        Expect.Interval([-actual.Bca.Interval!.Upper, -actual.Bca.Interval.Lower], swapped.Bca, 1e-9);
        Assert.Equal(-actual.Acceleration!.Value, swapped.Acceleration!.Value, 1e-12);
    }

    [Fact]
    public void NetWinRate_EveryVoteTwice_KeepsTheIntervals()
    {
        var scores = VotesFile.Scores("appeal");

        Assert.Equal(
            PromptBootstrap.NetWinRate(scores, new Random(Seed)),
            PromptBootstrap.NetWinRate([.. scores, .. scores], new Random(Seed)));
    }

    [Fact]
    public void NetWinRate_PromptsAlike_HasNoIntervalAndSaysWhy()
    {
        var actual = PromptBootstrap.NetWinRate([new(1, 1, 1), new(1, 2, 0), new(2, 1, 1), new(2, 2, 0)], new Random(Seed));

        Assert.Equal(0.5, actual.Percentile.Value);
        Expect.Interval(null, actual.Percentile, 0);
        Expect.Interval(null, actual.Bca, 0);
        Assert.Null(actual.Acceleration);
        Assert.Null(actual.BiasCorrection);
    }

    [Fact]
    public void NetWinRate_NoVotes_IsUndefined()
    {
        var actual = PromptBootstrap.NetWinRate([], new Random(Seed));

        Expect.Undefined(actual.Percentile);
        Expect.Undefined(actual.Bca);
    }

    [Fact]
    public void NetWinRate_TooFewReplicates_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PromptBootstrap.NetWinRate([new(1, 1, 1)], new Random(Seed), replicates: 999));
    }
}
