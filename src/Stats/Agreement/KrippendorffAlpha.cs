namespace PixelPost.Stats;

/// <summary>
/// Krippendorff's alpha = 1 − D_o / D_e: 1 when all raters of every unit agree, 0 when they disagree as much as ratings put
/// together by chance, below 0 when more. Any number of raters; missing ratings are left out.
/// </summary>
/// <remarks>
/// Krippendorff (2011), "Computing Krippendorff's alpha-reliability". D_o = Σ o_ck δ²_ck / n over the coincidences o_ck of values
/// c, k within units; D_e = Σ n_c n_k δ²_ck / (n(n − 1)); n_c and n count pairable values, those of units with two ratings or more.
/// No coincidence matrix is made here. A unit's part of n D_o is m times its share of disagreeing pairs for nominal values, and
/// 2m/(m − 1) times its sum of squares about its mean for δ_ck = v_c − v_k: one pass over the counts either way. Ordinal values
/// are of the second kind too, v being the mean rank of a category.
/// </remarks>
public static class KrippendorffAlpha
{
    private const string NominalName = "Krippendorff's alpha, nominal";

    /// <summary>Nominal: δ²_ck = 1 for different categories, 0 for the same.</summary>
    /// <param name="ratings">Ratings by unit; the order of categories has no meaning.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <returns>Undefined when no comparison has two ratings, and when all pairable ratings are the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Nominal(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run(NominalName, ratings, OfCategories, UnitBootstrap.OneCategory, random, replicates, level);

