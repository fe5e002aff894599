using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>The results of a study: the numbers of its results page. One of the three forms is there.</summary>
public sealed record StudyResults
{
    public required long StudyId { get; init; }
    public required string SystemA { get; init; }
    public string? SystemB { get; init; }

    /// <summary>Whose votes are counted.</summary>
    public required VoteSource Votes { get; init; }

    /// <summary>Which raters are excluded, and whether their votes are left out.</summary>
    public required ExclusionSetResource Exclusions { get; init; }

    /// <summary>Whether the numbers rest on simulated votes, alone or among others.</summary>
    public required bool CountsSimulated { get; init; }

    /// <summary>In what they are not as the locked plan says, a sentence each; null where none is locked.</summary>
    public IReadOnlyList<string>? Departures { get; init; }

    /// <summary>Of pairs: each question.</summary>
    public IReadOnlyList<AxisResults>? Axes { get; init; }

    /// <summary>Of text alignment.</summary>
    public AlignmentSummary? Alignment { get; init; }

    /// <summary>Of best and worst.</summary>
    public PickResults? BestAndWorst { get; init; }
}

/// <summary>The exclusions that bear on a result.</summary>
public sealed record ExclusionSetResource
{
    /// <summary>Whether the votes are left out.</summary>
    public required bool Applied { get; init; }

    /// <summary>What names the set in exports: ids of exclusions, or <c>none</c>.</summary>
    public required string ExclusionSet { get; init; }
    public required int Raters { get; init; }
    public required int Votes { get; init; }

    internal static ExclusionSetResource Of(ExclusionSet set) =>
        new() { Applied = set.Exclusions == Quality.Exclusions.Applied, ExclusionSet = set.Name, Raters = set.Raters, Votes = set.Votes };
}

/// <summary>A number with its interval.</summary>
/// <param name="Value">Null where it cannot be computed.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Level">Its confidence level.</param>
/// <param name="Method">How it was got.</param>
/// <param name="Reason">Why value or interval is null.</param>
public sealed record EstimateResource(double? Value, double? Low, double? High, double? Level, string Method, string? Reason)
{
    internal static EstimateResource Of(Estimate estimate) => new(
        estimate.Value, estimate.Interval?.Lower, estimate.Interval?.Upper, estimate.Interval?.Level, estimate.Method, estimate.Reason);
}

/// <summary>Counts that add up.</summary>
public sealed record CountsResource(int A, int B, int Tie, int Split, int Reject)
{
    internal static CountsResource Of(OutcomeCounts counts) => new(counts.A, counts.B, counts.Tie, counts.Split, counts.Reject);
}

/// <summary>The results of a question about pairs. What the numbers mean: docs/statistics.md.</summary>
public sealed record AxisResults
{
    public required Axis Axis { get; init; }

    /// <summary>Decided comparisons; with the undecided they are all.</summary>
    public required CountsResource Decisions { get; init; }

    /// <summary>Comparisons without a vote.</summary>
    public required int Undecided { get; init; }

    /// <summary>Comparisons with all votes that are wanted.</summary>
    public required int Complete { get; init; }

    /// <summary>The votes, each for itself.</summary>
    public required CountsResource Votes { get; init; }
    public required int Raters { get; init; }

    /// <summary>Net win rate of the decisions.</summary>
    public required EstimateResource NetWinRate { get; init; }

    /// <summary>The same with an interval that may be looked at while votes come in.</summary>
    public required EstimateResource AlwaysValid { get; init; }

    /// <summary>Net win rate of the votes, clustered by prompt and rater.</summary>
    public required EstimateResource VoteNetWinRate { get; init; }

    /// <summary>The test whose p-value is adjusted.</summary>
    public required PlannedTest Test { get; init; }
    public double? PValue { get; init; }

    /// <summary>By Holm over the family.</summary>
    public double? AdjustedPValue { get; init; }
    public required int FamilySize { get; init; }

    /// <summary>Krippendorff's alpha, with a, b, tie and reject as four unrelated answers.</summary>
    public required EstimateResource Alpha { get; init; }

    /// <summary>What the numbers do not allow for, a sentence each.</summary>
    public required IReadOnlyList<string> Cautions { get; init; }

    internal static AxisResults Of(AxisReport axis) => new()
    {
        Axis = axis.Axis,
        Decisions = CountsResource.Of(axis.Decisions),
        Undecided = axis.Undecided,
        Complete = axis.Complete,
        Votes = CountsResource.Of(axis.Votes),
        Raters = axis.Raters,
        NetWinRate = EstimateResource.Of(axis.NetWinRate),
        AlwaysValid = EstimateResource.Of(axis.Sequential.Estimate),
        VoteNetWinRate = EstimateResource.Of(axis.VoteNetWinRate.Estimate),
        Test = axis.Test,
        PValue = axis.PValue,
        AdjustedPValue = axis.AdjustedPValue,
        FamilySize = axis.FamilySize,
        Alpha = EstimateResource.Of(axis.Agreement.NominalAlpha),
        Cautions = [.. axis.Cautions],
    };
}

/// <summary>The results of text alignment.</summary>
public sealed record AlignmentSummary
{
    /// <summary>Share of right answers about images of A.</summary>
    public required EstimateResource A { get; init; }
    public EstimateResource? B { get; init; }

    /// <summary>A less B.</summary>
    public EstimateResource? Difference { get; init; }

    /// <summary>The largest lag that does not matter.</summary>
    public required double Margin { get; init; }

    /// <summary>One-sided p-value of "A is worse by the margin or more".</summary>
    public double? NonInferiorityPValue { get; init; }
    public required int Sheets { get; init; }
    public required int Raters { get; init; }
    public required int Prompts { get; init; }

    internal static AlignmentSummary Of(AlignmentReport report) => new()
    {
        A = EstimateResource.Of(report.All.A.Rate),
        B = report.All.B is { } b ? EstimateResource.Of(b.Rate) : null,
        Difference = report.All.Difference is { } difference ? EstimateResource.Of(difference.Difference) : null,
        Margin = report.Margin,
        NonInferiorityPValue = report.NonInferiority?.NonInferiorityPValue,
        Sheets = report.Sheets,
        Raters = report.Raters,
        Prompts = report.Prompts,
    };
}

/// <summary>The results of best and worst.</summary>
public sealed record PickResults
{
    public required int Votes { get; init; }
    public required int Raters { get; init; }

    /// <summary>Votes that kept a flagged image as the best.</summary>
    public required int FlawOverrides { get; init; }
    public required IReadOnlyList<PickedSystem> Systems { get; init; }

    internal static PickResults Of(PreferenceReport report) => new()
    {
        Votes = report.Votes,
        Raters = report.Raters,
        FlawOverrides = report.FlawOverrides,
        Systems = [.. report.Systems.Select(system => new PickedSystem(system.IsA ? "a" : "b", system.Shown, EstimateResource.Of(system.Best), EstimateResource.Of(system.Worst)))],
    };
}

/// <summary>How often a system's images were picked.</summary>
/// <param name="System"><c>a</c> or <c>b</c>.</param>
/// <param name="Shown">Its share of the images that raters saw.</param>
/// <param name="Best">Share of the votes that picked one of its images as the best.</param>
/// <param name="Worst">The same of the worst.</param>
public sealed record PickedSystem(string System, double? Shown, EstimateResource Best, EstimateResource Worst);
