namespace PixelPost.Stats;

/// <summary>
/// Two one-sided tests of a difference A − B against a margin: is A not worse than B by the margin or more (non-inferiority), and
/// do they differ by less than the margin either way (equivalence, TOST)?
/// </summary>
public sealed record MarginResult
{
    /// <summary>Which test, in words.</summary>
    public required string Method { get; init; }

    /// <summary>The largest difference that does not matter, on the scale of the estimate, above 0; fixed before the data are seen.</summary>
    public required double Margin { get; init; }

    /// <summary>Significance level of each one-sided test.</summary>
    public required double Significance { get; init; }

    /// <summary>
    /// The difference, with the two-sided interval at level 1 − 2 × significance: 90 % at 5 %. Non-inferior when all of it is
    /// above −margin, equivalent when it is also below the margin.
    /// </summary>
    public required Estimate Estimate { get; init; }

    /// <summary>z or t of "the difference is −margin"; null when undefined.</summary>
    public double? Statistic { get; init; }

    /// <summary>One-sided p-value of "A is worse by the margin or more"; null when undefined.</summary>
    public double? NonInferiorityPValue { get; init; }

    /// <summary>One-sided p-value of "A is better by the margin or more"; null when undefined.</summary>
    public double? NonSuperiorityPValue { get; init; }

    /// <summary>p-value of "the systems differ by the margin or more": the larger of the two one-sided ones; null when undefined.</summary>
    public double? EquivalencePValue => NonInferiorityPValue is { } worse && NonSuperiorityPValue is { } better
        ? Math.Max(worse, better)
        : null;

    /// <summary>Whether A is shown to be at most the margin worse; null when undefined. False does not show that it is worse.</summary>
    public bool? IsNonInferior => NonInferiorityPValue is { } p ? p <= Significance : null;

    /// <summary>Whether the difference is shown to be within the margin; null when undefined.</summary>
    public bool? IsEquivalent => EquivalencePValue is { } p ? p <= Significance : null;

    /// <summary>Why another clustering was used than the one asked for; null when it was not, and where nothing is clustered.</summary>
    public string? Fallback { get; init; }

    /// <summary>Why there are no p-values; null when they are there.</summary>
    public string? Reason { get; init; }
}
