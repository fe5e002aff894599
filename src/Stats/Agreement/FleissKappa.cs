namespace PixelPost.Stats;

/// <summary>
/// Fleiss' kappa: agreement of any number of raters beyond that of raters who answer at random with the frequencies of all answers
/// together, (p_o − p_e) / (1 − p_e) with p_o the percent agreement and p_e = Σ π_k².
/// </summary>
/// <remarks>
/// Fleiss (1971), "Measuring nominal scale agreement among many raters", Psychol. Bull. 76. With unequal numbers of ratings, π_k is
/// the mean over rated units of the share of ratings in category k, which for equal numbers is the share of all ratings: Gwet
/// (2014), "Handbook of Inter-Rater Reliability". Close to nominal alpha, which is corrected for small samples; it falls towards 0
/// where one answer dominates (see <see cref="GwetAc1"/>).
/// </remarks>
public static class FleissKappa
{
    /// <summary>
    /// Kappa with its bootstrap interval. Undefined when no comparison has two ratings, and when all ratings are the same.
    /// </summary>
    /// <param name="ratings">Ratings by unit; the order of categories has no meaning.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Of(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run("Fleiss' kappa", ratings, Coefficient, UnitBootstrap.OneCategory, random, replicates, level);

    /// <summary>
    /// Tests kappa = 0 for N comparisons with the same number m of ratings each, by
    /// SE₀ = √2 √((Σ π(1−π))² − Σ π(1−π)(1−2π)) / (Σ π(1−π) √(N m(m−1))).
    /// </summary>
    /// <param name="ratings">Ratings by unit.</param>
    /// <returns>
    /// Undefined where kappa is, and when comparisons have different numbers of ratings, for which the formula does not hold.
    /// </returns>
    /// <remarks>
    /// Fleiss, Nee and Landis (1979), "Large sample variance of kappa in the case of different sets of raters", Psychol. Bull. 86.
    /// </remarks>
    public static AgreementTest Test(RatingTable ratings)
    {
        const string Method = "Fleiss' kappa, z test of chance agreement";
        var once = ratings.Once();
        if (Coefficient(ratings, once) is not { } kappa)
            return AgreementTest.Undefined(Method, ratings.PairableUnits > 0 ? UnitBootstrap.OneCategory : UnitBootstrap.NoPair);

        double m = ratings.Size(0);
        if (Enumerable.Range(0, ratings.Units).Any(unit => ratings.Size(unit) != m))
            return AgreementTest.Undefined(Method, "Comparisons have different numbers of ratings, for which this test is not made.");

        var shares = ChanceCorrection.Shares(ratings, once)!;
        var spread = shares.Sum(share => share * (1 - share));
        var skew = shares.Sum(share => share * (1 - share) * (1 - 2 * share));
        var error = Math.Sqrt(2 * (spread * spread - skew) / (ratings.Units * m * (m - 1))) / spread;
        return AgreementTest.Of(Method, kappa, error);
    }

    private static double? Coefficient(RatingTable ratings, ReadOnlySpan<int> weights)
    {
        if (PercentAgreement.Observed(ratings, weights) is not { } observed
            || ChanceCorrection.Shares(ratings, weights) is not { } shares
            || shares.Count(share => share > 0) == 1) // p_e is 1, and 1 − p_e what rounding leaves of 0
        {
            return null;
        }

        var chance = shares.Sum(share => share * share);
        return (observed - chance) / (1 - chance);
    }
}
