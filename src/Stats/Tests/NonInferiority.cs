namespace PixelPost.Stats;

/// <summary>
/// Non-inferiority and equivalence (TOST) within a margin, at a one-sided 5 %: "maintained" as a claim, which a large p-value of a
/// test of "no difference" is not.
/// </summary>
/// <remarks>
/// Schuirmann (1987), "A comparison of the two one-sided tests procedure and the power approach", J. Pharmacokinet. Biopharm. 15.
/// The margin must be fixed before the data are seen.
/// </remarks>
public static class NonInferiority
{
    /// <summary>Net win rate of independent cases: z = (net ± margin)/standard error of <see cref="NetWinRate.Normal"/>.</summary>
    /// <param name="counts">Of decisions.</param>
    /// <param name="margin">In net win rate, above 0 and below 1.</param>
    /// <param name="significance">Of each one-sided test, 0.0005 to 0.25.</param>
    /// <exception cref="ArgumentOutOfRangeException">Margin or significance is outside its range.</exception>
    public static MarginResult NetWinRateWald(OutcomeCounts counts, double margin, double significance = 0.05)
    {
        const string Method = "two one-sided Wald tests of the net win rate, independent cases";
        return Test(Method, NetWinRate.Normal(counts, Level(margin, significance)), margin, significance, Quantiles.NormalTail);
    }

    /// <summary>
    /// Net win rate of votes: t = (net ± margin)/cluster-robust standard error (cr1), with clusters − 1 degrees of freedom.
    /// </summary>
    /// <param name="scores">One per vote that compares (rejects left out), or one per decision.</param>
    /// <param name="clustering">As for <see cref="ClusteredNetWinRate.Of"/>, with the same fallbacks.</param>
    /// <param name="margin">In net win rate, above 0 and below 1.</param>
    /// <param name="significance">Of each one-sided test, 0.0005 to 0.25.</param>
    /// <exception cref="ArgumentOutOfRangeException">Margin or significance is outside its range.</exception>
    public static MarginResult NetWinRateClustered(
        IReadOnlyList<ClusteredScore> scores, Clustering clustering, double margin, double significance = 0.05)
    {
        const string Method = "two one-sided t tests of the net win rate, cluster-robust (cr1)";
        var result = ClusteredNetWinRate.Of(scores, clustering, level: Level(margin, significance));
        var clusters = result.Clustering switch
        {
            Clustering.ByPrompt => result.Prompts,
            Clustering.ByRater => result.Raters,
            _ => Math.Min(result.Prompts, result.Raters),
        };
        return Test(Method, result.Estimate, margin, significance, t => Quantiles.StudentTail(t, clusters - 1)) with
        {
            Fallback = result.Fallback,
        };
    }

    /// <summary>Two independent rates: z = (A − B ± margin)/unpooled standard error of <see cref="TwoProportions.Wald"/>.</summary>
    /// <param name="rates">Of the two systems.</param>
    /// <param name="margin">In rate, above 0 and below 1.</param>
    /// <param name="significance">Of each one-sided test, 0.0005 to 0.25.</param>
    /// <exception cref="ArgumentOutOfRangeException">Margin or significance is outside its range.</exception>
    public static MarginResult RatesWald(RatePair rates, double margin, double significance = 0.05)
    {
        const string Method = "two one-sided Wald tests of a difference of rates";
        return Test(Method, TwoProportions.Wald(rates, Level(margin, significance)), margin, significance, Quantiles.NormalTail);
    }

    /// <summary>
    /// Two independent rates by the score statistic of <see cref="FarringtonManning"/> at −margin and at margin. Defined at rates
    /// of 0 and 1 too: the one to use.
    /// </summary>
    /// <inheritdoc cref="RatesWald"/>
    public static MarginResult RatesScore(RatePair rates, double margin, double significance = 0.05)
    {
        const string Method = "two one-sided score tests of a difference of rates (Farrington-Manning)";
        var estimate = FarringtonManning.Difference(rates, Level(margin, significance));
        return rates.Empty
            ? Undefined(Method, estimate, margin, significance, estimate.Reason!)
            : Defined(
                Method, estimate, margin, significance, Quantiles.NormalTail,
                FarringtonManning.Z(rates, -margin), FarringtonManning.Z(rates, margin));
    }

    /// <summary>
    /// Yes-rates of two systems on the same prompts: t = (A − B ± margin)/standard error clustered by prompt, as in
    /// <see cref="AlignmentRates"/>.
    /// </summary>
    /// <param name="prompts">One per prompt; a prompt may lack one system.</param>
    /// <param name="margin">In rate, above 0 and below 1.</param>
    /// <param name="significance">Of each one-sided test, 0.0005 to 0.25.</param>
    /// <exception cref="ArgumentOutOfRangeException">Margin or significance is outside its range.</exception>
    public static MarginResult AlignmentClustered(
        IReadOnlyList<PromptAnswers> prompts, double margin, double significance = 0.05)
    {
        const string Method = "two one-sided t tests of a difference of yes-rates, cluster-robust by prompt (cr1)";
        var result = AlignmentRates.Compare(prompts, Level(margin, significance));
        return Test(Method, result.Difference, margin, significance, t => Quantiles.StudentTail(t, result.Prompts - 1));
    }

    /// <summary>The level of the two-sided interval whose bounds are the one-sided ones.</summary>
    private static double Level(double margin, double significance)
    {
        Ranges.CheckMargin(margin);
        if (!(significance is >= 0.0005 and <= 0.25))
            throw new ArgumentOutOfRangeException(
                nameof(significance), significance, "The significance level of a one-sided test must be from 0.0005 to 0.25.");
        return Math.Clamp(1 - 2 * significance, 0.5, 0.999);
    }

    private static MarginResult Test(
        string method, Estimate estimate, double margin, double significance, Func<double, double> upperTail)
    {
        if (estimate.Reason is { } reason)
            return Undefined(method, estimate, margin, significance, reason);
        if (estimate.StandardError is not > 0)
            return Undefined(method, estimate, margin, significance, NetWinRateTest.AllAlike);

        var (value, error) = (estimate.Value!.Value, estimate.StandardError.Value);
        return Defined(method, estimate, margin, significance, upperTail, (value + margin) / error, (value - margin) / error);
    }

    private static MarginResult Defined(
        string method,
        Estimate estimate,
        double margin,
        double significance,
        Func<double, double> upperTail,
        double fromBelow,
        double fromAbove)
    {
        return new MarginResult
        {
            Method = method,
            Margin = margin,
            Significance = significance,
            Estimate = estimate,
            Statistic = fromBelow,
            NonInferiorityPValue = upperTail(fromBelow),
            NonSuperiorityPValue = upperTail(-fromAbove),
        };
    }

    private static MarginResult Undefined(string method, Estimate estimate, double margin, double significance, string reason) =>
        new() { Method = method, Margin = margin, Significance = significance, Estimate = estimate, Reason = reason };
}
