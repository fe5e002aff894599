namespace PixelPost.EvalPortal.Reports;

/// <summary>What is asked of a file of votes.</summary>
public sealed record ReportRequest
{
    /// <summary>The only axis to report; null for all.</summary>
    public string? Axis { get; init; }

    /// <summary>The system whose lead is positive in the head-to-head.</summary>
    public string? SystemA { get; init; }

    /// <summary>The system it is compared with.</summary>
    public string? SystemB { get; init; }

    /// <summary>The largest lead in net win rate that does not matter; null when nothing is to be tested against it.</summary>
    public double? Margin { get; init; }
}
