using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>The results of a study: from votes to numbers, without a database or a page.</summary>
public sealed record StudyReport
{
    /// <summary>Whose votes are counted.</summary>
    public required VoteSource Source { get; init; }

    /// <summary>Which raters are excluded, and what that leaves out.</summary>
    public required ExclusionSet Exclusions { get; init; }

    /// <summary>How many votes the study asks for on each comparison and axis.</summary>
    public required int VotesPerComparison { get; init; }

    /// <summary>Every comparison of the study, in its order.</summary>
    public required IReadOnlyList<TalliedComparison> Comparisons { get; init; }

    /// <summary>One report per axis, in the order of the study.</summary>
    public required IReadOnlyList<AxisReport> Axes { get; init; }

    /// <summary>Number of counted votes.</summary>
    public required int Votes { get; init; }

    /// <summary>Number of raters whose votes are counted.</summary>
    public required int Raters { get; init; }

    /// <summary>Whether the numbers rest on simulated votes, alone or among others.</summary>
    public required bool CountsSimulated { get; init; }

    /// <summary>The same report with the tests of a plan: its family is adjusted, and what is outside of it stands alone.</summary>
    /// <param name="linked">Reports on the linked studies whose tests are in the family too; see <see cref="AnalysisPlan.WithLinked"/>.</param>
    public StudyReport Under(AnalysisPlan plan, IReadOnlyList<StudyReport> linked)
    {
        var axes = Axes.Select(axis => axis with { Test = plan.Test, IsInFamily = plan.Family.Contains(axis.Axis) }).ToList();
        var others = linked.SelectMany(report => report.Axes).Select(axis => (axis with { Test = plan.Test }).PValue).ToList();
        var adjusted = new Queue<double?>(FamilyAdjustment.Holm([.. axes.Where(axis => axis.IsInFamily).Select(axis => axis.PValue), .. others]));
        var size = plan.Family.Count + others.Count;
        return this with
        {
            Axes = [.. axes.Select(axis => axis.IsInFamily
                ? axis with { AdjustedPValue = adjusted.Dequeue(), FamilySize = size }
                : axis with { AdjustedPValue = axis.PValue, FamilySize = 1 })],
        };
    }

    /// <summary>Computes the report. The same votes in any order give the same numbers, to the last digit.</summary>
    public static StudyReport Of(VoteTable table, VoteSource source, Exclusions exclusions = Quality.Exclusions.Applied)
    {
        var cast = table.From(source);
        var counted = cast.Under(exclusions).Sorted();
        var comparisons = TalliedComparison.Of(counted);
        var axes = table.Axes.Select(axis => AxisReport.Of(axis, counted, comparisons)).ToList();
        // The axes are one family of tests, whether or not each of them could be computed.
        var adjusted = FamilyAdjustment.Holm([.. axes.Select(axis => axis.SignTest.PValue)]);
        return new StudyReport
        {
            Source = source,
            Exclusions = ExclusionSet.Of(cast, exclusions),
            VotesPerComparison = table.VotesPerComparison,
            Comparisons = comparisons,
            Axes = [.. axes.Zip(adjusted, (axis, pValue) => axis with { AdjustedPValue = pValue, FamilySize = axes.Count })],
            Votes = counted.Votes.Count,
            Raters = counted.Votes.Select(vote => vote.RaterId).Distinct().Count(),
            CountsSimulated = counted.HasSimulated,
        };
    }
}
