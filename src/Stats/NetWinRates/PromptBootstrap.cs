using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace PixelPost.Stats;

/// <summary>A net win rate with its two bootstrap intervals and what they were made from.</summary>
public sealed record BootstrapEstimate
{
    /// <summary>With the percentile interval.</summary>
    public required Estimate Percentile { get; init; }

    /// <summary>With the BCa interval: corrected for bias and skewness.</summary>
    public required Estimate Bca { get; init; }

    /// <summary>Number of prompts resampled.</summary>
    public required int Prompts { get; init; }

    /// <summary>Number of resamples.</summary>
    public required int Replicates { get; init; }

    /// <summary>z0 of BCa; null, for the reason in the estimates, when they have no interval.</summary>
    public double? BiasCorrection { get; init; }

    /// <summary>a of BCa, from the jackknife over prompts; null when the estimates have no interval.</summary>
    public double? Acceleration { get; init; }
}

/// <summary>
/// Net win rate with intervals from resampling whole prompts with all their votes, which keeps the votes of a prompt together.
/// Each resample's rate = its sum of scores / its number of scores.
/// </summary>
/// <remarks>
/// Efron (1987), "Better bootstrap confidence intervals", JASA 82; whole clusters: Davison and Hinkley (1997), "Bootstrap Methods
/// and their Application", 3.8. Prompts must be independent; raters who vote on many prompts are not allowed for.
/// </remarks>
public static class PromptBootstrap
{
    private const int FewestReplicates = 1_000;

    /// <summary>Net win rate with percentile and BCa interval from the same resamples.</summary>
    /// <param name="scores">One per vote that compares (rejects left out), or one per decision.</param>
    /// <param name="random">Seed it to get the same interval again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static BootstrapEstimate NetWinRate(
        IReadOnlyList<ClusteredScore> scores, Random random, int replicates = 10_000, double level = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, FewestReplicates);
        var tail = Quantiles.Tail(level);
        var prompts = ClusterTotals.By(scores, score => score.Prompt);
        if (prompts.Count == 0 || prompts.Alike)
            return WithoutIntervals(prompts, replicates);

        var rates = Resample(prompts, random, replicates);
        Array.Sort(rates);
        var error = rates.StandardDeviation();
        var bias = BiasCorrection(rates, prompts.Mean);
        var acceleration = Acceleration(prompts);
        return new BootstrapEstimate
        {
            Percentile = Estimate.Of(PercentileMethod, prompts.Mean, Between(tail, 1 - tail), error),
            Bca = Estimate.Of(BcaMethod, prompts.Mean, Between(Shifted(tail), Shifted(1 - tail)), error),
            Prompts = prompts.Clusters.Length,
            Replicates = replicates,
            BiasCorrection = bias,
            Acceleration = acceleration,
        };

        Interval Between(double lower, double upper) => new(
            SortedArrayStatistics.QuantileCustom(rates, lower, QuantileDefinition.R7),
            SortedArrayStatistics.QuantileCustom(rates, upper, QuantileDefinition.R7),
            level);

        // the share of resamples below the bound, moved by bias and acceleration
        double Shifted(double probability)
        {
            var z = bias + Normal.InvCDF(0, 1, probability);
            return Normal.CDF(0, 1, bias + z / (1 - acceleration * z));
        }
    }

    private const string PercentileMethod = "percentile bootstrap over prompts";
    private const string BcaMethod = "BCa bootstrap over prompts";

    private static BootstrapEstimate WithoutIntervals(ClusterTotals prompts, int replicates)
    {
        return new BootstrapEstimate
        {
            Percentile = WithoutInterval(PercentileMethod),
            Bca = WithoutInterval(BcaMethod),
            Prompts = prompts.Clusters.Length,
            Replicates = replicates,
        };

        Estimate WithoutInterval(string method) => prompts.Count == 0
            ? Estimate.Undefined(method, Stats.NetWinRate.NothingCompared)
            : Estimate.WithoutInterval(method, prompts.Mean, ClusterTotals.NoVariation);
    }

    /// <summary>The rate of every resample. Prompts with the same totals are of one kind, so that many small ones cost little.</summary>
    private static double[] Resample(ClusterTotals prompts, Random random, int replicates)
    {
        var (kindOf, kinds) = KindDraws.Group(prompts.Clusters);
        var draws = new KindDraws(kindOf, kinds.Count);
        var rates = new double[replicates];
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            var times = draws.Draw(random);
            long sum = 0, count = 0;
            for (var kind = 0; kind < times.Length; kind++)
            {
                sum += times[kind] * kinds[kind].Sum;
                count += times[kind] * kinds[kind].Count;
            }

            rates[replicate] = (double)sum / count;
        }

        return rates;
    }

    /// <summary>
    /// z0 = Φ⁻¹((P(t* &lt; t) + P(t* ≤ t)) / 2): a resample equal to the estimate counts half, for rates take few values.
    /// </summary>
    private static double BiasCorrection(double[] rates, double estimate)
    {
        var below = rates.Count(rate => rate < estimate);
        var equal = rates.Count(rate => rate == estimate);
        return Normal.InvCDF(0, 1, (below + equal / 2.0) / rates.Length);
    }

    /// <summary>a = Σ d³ / (6 (Σ d²)^1.5), d = mean of the leave-one-prompt-out rates minus each of them.</summary>
    private static double Acceleration(ClusterTotals prompts)
    {
        var left = Array.ConvertAll(
            prompts.Clusters, cluster => (double)(prompts.Sum - cluster.Sum) / (prompts.Count - cluster.Count));
        var mean = left.Average();
        return left.Sum(rate => Math.Pow(mean - rate, 3)) / (6 * Math.Pow(left.Sum(rate => Math.Pow(mean - rate, 2)), 1.5));
    }
}
