namespace PixelPost.Stats;

/// <summary>
/// Gwet's AC1: agreement beyond chance that stays high when nearly all ratings fall in one category, where Krippendorff's alpha
/// falls towards 0 although raters agree (the kappa paradox). Shown beside alpha, not instead of it.
/// </summary>
/// <remarks>
/// (p_o − p_e) / (1 − p_e) with p_o the percent agreement and p_e = Σ π_k(1 − π_k) / (q − 1), where π_k is the mean over all rated
/// units of the share of ratings in category k, of q. Gwet (2008), "Computing inter-rater reliability and its variance in the
/// presence of high agreement", Br. J. Math. Stat. Psychol. 61.
/// </remarks>
public static class GwetAc1
{
    private const string Name = "Gwet's AC1";

    /// <summary>AC1 with its bootstrap interval. Undefined when no comparison has two ratings.</summary>
    /// <param name="ratings">Ratings by unit; possible but unused categories count in q.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Of(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run(Name, ratings, Coefficient, UnitBootstrap.NoPair, random, replicates, level);

    /// <summary>
    /// AC1 with the closed-form standard error and its t interval: no randomness, and good from about 20 comparisons on. Undefined
    /// when no comparison has two ratings.
    /// </summary>
    /// <param name="ratings">Ratings by unit; possible but unused categories count in q.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <remarks>
    /// Unit i of n contributes (n/n₂)(p_o,i − p_e)/(1 − p_e), 0 when it is not one of the n₂ with two ratings, less
    /// 2(1 − AC1)(p_e,i − p_e)/(1 − p_e), p_e,i = Σ s_ik(1 − π_k)/(q − 1) for its shares s_ik.
    /// </remarks>
    public static Estimate Linearised(RatingTable ratings, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var once = ratings.Once();
        if (Coefficient(ratings, once) is not { } value)
            return UnitLinearisation.Undefined(Name, UnitBootstrap.NoPair);

        var shares = ChanceCorrection.Shares(ratings, once)!;
        var chance = Chance(shares);
        var perPairable = (double)ratings.Units / ratings.PairableUnits;
        var contributions = new double[ratings.Units];
        for (var unit = 0; unit < contributions.Length; unit++)
        {
            var own = 0.0; // p_e,i
            for (var k = 0; k < shares.Length; k++)
                own += ratings.Counts(unit)[k] * (1 - shares[k]) / ratings.Size(unit) / (shares.Length - 1);

            var observed = ratings.Pairable(unit) ? perPairable * (ratings.PairAgreement(unit) - chance) : 0;
            contributions[unit] = (observed - 2 * (1 - value) * (own - chance)) / (1 - chance);
        }

        return UnitLinearisation.Of(Name, value, contributions, level);
    }

    private static double? Coefficient(RatingTable ratings, ReadOnlySpan<int> weights) =>
        ChanceCorrection.Corrected(ratings, weights, Chance);

    private static double Chance(double[] shares) => shares.Sum(share => share * (1 - share)) / (shares.Length - 1);
}
