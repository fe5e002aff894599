namespace PixelPost.Stats;

/// <summary>What one rater did in two stretches of a study.</summary>
/// <param name="EarlierHits">How often in the earlier one.</param>
/// <param name="EarlierCases">Out of how many.</param>
/// <param name="LaterHits">How often in the later one.</param>
/// <param name="LaterCases">Out of how many.</param>
public readonly record struct RaterStretch(int EarlierHits, int EarlierCases, int LaterHits, int LaterCases);

/// <summary>A share in an earlier and in a later stretch of a study.</summary>
public sealed record ShareChangeResult
{
    /// <summary>The earlier share; null without a case.</summary>
    public required double? Earlier { get; init; }

    /// <summary>The later share; null without a case.</summary>
    public required double? Later { get; init; }

    /// <summary>Raters with a case in either.</summary>
    public required int Raters { get; init; }

    /// <summary>Test that the share is the same, two-sided, not adjusted; null where there is none.</summary>
    public required double? PValue { get; init; }

    /// <summary>The same against a rise only, one-sided.</summary>
    public required double? RisePValue { get; init; }

    /// <summary>Why there is no test; null when there is.</summary>
    public required string? Reason { get; init; }
}

/// <summary>
/// Whether a share changed from one stretch of a study to another, raters being as different as they may be.
/// </summary>
/// <remarks>
/// A rater g with x hits of n cases adds c_g = (x₂ − p n₂)/N₂ − (x₁ − p n₁)/N₁ to the change, p being the share of both stretches; the
/// c_g sum to the change whatever p is, and t = mean/SE of the c_g with G − 1 degrees of freedom: votes of a rater count as one case
/// (Liang and Zeger 1986). If time does not matter, a rater's two parts can be swapped, which turns the sign of c_g when the stretches
/// are as long: then Student's t errs to the safe side however unequal the c_g are (Efron 1969, "Student's t-test under symmetry
/// conditions", J. Am. Stat. Assoc. 64). No p-value is below 2⁻ᴳ, how often all raters go the same way by luck. One rater alone can therefore never make a change; that is what flags are for.
/// </remarks>
public static class ShareChange
{
    /// <summary>Raters below which nothing is tested.</summary>
    public const int FewestRaters = 5;

    private const double Nothing = 1e-12; // what rounding leaves of 0

    /// <summary>The change.</summary>
    /// <param name="raters">Everybody's hits and cases; who has no case in either stretch is passed over.</param>
    public static ShareChangeResult Of(IEnumerable<RaterStretch> raters)
    {
        var all = raters.Where(rater => rater.EarlierCases + rater.LaterCases > 0).ToList();
        double hits1 = all.Sum(rater => (long)rater.EarlierHits), cases1 = all.Sum(rater => (long)rater.EarlierCases);
        double hits2 = all.Sum(rater => (long)rater.LaterHits), cases2 = all.Sum(rater => (long)rater.LaterCases);
        if (cases1 == 0 || cases2 == 0)
            return Untested("A part has no case.");
        if (all.Count < FewestRaters)
            return Untested($"Fewer than {FewestRaters} raters.");

        var common = (hits1 + hits2) / (cases1 + cases2);
        var parts = all.ConvertAll(rater =>
            (rater.LaterHits - common * rater.LaterCases) / cases2 - (rater.EarlierHits - common * rater.EarlierCases) / cases1);
        var mean = parts.Sum() / parts.Count;
        var error = Math.Sqrt(parts.Sum(part => (part - mean) * (part - mean)) / parts.Count / (parts.Count - 1));
        if (error < Nothing && Math.Abs(mean) < Nothing)
            return Untested("All raters are alike in it, so nothing shows how far raters differ.");

        var tail = error < Nothing ? (mean > 0 ? 0 : 1) : Quantiles.StudentTail(mean / error, parts.Count - 1);
        var least = Math.ScaleB(1, -parts.Count);
        return Result(Math.Max(2 * Math.Min(tail, 1 - tail), 2 * least), Math.Max(tail, least), null);

        ShareChangeResult Untested(string reason) => Result(null, null, reason);

        ShareChangeResult Result(double? p, double? rise, string? reason) => new()
        {
            Earlier = cases1 > 0 ? hits1 / cases1 : null,
            Later = cases2 > 0 ? hits2 / cases2 : null,
            Raters = all.Count,
            PValue = p,
            RisePValue = rise,
            Reason = reason,
        };
    }
}
