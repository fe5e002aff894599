namespace PixelPost.Stats;

/// <summary>
/// Krippendorff's alpha = 1 − D_o / D_e: 1 when all raters of every unit agree, 0 when they disagree as much as ratings put
/// together by chance, below 0 when more. Any number of raters; missing ratings are left out.
/// </summary>
/// <remarks>
/// Krippendorff (2011), "Computing Krippendorff's alpha-reliability". D_o = Σ o_ck δ²_ck / n over the coincidences o_ck of values
/// c, k within units; D_e = Σ n_c n_k δ²_ck / (n(n − 1)); n_c and n count pairable values, those of units with two ratings or more.
/// </remarks>
public static class KrippendorffAlpha
{
    /// <summary>Nominal: δ²_ck = 1 for different categories, 0 for the same.</summary>
    /// <param name="ratings">Ratings by unit; the order of categories has no meaning.</param>
    /// <param name="random">For the interval; seed it to get the same one again.</param>
    /// <param name="replicates">Number of resamples, at least 1,000.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <returns>Undefined when no comparison has two ratings, and when all pairable ratings are the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Nominal(
        RatingTable ratings, Random random, int replicates = UnitBootstrap.Replicates, double level = 0.95) =>
        UnitBootstrap.Run(
            "Krippendorff's alpha, nominal", ratings, table => Alpha(table, (_, _, _) => 1), NoVariation, random, replicates, level);

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
            "Krippendorff's alpha, ordinal", ratings, table => Alpha(table, RankDistance), NoVariation, random, replicates, level);

    private const string NoVariation = "All ratings are the same: without variation, agreement cannot be told from chance.";

    /// <param name="ratings">Ratings by unit.</param>
    /// <param name="distance">δ_ck of two different categories c &lt; k, given the number of pairable values in each category.</param>
    private static double? Alpha(RatingTable ratings, Func<double[], int, int, double> distance)
    {
        var q = ratings.Categories;
        var coincidences = new double[q, q]; // o, above the diagonal
        var totals = new double[q];          // n_c
        foreach (var unit in ratings.Units)
        {
            if (!unit.Pairable)
                continue;
            for (var c = 0; c < q; c++)
            {
                totals[c] += unit.Counts[c];
                for (var k = c + 1; k < q; k++)
                    coincidences[c, k] += (double)unit.Counts[c] * unit.Counts[k] / (unit.Ratings - 1);
            }
        }

        var (observed, expected) = (0.0, 0.0);
        for (var c = 0; c < q; c++)
        {
            for (var k = c + 1; k < q; k++)
            {
                var squared = Math.Pow(distance(totals, c, k), 2);
                observed += coincidences[c, k] * squared;
                expected += totals[c] * totals[k] * squared;
            }
        }

        return expected == 0 ? null : 1 - (totals.Sum() - 1) * observed / expected;
    }

    private static double RankDistance(double[] totals, int c, int k) => totals[c..(k + 1)].Sum() - (totals[c] + totals[k]) / 2;
}
