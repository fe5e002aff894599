namespace PixelPost.Stats;

/// <summary>
/// The Brennan-Prediger coefficient: agreement beyond that of raters who give each of q answers equally often,
/// (p_o − 1/q) / (1 − 1/q) with p_o the percent agreement. It does not look at which answers were given, so it has no paradox
/// where one dominates, and depends on how many answers were on offer.
/// </summary>
/// <remarks>Brennan and Prediger (1981), "Coefficient kappa: some uses, misuses, and alternatives", Educ. Psychol. Meas. 41.</remarks>
public static class BrennanPrediger
{
    /// <summary>The coefficient with its bootstrap interval. Undefined when no comparison has two ratings.</summary>
    /// <param name="ratings">Ratings by unit; possible but unused categories count in q.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Of(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run(
            "Brennan-Prediger coefficient", ratings, Coefficient, UnitBootstrap.NoPair, random, replicates, level);

    private static double? Coefficient(RatingTable ratings, ReadOnlySpan<int> weights) =>
        ChanceCorrection.Corrected(ratings, weights, shares => 1.0 / shares.Length);
}
