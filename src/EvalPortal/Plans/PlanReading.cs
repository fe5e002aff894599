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
        PlanVersion version, IReadOnlyList<Axis> asked, Func<Axis, int> compared, VoteSource source, Exclusions exclusions, IEnumerable<Exclusion> all) =>
        Of(version, asked, compared, source, exclusions, [.. all
            .Where(exclusion => exclusion.IsInForce && (source == VoteSource.Both || exclusion.Simulated == (source == VoteSource.Simulated)))
            .Select(exclusion => exclusion.Rule)]);

    /// <summary>Reads a view of results.</summary>
    /// <param name="rules">For each excluded rater the rule that did it.</param>
    public static PlanReading Of(
        PlanVersion version, IReadOnlyList<Axis> asked, Func<Axis, int> compared, VoteSource source, Exclusions exclusions, IReadOnlyList<string> rules) => new()
        {
            Version = version,
            Departures =
            [
                .. OfVotes(source),
                .. exclusions == Exclusions.Applied ? OfRules(version.Plan, rules) : OfCountedRaters(rules.Count),
                .. OfFamily(version.Plan, asked),
                .. OfPlannedNumber(version.Plan, compared),
            ],
        };

    private static IEnumerable<string> OfVotes(VoteSource source)
    {
        if (source != VoteSource.Real)
            yield return "Simulated votes are counted: the plan is about people's.";
    }

    private static IEnumerable<string> OfRules(AnalysisPlan plan, IEnumerable<string> rules) =>
        from rule in rules
        where !plan.ExclusionRules.Contains(rule)
        group rule by rule into one
        select $"{Figures.Count(one.Count(), "rater")} left out by a rule that the plan does not name: {PlanWords.Rule(one.Key)}.";

    private static IEnumerable<string> OfCountedRaters(int raters)
    {
        if (raters > 0)
            yield return $"{Figures.Count(raters, "excluded rater")} counted all the same: the plan leaves excluded raters out.";
    }

    private static IEnumerable<string> OfFamily(AnalysisPlan plan, IReadOnlyList<Axis> asked) =>
        asked.Where(axis => !plan.Family.Contains(axis)).Select(axis => $"{axis} is outside the planned family: its test is exploratory.");

    private static IEnumerable<string> OfPlannedNumber(AnalysisPlan plan, Func<Axis, int> compared) =>
        from axis in plan.Family
        where compared(axis) < plan.PlannedComparisons
        select $"{axis}: {Figures.Whole(compared(axis))} of the planned {Figures.Whole(plan.PlannedComparisons!.Value)} comparisons are compared. This is a look before the planned n.";
}
