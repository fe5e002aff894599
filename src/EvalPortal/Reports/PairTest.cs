using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>
/// The test of "neither system is better" on decisions: the exact sign test while every prompt has one comparison, else the t test
/// that allows for the comparisons of a prompt being alike.
/// </summary>
public sealed record PairTest
{
    /// <summary>Which test, in words.</summary>
    public required string Method { get; init; }

    /// <summary>Two-sided p-value, not adjusted; null when there is none.</summary>
    public double? PValue { get; init; }

    /// <summary>Why there is none; null when there is one.</summary>
    public string? Reason { get; init; }

    /// <param name="clustered">The net win rate of the decisions by prompt; null while every prompt has one comparison.</param>
    internal static PairTest Of(OutcomeCounts decisions, ClusteredEstimate? clustered)
    {
        if (clustered is not null)
            return new() { Method = "t test of the net win rate of the decisions, cluster-robust by prompt", PValue = clustered.PValue, Reason = clustered.Estimate.Reason };
        var test = SignTest.TiesDropped(decisions);
        return new() { Method = test.Method, PValue = test.PValue, Reason = test.Reason };
    }
}
