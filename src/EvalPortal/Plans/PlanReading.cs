using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Plans;

/// <summary>How what is looked at stands to the plan that is in force.</summary>
public sealed record PlanReading
{
    public required PlanVersion Version { get; init; }

    /// <summary>In what it is not as planned, a sentence each.</summary>
    public required IReadOnlyList<string> Departures { get; init; }

    /// <summary>Whether everything is as planned.</summary>
    public bool IsAsPlanned => Departures.Count == 0;

    /// <summary>Reads a view of results.</summary>
    /// <param name="asked">The questions of the study.</param>
    /// <param name="compared">How many comparisons a question has compared by now.</param>
    /// <param name="source">Whose votes are counted.</param>
    /// <param name="exclusions">What is done about excluded raters.</param>
    /// <param name="all">The study's exclusions; lifted ones do not matter.</param>
    public static PlanReading Of(
        PlanVersion version, IReadOnlyList<Axis> asked, Func<Axis, int> compared, VoteSource source, Exclusions exclusions, IEnumerable<Exclusion> all)
    {
        var inForce = all.Where(exclusion => exclusion.IsInForce && (source == VoteSource.Both || exclusion.Simulated == (source == VoteSource.Simulated))).ToList();
        return new PlanReading
        {
            Version = version,
            Departures =
            [
                .. OfVotes(source),
                .. exclusions == Exclusions.Applied ? OfRules(version.Plan, inForce) : OfCountedRaters(inForce),
                .. OfFamily(version.Plan, asked),
                .. OfPlannedNumber(version.Plan, compared),
            ],
        };
    }

    private static IEnumerable<string> OfVotes(VoteSource source)
    {
        if (source != VoteSource.Real)
            yield return "Simulated votes are counted: the plan is about people's.";
    }

    private static IEnumerable<string> OfRules(AnalysisPlan plan, IEnumerable<Exclusion> inForce) =>
        from exclusion in inForce
        where !plan.ExclusionRules.Contains(exclusion.Rule)
        group exclusion by exclusion.Flag into rule
        select $"{Figures.Count(rule.Count(), "rater")} left out by a rule that the plan does not name: {QualityWords.Rule(rule.Key)}.";

    private static IEnumerable<string> OfCountedRaters(List<Exclusion> inForce)
    {
        if (inForce.Count > 0)
            yield return $"{Figures.Count(inForce.Count, "excluded rater")} counted all the same: the plan leaves excluded raters out.";
    }

    private static IEnumerable<string> OfFamily(AnalysisPlan plan, IReadOnlyList<Axis> asked) =>
        asked.Where(axis => !plan.Family.Contains(axis)).Select(axis => $"{axis} is outside the planned family: its test is exploratory.");

    private static IEnumerable<string> OfPlannedNumber(AnalysisPlan plan, Func<Axis, int> compared) =>
        from axis in plan.Family
        where compared(axis) < plan.PlannedComparisons
        select $"{axis}: {Figures.Whole(compared(axis))} of the planned {Figures.Whole(plan.PlannedComparisons!.Value)} comparisons are compared. This is a look before the planned n.";
}
