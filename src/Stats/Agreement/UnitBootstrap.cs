using MathNet.Numerics.Statistics;

namespace PixelPost.Stats;

/// <summary>The interval of every agreement coefficient: percentiles of the coefficient over resampled units.</summary>
/// <remarks>
/// Efron and Tibshirani (1993), "An Introduction to the Bootstrap", 13. Whole units are resampled, because the ratings of a unit
/// hang together. Raters stay fixed: the interval speaks of these raters on other units.
/// </remarks>
internal static class UnitBootstrap
{
    public const int Replicates = 2_000;

    public const string NoPair = "No comparison has two ratings, so nobody could agree or disagree.";

    private const int FewestReplicates = 1_000;

    /// <param name="coefficient">Null where the table leaves it undefined.</param>
    /// <param name="undefined">Why it is undefined on a table with a pair of ratings.</param>
    public static Estimate Run(
        string name, RatingTable ratings, Func<RatingTable, double?> coefficient, string undefined,
        Random random, int replicates, double level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, FewestReplicates);
        var tail = Quantiles.Tail(level);
        var method = $"{name}, percentile bootstrap over comparisons";
        if (coefficient(ratings) is not { } value)
            return Estimate.Undefined(method, ratings.Units.Any(unit => unit.Pairable) ? undefined : NoPair);

        var resampled = new List<double>(replicates);
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            if (coefficient(ratings.Resample(random)) is { } other)
                resampled.Add(other);
        }

        // More undefined resamples than a tail holds could hide a bound.
        if (replicates - resampled.Count > tail * replicates)
            return Estimate.WithoutInterval(method, value, "Too few comparisons differ: many resamples of them have no defined value.");

        var sorted = resampled.Order().ToArray();
        if (sorted[0] == sorted[^1])
            return Estimate.WithoutInterval(method, value, "Every resample gives the same value, so nothing shows how far it may be off.");

        var lower = SortedArrayStatistics.QuantileCustom(sorted, tail, QuantileDefinition.R7);
        var upper = SortedArrayStatistics.QuantileCustom(sorted, 1 - tail, QuantileDefinition.R7);
        return Estimate.Of(method, value, new Interval(lower, upper, level), sorted.StandardDeviation());
    }
}
