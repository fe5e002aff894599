using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>The share of each outcome, with Wilson intervals: of all that was compared, and for rejects of all.</summary>
public sealed record OutcomeRates
{
    public required Estimate AWins { get; init; }

    public required Estimate Tie { get; init; }

    public required Estimate Split { get; init; }

    public required Estimate BWins { get; init; }

    public required Estimate Reject { get; init; }

    internal static OutcomeRates Of(OutcomeCounts counts) => new()
    {
        AWins = Rate.Wilson(counts.A, counts.Compared),
        Tie = Rate.Wilson(counts.Tie, counts.Compared),
        Split = Rate.Wilson(counts.Split, counts.Compared),
        BWins = Rate.Wilson(counts.B, counts.Compared),
        Reject = Rate.Wilson(counts.Reject, counts.Total),
    };
}
