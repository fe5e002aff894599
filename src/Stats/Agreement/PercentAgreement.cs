namespace PixelPost.Stats;

/// <summary>How often two raters of the same comparison say the same, not corrected for chance.</summary>
public static class PercentAgreement
{
    /// <summary>
    /// The mean, over comparisons with at least two ratings, of the share of rater pairs that agree:
    /// Σ n_k(n_k − 1) / (m(m − 1)) for n_k of m raters in category k. Every comparison counts the same. Undefined when no
    /// comparison has two ratings.
    /// </summary>
    /// <param name="ratings">Ratings by unit.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Fleiss (1971), "Measuring nominal scale agreement among many raters", Psychol. Bull. 76, the mean of P_i.</remarks>
    public static Estimate Of(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run("percent agreement", ratings, Observed, UnitBootstrap.NoPair, random, replicates, level);

    /// <summary>
    /// Pairs of raters that agree, out of all pairs: Σ Σ n_k(n_k − 1) / Σ m(m − 1), sums over comparisons. Every pair counts the
    /// same, so comparisons with many raters weigh most. Undefined when no comparison has two ratings.
    /// </summary>
    /// <param name="ratings">Ratings by unit.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate OverPairs(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run("percent agreement over pairs", ratings, OverPairs, UnitBootstrap.NoPair, random, replicates, level);

    internal static double? Observed(RatingTable ratings, ReadOnlySpan<int> weights)
    {
        var (sum, units) = (0.0, 0L);
        for (var unit = 0; unit < weights.Length; unit++)
        {
            if (!ratings.Pairable(unit))
                continue;
            sum += weights[unit] * ratings.PairAgreement(unit);
            units += weights[unit];
        }

        return units == 0 ? null : sum / units;
    }

    private static double? OverPairs(RatingTable ratings, ReadOnlySpan<int> weights)
    {
        var (agreeing, all) = (0.0, 0.0);
        for (var unit = 0; unit < weights.Length; unit++)
        {
            var pairs = weights[unit] * (double)ratings.Size(unit) * (ratings.Size(unit) - 1);
            agreeing += pairs * ratings.PairAgreement(unit);
            all += pairs;
        }

        return all == 0 ? null : agreeing / all;
    }
}
