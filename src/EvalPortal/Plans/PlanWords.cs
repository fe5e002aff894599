using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plans;

/// <summary>A plan in words, the same on every page.</summary>
internal static class PlanWords
{
    public static string Of(PlannedTest test) => test switch
    {
        PlannedTest.SignTest => "Exact sign test on the majority decisions, ties dropped, two-sided",
        PlannedTest.VoteNetWinRate => "Net win rate in votes, clustered by prompt and rater, two-sided",
        PlannedTest.NonInferiority => "A is no more than the margin worse than B, one-sided, clustered by prompt",
        PlannedTest.Difference => "Difference of A and B, clustered by prompt, two-sided",
        _ => "No test: shares with their 95 % intervals",
    };

    /// <summary>Which tests are adjusted together.</summary>
    public static string Family(AnalysisPlan plan) =>
        $"{Sentence(plan.Family)}{(plan.WithLinked ? " with the questions of the linked studies of pairs" : "")}{(plan.Family.Count > 1 || plan.WithLinked ? ", adjusted by Holm" : "")}";

    /// <summary>By what raters may be left out.</summary>
    public static string Exclusions(AnalysisPlan plan) =>
        plan.ExclusionRules.Count == 0 ? "nobody is left out" : string.Join(", ", plan.ExclusionRules.Select(Rule));

    /// <summary>A rule as it stands in exclusions, in words.</summary>
    public static string Rule(string rule) => QualityWords.Rule(rule == Exclusion.RuleOf(null) ? null : ColumnTypes.ToEnum<RaterFlagKind>(rule));

    /// <summary>How many votes were there when a version was locked.</summary>
    public static string VotesBefore(PlanVersion version) => version.VotesBefore switch
    {
        null or 0 => "before the first vote",
        { } votes => $"when {Figures.Count(votes, "vote")} of people {(votes == 1 ? "was" : "were")} in",
    };

    private static string Sentence(IReadOnlyList<Axis> axes) => string.Join(" and ", axes.Select(axis => axis.ToText()));
}
