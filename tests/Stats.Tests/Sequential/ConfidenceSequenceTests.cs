namespace PixelPost.Stats.Tests;

public class ConfidenceSequenceTests
{
    private const double Tolerance = 1e-8;
    private const double BettingTolerance = 0.002; // two steps of the file's grid
    private const int Seed = 20240917;

    private static readonly Func<bool, ConfidenceSequence>[] Kinds =
    [
        intersects => new NormalMixtureSequence(runningIntersection: intersects),
        intersects => new EmpiricalBernsteinSequence(runningIntersection: intersects),
        _ => new BettingSequence(steps: 400),
    ];

    public static TheoryData<string, string> Cases => GoldenFile.Cases("sequential.json");

    [Theory, MemberData(nameof(Cases))]
    public void NormalMixture_GoldenScores_MatchesConfseq(string file, string id)
    {
        var (input, golden) = GoldenFile.Case(file, id);
        var expected = golden.GetProperty("normal_mixture");

        AssertPath(
            input.Numbers("scores")!, golden, expected.Numbers("lower")!, expected.Numbers("upper")!, Tolerance,
            new NormalMixtureSequence(1 - input.Number("alpha")!.Value, expected.Number("v_opt")!.Value));
    }

    [Theory, MemberData(nameof(Cases))]
    public void EmpiricalBernstein_GoldenScores_MatchesConfseq(string file, string id)
    {
        var (input, golden) = GoldenFile.Case(file, id);
        var expected = golden.GetProperty("empirical_bernstein_predictable_plugin");
        var level = 1 - input.Number("alpha")!.Value;

        AssertPath(
            input.Numbers("scores")!, golden, expected.Numbers("lower")!, expected.Numbers("upper")!, Tolerance,
            new EmpiricalBernsteinSequence(level));
        AssertPath(
            input.Numbers("scores")!, golden,
            expected.Numbers("lower_running_intersection")!, expected.Numbers("upper_running_intersection")!, Tolerance,
            new EmpiricalBernsteinSequence(level, runningIntersection: true));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Betting_GoldenScores_MatchesConfseq(string file, string id)
    {
        var (input, golden) = GoldenFile.Case(file, id);
        var expected = golden.GetProperty("betting_hedged_capital");

        AssertPath(
            input.Numbers("scores")!, golden,
            expected.Numbers("lower_running_intersection")!, expected.Numbers("upper_running_intersection")!, BettingTolerance,
            new BettingSequence(1 - input.Number("alpha")!.Value, expected.GetProperty("grid_breaks").GetInt32()));
    }

    [Fact]
    public void EveryKind_SwappedSystems_IsMirrored()
    {
        // not the first few scores of the empirical Bernstein interval: it starts from a mean of 0 on the scale from 0 to 1 for both bounds
        var scores = Scores(new Random(Seed), 300, 0.5, 0.3).ToList();
        foreach (var create in Kinds)
        {
            var (path, swapped) = (create(false).AddAll(scores), create(false).AddAll(scores.Select(score => -score)));
            Expect.Interval([-path.Interval!.Upper, -path.Interval.Lower], swapped, 1e-9);
            Expect.Value(-path.Value, swapped, 1e-12);
        }
    }

    [Fact]
    public void EveryKind_RunningIntersection_OnlyNarrowsAndIsTheIntersection()
    {
        foreach (var create in Kinds)
        {
            var (plain, cut) = (create(false), create(true));
            var (lower, upper) = (-1.0, 1.0);
            foreach (var score in Scores(new Random(Seed), 200, 0.5, 0.3))
            {
                plain.Add(score);
                cut.Add(score);
                lower = Math.Max(lower, plain.Current.Interval!.Lower);
                upper = Math.Min(upper, plain.Current.Interval.Upper);
                Expect.Interval([lower, upper], cut.Current, 1e-12);
            }
        }
    }

    /// <summary>Ties make scores vary less: the empirical kinds see it, the normal mixture cannot.</summary>
    [Fact]
    public void EveryKind_ManyTies_OnlyTheEmpiricalOnesNarrow()
    {
        var (few, many) = (Width(0.5, 0.5), Width(0.1, 0.1));

        Assert.Equal(few[0], many[0], 1e-9);
        Assert.True(many[1] < 0.7 * few[1]);
        Assert.True(many[2] < 0.7 * few[2]);

        static double[] Width(double win, double lose) => [.. Kinds.Select(create =>
        {
            var interval = create(false).AddAll(Scores(new Random(Seed), 600, win, lose)).Interval!;
            return interval.Upper - interval.Lower;
        })];
    }

    /// <summary>
    /// 300 studies of 400 scores, looked at after every one from the tenth on. The 95 % interval for one look misses the truth at some
    /// time in far more than 5 % of them; each of the always-valid ones in 5 % at most (8.8 % would be three standard errors above).
    /// </summary>
    [Theory]
    [InlineData(0.3, 0.3)]
    [InlineData(0.45, 0.2)]
    [InlineData(0.12, 0.08)]
    public void EveryKind_LookedAtAfterEveryScore_MissesAtMostAsPromised(double win, double lose)
    {
        const int Studies = 300;
        var random = new Random(Seed);
        var truth = win - lose;
        var (misses, fixedMisses) = (new int[Kinds.Length], 0);
        for (var study = 0; study < Studies; study++)
        {
            var scores = Scores(random, 400, win, lose).ToList();
            fixedMisses += FixedIntervalMisses(scores, truth) ? 1 : 0;
            for (var kind = 0; kind < Kinds.Length; kind++)
            {
                // the running intersection holds the truth at the end exactly when every interval did
                var last = Kinds[kind](true).AddAll(scores);
                misses[kind] += last.Interval?.Contains(truth) == true ? 0 : 1;
            }
        }

        Assert.All(misses, count => Assert.InRange((double)count / Studies, 0, 0.05));
        Assert.InRange((double)fixedMisses / Studies, 0.2, 1);
    }

    /// <summary>A rate that changes half-way breaks the assumption; no interval is shown rather than a wrong one.</summary>
    [Fact]
    public void EveryKind_RateChangesOnTheWay_ExcludesItselfAndSaysSo()
    {
        foreach (var create in Kinds)
        {
            var estimate = create(true).AddAll([.. Enumerable.Repeat(1.0, 300), .. Enumerable.Repeat(-1.0, 3_000)]);
            Expect.Interval(null, estimate, 0);
            Assert.NotNull(estimate.Value);
        }
    }

    /// <summary>Mean scores of prompts are scores too: five votes say more than one.</summary>
    [Fact]
    public void EmpiricalKinds_MeanScoresOfPrompts_AreNarrowerThanSingleVotes()
    {
        var random = new Random(Seed);
        var votes = Scores(random, 2_000, 0.4, 0.3).ToList();
        var means = votes.Chunk(5).Select(prompt => prompt.Average()).ToList();
        foreach (var create in Kinds.Skip(1))
        {
            var (single, mean) = (create(false).AddAll(votes.Take(400)).Interval!, create(false).AddAll(means).Interval!);
            Assert.True(mean.Upper - mean.Lower < single.Upper - single.Lower);
        }
    }

    [Fact]
    public void EveryKind_NoScore_IsUndefined()
    {
        foreach (var create in Kinds)
            Expect.Undefined(create(false).Current);
    }

    [Fact]
    public void EveryKind_AllScoresAlike_StaysWithinTheScale()
    {
        foreach (var create in Kinds)
        {
            foreach (var value in new[] { -1.0, 0, 1 })
            {
                var estimate = create(false).AddAll(Enumerable.Repeat(value, 500));
                Assert.InRange(estimate.Interval!.Lower, -1, 1);
                Assert.InRange(estimate.Interval.Upper, -1, 1);
                Assert.True(estimate.Interval.Contains(value));
            }
        }
    }

    [Theory]
    [InlineData(1.01)]
    [InlineData(-1.01)]
    [InlineData(double.NaN)]
    public void Add_NotAScore_Throws(double score)
    {
        foreach (var create in Kinds)
            Assert.Throws<ArgumentOutOfRangeException>(() => create(false).Add(score));
    }

    [Fact]
    public void EveryKind_ArgumentOutsideItsRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NormalMixtureSequence(level: 0.4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmpiricalBernsteinSequence(level: 95));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BettingSequence(level: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NormalMixtureSequence(tightestAt: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BettingSequence(steps: 99));
    }

    internal static IEnumerable<double> Scores(Random random, int count, double win, double lose)
    {
        for (var i = 0; i < count; i++)
        {
            var u = random.NextDouble();
            yield return u < win ? 1 : u < win + lose ? -1 : 0;
        }
    }

    private static void AssertPath(
        double[] scores, System.Text.Json.JsonElement golden, double[] lower, double[] upper, double tolerance, ConfidenceSequence sequence)
    {
        var (at, means) = (golden.Numbers("at")!, golden.Numbers("running_mean")!);
        for (var i = 0; i < at.Length; i++)
        {
            var estimate = sequence.AddAll(scores[sequence.Count..(int)at[i]]);
            Assert.Equal(at[i], sequence.Count);
            Expect.Value(means[i], estimate, Tolerance);
            Expect.Interval([lower[i], upper[i]], estimate, tolerance);
        }
    }

    private static bool FixedIntervalMisses(List<double> scores, double truth)
    {
        var (a, b, tie) = (0, 0, 0);
        foreach (var score in scores)
        {
            (a, b, tie) = (a + (score > 0 ? 1 : 0), b + (score < 0 ? 1 : 0), tie + (score == 0 ? 1 : 0));
            if (a + b + tie >= 10 && !NetWinRate.Tango(new(a, b, tie)).Interval!.Contains(truth))
                return true;
        }

        return false;
    }
}
