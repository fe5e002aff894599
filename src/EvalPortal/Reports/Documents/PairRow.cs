using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>Two systems on one axis: what the tables of a report show, whether the votes are a study's or those of any file.</summary>
internal sealed record PairRow
{
    public required string SystemA { get; init; }

    public required string SystemB { get; init; }

    /// <summary>The question, as a heading has it: <c>Visual flaws</c>.</summary>
    public required string Axis { get; init; }

    public required OutcomeCounts Decisions { get; init; }

    public required Estimate NetWinRate { get; init; }

    public required double? PValue { get; init; }

    public required double? AdjustedPValue { get; init; }

    /// <summary>Why there is no p-value; null when there is one.</summary>
    public required string? TestReason { get; init; }

    /// <summary>How many tests the p-value is adjusted over.</summary>
    public required int FamilySize { get; init; }

    /// <summary>Whether its test was planned; true without a plan.</summary>
    public bool IsInFamily { get; init; } = true;

    public required OutcomeCounts Votes { get; init; }

    /// <summary>Null where nobody knows who voted.</summary>
    public required int? Raters { get; init; }

    /// <summary>Comparisons with all the votes that the study asks for; null where nobody knows how many those are.</summary>
    public int? Complete { get; init; }

    /// <summary>Comparisons without a vote; null where nobody knows.</summary>
    public int? Undecided { get; init; }

    public required ClusteredEstimate VoteNetWinRate { get; init; }

    public required Agreement Agreement { get; init; }

    /// <summary>Share of the votes for one image that went to whichever stood on the left; null where sides are not known.</summary>
    public double? LeftShare { get; init; }

    /// <summary>The two systems as a row is headed.</summary>
    public required string Comparison { get; init; }

    /// <summary>The rows of a study, in the order of the paper.</summary>
    public static IEnumerable<PairRow> Of(StudyResult result) => result.Pairs!.Axes.OrderBy(axis => axis.Axis).Select(axis => new PairRow
    {
        SystemA = result.Data.SystemA,
        SystemB = result.Data.SystemB,
        Comparison = result.Comparison,
        Axis = DocumentWords.Axis(axis.Axis),
        Decisions = axis.Decisions,
        NetWinRate = axis.NetWinRate,
        PValue = axis.PValue,
        AdjustedPValue = axis.AdjustedPValue,
        TestReason = axis.Test == PlannedTest.VoteNetWinRate ? axis.VoteNetWinRate.Estimate.Reason : axis.SignTest.Reason,
        FamilySize = axis.FamilySize,
        IsInFamily = axis.IsInFamily,
        Votes = axis.Votes,
        Raters = axis.Raters,
        Complete = result.Data.IsDescribed ? axis.Complete : null,
        Undecided = result.Data.IsDescribed ? axis.Undecided : null,
        VoteNetWinRate = axis.VoteNetWinRate,
        Agreement = axis.Agreement,
        LeftShare = axis.Votes.Decided == 0 ? null : (double)axis.LeftWins / axis.Votes.Decided,
    });

    /// <summary>The rows of a file of votes; none where it is about more than two systems and no two were asked for.</summary>
    public static IEnumerable<PairRow> Of(VoteReport report) =>
        from axis in report.Axes
        let pair = axis.HeadToHead
        where pair is not null
        select new PairRow
        {
            SystemA = report.Pair!.A,
            SystemB = report.Pair.B,
            Comparison = $"{report.Pair.A} vs. {report.Pair.B}",
            Axis = DocumentWords.Capital(axis.Axis),
            Decisions = pair.Decisions,
            NetWinRate = pair.NetWinRate,
            PValue = pair.Test.PValue,
            AdjustedPValue = pair.AdjustedPValue,
            TestReason = pair.Test.Reason,
            FamilySize = Output.ReportWords.Family(report, axis),
            IsInFamily = report.Plan is null || report.Plan.Family.Contains(axis.Axis),
            Votes = pair.Votes,
            Raters = pair.Clusters.Raters,
            VoteNetWinRate = pair.VoteNetWinRate,
            Agreement = pair.Agreement,
        };
}
