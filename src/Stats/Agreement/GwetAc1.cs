namespace PixelPost.Stats;

/// <summary>
/// Gwet's AC1: agreement beyond chance that stays high when nearly all ratings fall in one category, where Krippendorff's alpha
/// falls towards 0 although raters agree (the kappa paradox). Shown beside alpha, not instead of it.
/// </summary>
public static class GwetAc1
{
    /// <summary>
    /// (p_o − p_e) / (1 − p_e) with p_o the percent agreement and p_e = Σ π_k(1 − π_k) / (q − 1), where π_k is the mean over all
    /// rated units of the share of ratings in category k, of q. Undefined when no comparison has two ratings.
    /// </summary>
    /// <param name="ratings">Ratings by unit; possible but unused categories count in q.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>
    /// Gwet (2008), "Computing inter-rater reliability and its variance in the presence of high agreement", Br. J. Math. Stat.
    /// Psychol. 61.
    /// </remarks>
    public static Estimate Of(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run("Gwet's AC1", ratings, Coefficient, UnitBootstrap.NoPair, random, replicates, level);

    private static double? Coefficient(RatingTable ratings)
    {
        if (PercentAgreement.Observed(ratings) is not { } observed)
            return null;

        var shares = new double[ratings.Categories]; // π
        foreach (var unit in ratings.Units)
        {
            for (var k = 0; k < shares.Length; k++)
                shares[k] += (double)unit.Counts[k] / unit.Ratings / ratings.Units.Length;
        }

        var chance = shares.Sum(share => share * (1 - share)) / (ratings.Categories - 1);
        return (observed - chance) / (1 - chance);
    }
}
