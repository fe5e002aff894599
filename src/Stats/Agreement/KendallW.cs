namespace PixelPost.Stats;

/// <summary>How far raters rank the same objects alike.</summary>
public sealed record ConcordanceResult
{
    /// <summary>W, from 0 to 1; null where it is undefined. Chance alone gives 1/raters.</summary>
    public required double? W { get; init; }

    /// <summary>Mean of Spearman's correlations of any two raters, (mW − 1)/(m − 1): 0 by chance, 1 when all rank alike. Exact where raters have equally many ties, as with best and worst.</summary>
    public required double? MeanSpearman { get; init; }

    /// <summary>Friedman's test that nobody agrees, χ² = m(n − 1)W with n − 1 degrees of freedom.</summary>
    public required TestResult Test { get; init; }
}

/// <summary>
/// Kendall's coefficient of concordance, W = 12 S/(m²(n³ − n) − m Σ T): S the sum of squares of the objects' rank sums about their mean,
/// m raters, n objects, T = Σ (t³ − t) over the ties of a rater, who share the mean of their ranks.
/// </summary>
/// <remarks>
/// Kendall and Babington Smith (1939), "The problem of m rankings", Ann. Math. Stat. 10; ties: Kendall (1945), Biometrika 33; Friedman
/// (1937). A rater who picks the best and the worst of n has ranked them with n − 2 tied in the middle. The mean of Spearman's
/// correlations is the figure to compare between numbers of raters.
/// </remarks>
public static class KendallW
{
    private const string Method = "Friedman's test";

    /// <summary>W of one set of objects.</summary>
    /// <param name="scores">For each rater the score of each object, higher being better; equal scores are ties.</param>
    /// <returns>Undefined with fewer than two raters, and where every rater holds all objects for equal.</returns>
    /// <exception cref="ArgumentException">Raters scored different numbers of objects, or fewer than two.</exception>
    public static ConcordanceResult Of(IReadOnlyList<IReadOnlyList<double>> scores)
    {
        if (scores.Count > 0 && (scores[0].Count < 2 || scores.Any(rater => rater.Count != scores[0].Count)))
            throw new ArgumentException("Every rater must score the same objects, at least two.", nameof(scores));
        if (scores.Count < 2)
            return Undefined("Only one rater ranked.");

        double m = scores.Count, n = scores[0].Count;
        var (sums, ties) = (new double[scores[0].Count], 0.0);
        foreach (var rater in scores)
            ties += AddRanks(rater, sums);

        var squares = sums.Sum(sum => Math.Pow(sum - m * (n + 1) / 2, 2));
        var most = m * m * (n * n * n - n) - m * ties;
        if (most <= 0)
            return Undefined("No rater holds one for better than another.");
        var w = Math.Clamp(12 * squares / most, 0, 1);
        return new ConcordanceResult
        {
            W = w,
            MeanSpearman = (m * w - 1) / (m - 1),
            Test = TestResult.ChiSquared(Method, m * (n - 1) * w, scores[0].Count - 1),
        };
    }

    /// <summary>
    /// The mean over several sets of objects, such as the images of each prompt, of their mean Spearman correlations, with a t interval
    /// over the sets. Sets with fewer than two raters are left out.
    /// </summary>
    /// <param name="sets">For each set the scores of its raters.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    public static Estimate MeanSpearman(IEnumerable<IReadOnlyList<IReadOnlyList<double>>> sets, double level = 0.95)
    {
        const string Name = "mean Spearman correlation of two raters";
        _ = Quantiles.Tail(level);
        var means = sets.Where(set => set.Count > 1).Select(set => Of(set).MeanSpearman).OfType<double>().ToList();
        return means.Count == 0
            ? UnitLinearisation.Undefined(Name, UnitBootstrap.NoPair)
            : UnitLinearisation.Of(Name, means.Average(), means, level);
    }

    /// <summary>Adds a rater's ranks, 1 for the lowest score, to the sums.</summary>
    /// <returns>T of the rater.</returns>
    private static double AddRanks(IReadOnlyList<double> scores, double[] sums)
    {
        var ties = 0.0;
        for (var i = 0; i < scores.Count; i++)
        {
            var (below, equal) = (0, 0);
            foreach (var score in scores)
            {
                below += score < scores[i] ? 1 : 0;
                equal += score == scores[i] ? 1 : 0;
            }

            sums[i] += below + (equal + 1) / 2.0;
            ties += (double)equal * equal - 1; // summed over the t tied: t³ − t
        }

        return ties;
    }

    private static ConcordanceResult Undefined(string reason) =>
        new() { W = null, MeanSpearman = null, Test = TestResult.Undefined(Method, reason) };
}