    /// <summary>
    /// Ordinal: δ_ck = (n_c + … + n_k) − (n_c + n_k)/2, the number of ratings between the two ranks. To disagree by a against b
    /// counts more than a against tie.
    /// </summary>
    /// <param name="ratings">Ratings by unit, categories in ascending order (see <see cref="RatingTable.OfPreferences"/>).</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <returns>Undefined when no comparison has two ratings, and when all pairable ratings are the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Ordinal(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run(
            "Krippendorff's alpha, ordinal", ratings, (table, weights) => OfValues(table, weights, MeanRanks),
            UnitBootstrap.OneCategory, random, replicates, level);

    /// <summary>
    /// Interval: δ_ck = c − k, the difference of the categories' numbers. For scales with equal steps, such as marks from 1 to 5.
    /// </summary>
    /// <param name="ratings">Ratings by unit, categories in ascending order and equally far apart.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <returns>Undefined when no comparison has two ratings, and when all pairable ratings are the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Interval(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run(
            "Krippendorff's alpha, interval", ratings, (table, weights) => OfValues(table, weights, Numbers),
            UnitBootstrap.OneCategory, random, replicates, level);

    /// <summary>Nominal alpha with the closed-form standard error and its t interval: no randomness.</summary>
    /// <param name="ratings">Ratings by unit; the order of categories has no meaning.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <returns>Undefined when no comparison has two ratings, and when all pairable ratings are the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <remarks>
    /// Gwet (2014), "Handbook of Inter-Rater Reliability", as irrCAC for Python computes it. Over pairable units, r the mean of
    /// their m: alpha = (p_a − p_e)/(1 − p_e), p_a = (1 − 1/n) p′ + 1/n, p′ = mean of m p_o,i / r, p_e = Σ π², π_k = n_k/n. Unit i
    /// contributes (a_i − p_e − 2(1 − alpha′)(e_i − p_e))/(1 − p_e), where alpha′ has p′ for p_a, a_i = m p_o,i/r − p_a(m − r)/r
    /// and e_i = Σ n_ik π_k/r − p_e(m − r)/r.
    /// </remarks>
    public static Estimate NominalLinearised(RatingTable ratings, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var once = ratings.Once();
        if (OfCategories(ratings, once) is not { } value)
        {
            return UnitLinearisation.Undefined(
                NominalName, ratings.PairableUnits > 0 ? UnitBootstrap.OneCategory : UnitBootstrap.NoPair);
        }

        int[] units = [.. Enumerable.Range(0, ratings.Units).Where(ratings.Pairable)];
        double[] totals = [.. PairableTotals(ratings, once).Select(n => (double)n)];
        var (n, mean) = (totals.Sum(), totals.Sum() / units.Length);
        var observed = units.Sum(unit => ratings.Size(unit) * ratings.PairAgreement(unit)) / n; // p′
        var agreement = observed + (1 - observed) / n;                                          // p_a
        var chance = totals.Sum(total => total * total) / (n * n);                              // p_e
        var uncorrected = (observed - chance) / (1 - chance);                                   // alpha′
        return UnitLinearisation.Of(NominalName, value, [.. units.Select(Contribution)], level);

        double Contribution(int unit)
        {
            var size = ratings.Size(unit) / mean;
            var counts = ratings.Counts(unit);
            var own = 0.0;
            for (var k = 0; k < totals.Length; k++)
                own += counts[k] * totals[k] / n / mean;

            var a = size * ratings.PairAgreement(unit) - agreement * (size - 1);
            var e = own - chance * (size - 1);
            return (a - chance - 2 * (1 - uncorrected) * (e - chance)) / (1 - chance);
        }
    }

    private static double? OfCategories(RatingTable ratings, ReadOnlySpan<int> weights)
    {
        var disagreement = 0.0; // n D_o
        for (var unit = 0; unit < weights.Length; unit++)
        {
            if (ratings.Pairable(unit))
                disagreement += weights[unit] * ratings.Size(unit) * (1 - ratings.PairAgreement(unit));
        }

        var totals = PairableTotals(ratings, weights);
        double n = totals.Sum();
        var expected = n * n; // n(n − 1) D_e, without rounding
        foreach (double total in totals)
            expected -= total * total;
        return expected == 0 ? null : 1 - (n - 1) * disagreement / expected;
    }

    /// <param name="scale">The value of each category, given the number of pairable ratings in each.</param>
    private static double? OfValues(RatingTable ratings, ReadOnlySpan<int> weights, Func<int[], double[]> scale)
    {
        var totals = PairableTotals(ratings, weights);
        if (totals.Count(total => total > 0) < 2)
            return null;

        var values = scale(totals);
        var within = 0.0; // n D_o / 2
        for (var unit = 0; unit < weights.Length; unit++)
        {
            if (weights[unit] == 0 || !ratings.Pairable(unit))
                continue;
            double m = ratings.Size(unit);
            within += weights[unit] * SumOfSquares(ratings.Counts(unit), m, values) * m / (m - 1);
        }

        double n = totals.Sum();
        return 1 - (n - 1) * within / (n * SumOfSquares(totals, n, values));
    }

    /// <summary>n_c.</summary>
    private static int[] PairableTotals(RatingTable ratings, ReadOnlySpan<int> weights)
    {
        var totals = new int[ratings.Categories];
        for (var unit = 0; unit < weights.Length; unit++)
        {
            if (!ratings.Pairable(unit))
                continue;
            var counts = ratings.Counts(unit);
            for (var c = 0; c < totals.Length; c++)
                totals[c] += weights[unit] * counts[c];
        }

        return totals;
    }

    private static double SumOfSquares(ReadOnlySpan<int> counts, double n, double[] values)
    {
        var mean = 0.0;
        for (var c = 0; c < values.Length; c++)
            mean += counts[c] * values[c];
        mean /= n;

        var sum = 0.0;
        for (var c = 0; c < values.Length; c++)
            sum += counts[c] * (values[c] - mean) * (values[c] - mean);
        return sum;
    }

    private static double[] MeanRanks(int[] totals)
    {
        var ranks = new double[totals.Length];
        var below = 0.0;
        for (var c = 0; c < totals.Length; c++)
        {
            ranks[c] = below + totals[c] / 2.0;
            below += totals[c];
        }

        return ranks;
    }

    private static double[] Numbers(int[] totals) => [.. Enumerable.Range(0, totals.Length).Select(c => (double)c)];
}
