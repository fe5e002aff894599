using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>What observations share that makes them hang together.</summary>
public enum Clustering
{
    /// <summary>Scores of the same prompt.</summary>
    ByPrompt,

    /// <summary>Scores of the same rater.</summary>
    ByRater,

    /// <summary>Scores of the same prompt or of the same rater.</summary>
    TwoWay,
}

/// <summary>Small-sample factor of the cluster variance.</summary>
public enum ClusterCorrection
{
    /// <summary>None.</summary>
    Cr0,

    /// <summary>G/(G−1) for G clusters.</summary>
    Cr1,
}

/// <summary>A net win rate with a cluster-robust interval and test.</summary>
public sealed record ClusteredEstimate
{
    /// <summary>Net win rate, Student t interval and standard error.</summary>
    public required Estimate Estimate { get; init; }

    /// <summary>The clustering used: the one asked for, unless <see cref="Fallback"/> says otherwise.</summary>
    public required Clustering Clustering { get; init; }

    /// <summary>Why another clustering was used than the one asked for; null when it was not.</summary>
    public string? Fallback { get; init; }

    /// <summary>Number of prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>Number of raters.</summary>
    public required int Raters { get; init; }

    /// <summary>
    /// Two-sided p-value of "the net win rate is 0", not adjusted; null exactly when the estimate has no interval.
    /// </summary>
    public double? PValue { get; init; }
}

/// <summary>
/// Net win rate over votes, with a standard error that allows for votes on one prompt, or by one rater, being alike:
/// V = Σ over clusters (sum of residuals)² / n², and Student t with clusters − 1 degrees of freedom.
/// </summary>
/// <remarks>
/// Liang and Zeger (1986), "Longitudinal data analysis using generalized linear models", Biometrika 73; two ways: Cameron, Gelbach
/// and Miller (2011), "Robust inference with multiway clustering", JBES 29. Clusters must be independent of each
/// other; with fewer than about 20 of them the interval is still somewhat narrow.
/// </remarks>
public static class ClusteredNetWinRate
{
    /// <summary>Net win rate with a cluster-robust interval. Two-way: V = V(prompt) + V(rater) − V(prompt and rater).</summary>
    /// <param name="scores">One per vote that compares (rejects left out), or one per decision; gone over several times.</param>
    /// <param name="clustering">
    /// <see cref="Clustering.TwoWay"/> when raters vote on several prompts. It falls back, and says so, to the one way that has at
    /// least two clusters, or, where the difference of variances is not positive, to the one way with the larger variance.
    /// </param>
    /// <param name="correction">Factor on each variance.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static ClusteredEstimate Of(
        IEnumerable<ClusteredScore> scores,
        Clustering clustering,
        ClusterCorrection correction = ClusterCorrection.Cr1,
        double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var prompts = ClusterTotals.By(scores, score => score.Prompt);
        var raters = ClusterTotals.By(scores, score => score.Rater);
        var byPrompt = new Basis(Clustering.ByPrompt, "by prompt", prompts.Clusters.Length, prompts.Variance(correction));
        var byRater = new Basis(Clustering.ByRater, "by rater", raters.Clusters.Length, raters.Variance(correction));
        var basis = clustering switch
        {
            Clustering.ByPrompt => byPrompt,
            Clustering.ByRater => byRater,
            _ => TwoWay(byPrompt, byRater, prompts.VarianceByPromptAndRater(scores, correction)),
        };
        var factor = correction == ClusterCorrection.Cr1 ? "cr1" : "cr0";
        var estimate = StudentInterval($"Student t interval, cluster-robust {basis.Name} ({factor})", prompts, basis, level);
        return new ClusteredEstimate
        {
            Estimate = estimate,
            PValue = estimate.StandardError is { } error
                ? 2 * StudentT.CDF(0, 1, basis.Clusters - 1, -Math.Abs(prompts.Mean / error))
                : null,
            Clustering = basis.Clustering,
            Fallback = basis.Fallback,
            Prompts = prompts.Clusters.Length,
            Raters = raters.Clusters.Length,
        };
    }

    /// <summary>
    /// A two-way variance smaller than this part of the larger one-way variance is the rounding error of an exact 0.
    /// </summary>
    private const double Rounding = 1e-12;

    /// <summary>What the interval rests on. The variance has a meaning from two clusters on.</summary>
    private sealed record Basis(Clustering Clustering, string Name, int Clusters, double Variance, string? Fallback = null);

    private static Basis TwoWay(Basis byPrompt, Basis byRater, double cellVariance)
    {
        var twoWay = new Basis(
            Clustering.TwoWay,
            "by prompt and rater",
            Math.Min(byPrompt.Clusters, byRater.Clusters),
            byPrompt.Variance + byRater.Variance - cellVariance);
        if (twoWay.Clusters < 2 && byPrompt.Clusters > 1)
            return byPrompt with { Fallback = "There is only one rater, so the scores are clustered by prompt alone." };
        if (twoWay.Clusters < 2 && byRater.Clusters > 1)
            return byRater with { Fallback = "There is only one prompt, so the scores are clustered by rater alone." };

        var larger = byPrompt.Variance >= byRater.Variance ? byPrompt : byRater;
        if (twoWay.Clusters < 2 || twoWay.Variance > Rounding * larger.Variance)
            return twoWay;
        return larger with { Fallback = $"The two-way variance is not positive, so the scores are clustered {larger.Name} alone." };
    }

    private static Estimate StudentInterval(string method, ClusterTotals scores, Basis basis, double level)
    {
        if (scores.Count == 0)
            return Estimate.Undefined(method, NetWinRate.NothingCompared);
        if (basis.Clusters < 2)
            return Estimate.WithoutInterval(method, scores.Mean, $"An interval clustered {basis.Name} needs at least two clusters.");
        if (basis.Variance == 0)
            return Estimate.WithoutInterval(method, scores.Mean, ClusterTotals.NoVariation);

        var error = Math.Sqrt(basis.Variance);
        var half = Quantiles.StudentT(level, basis.Clusters - 1) * error;
        return Estimate.Of(method, scores.Mean, new Interval(scores.Mean - half, scores.Mean + half, level), error);
    }
}
