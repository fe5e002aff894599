using MathNet.Numerics.Statistics;

namespace PixelPost.Stats;

/// <summary>An agreement coefficient of a table in which a unit counts as often as its weight says; null where undefined.</summary>
internal delegate double? AgreementCoefficient(RatingTable ratings, ReadOnlySpan<int> weights);

/// <summary>The interval of every agreement coefficient: percentiles of the coefficient over resampled units.</summary>
/// <remarks>
/// Efron and Tibshirani (1993), "An Introduction to the Bootstrap", 13. Whole units are resampled, because the ratings of a unit
/// hang together. Raters stay fixed: the interval speaks of these raters on other units. Units with the same counts are of one
/// kind, and a resample is a weight per kind, so that a replicate costs the kinds: some dozen where each unit has a few ratings.
/// </remarks>
internal static class UnitBootstrap
{
    public const int Replicates = 2_000;

    public const string NoPair = "No comparison has two ratings, so nobody could agree or disagree.";

    public const string OneCategory = "All ratings are the same: without variation, agreement cannot be told from chance.";

    private const int FewestReplicates = 1_000;

    /// <param name="undefined">Why the coefficient is undefined on a table with a pair of ratings.</param>
    public static Estimate Run(
        string name, RatingTable ratings, AgreementCoefficient coefficient, string undefined,
        Random random, int replicates, double level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, FewestReplicates);
        var tail = Quantiles.Tail(level);
        var method = $"{name}, percentile bootstrap over comparisons";
        if (coefficient(ratings, ratings.Once()) is not { } value)
            return Estimate.Undefined(method, ratings.PairableUnits > 0 ? undefined : NoPair);

        var sorted = Resample(ratings, coefficient, random, replicates);
        Array.Sort(sorted);

        // More undefined resamples than a tail holds could hide a bound.
        if (replicates - sorted.Length > tail * replicates)
            return Estimate.WithoutInterval(method, value, "Too few comparisons differ: many resamples of them have no defined value.");
        if (sorted[0] == sorted[^1])
            return Estimate.WithoutInterval(method, value, "Every resample gives the same value, so nothing shows how far it may be off.");

        var lower = SortedArrayStatistics.QuantileCustom(sorted, tail, QuantileDefinition.R7);
        var upper = SortedArrayStatistics.QuantileCustom(sorted, 1 - tail, QuantileDefinition.R7);
        return Estimate.Of(method, value, new Interval(lower, upper, level), sorted.StandardDeviation());
    }

    /// <summary>The coefficient of every resample that has one.</summary>
    private static double[] Resample(RatingTable ratings, AgreementCoefficient coefficient, Random random, int replicates)
    {
        var (kinds, kindOf) = ratings.Kinds();
        var draws = new KindDraws(kindOf, kinds.Units);
        var values = new List<double>(replicates);
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            if (coefficient(kinds, draws.Draw(random)) is { } value)
                values.Add(value);
        }

        return [.. values];
    }
}
