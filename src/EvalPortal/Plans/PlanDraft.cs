using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plans;

/// <summary>A plan that is being written, and the rules it has to keep.</summary>
public sealed class PlanDraft
{
    /// <summary>Every rule by which raters can be left out, as exclusions name them.</summary>
    public static IReadOnlyList<string> Rules { get; } = [.. Enum.GetValues<RaterFlagKind>().Select(kind => kind.ToText()), Exclusion.RuleOf(null)];

    private readonly Study _study;

    private PlanDraft(Study study) => _study = study;

    /// <summary>The questions in the family.</summary>
    public HashSet<Axis> Family { get; } = [];

    public bool WithLinked { get; set; }

    public PlannedTest Test { get; set; }

    public double Significance { get; set; }

    /// <summary>In points of the alignment rate.</summary>
    public double MarginPoints { get; set; } = 5;

    /// <summary>The rules by which raters may be left out.</summary>
    public HashSet<string> ExclusionRules { get; } = [];

    public int? PlannedComparisons { get; set; }

    /// <summary>What the planned number was computed from; null where it was not.</summary>
    public PowerAssumptions? Power { get; set; }

    /// <summary>The tests that the study can have.</summary>
    public IReadOnlyList<PlannedTest> Tests => AnalysisPlan.TestsOf(_study.Form, _study.SystemBId is not null);

    /// <summary>What a study begins with: all its questions, its form's usual test, nobody left out.</summary>
    public static PlanDraft For(Study study) =>
        Of(study, AnalysisPlan.For([.. study.Axes.Select(axis => axis.Axis)], study.SystemBId is not null));

    /// <summary>What a plan says already.</summary>
    public static PlanDraft Of(Study study, AnalysisPlan plan)
    {
        var draft = new PlanDraft(study)
        {
            WithLinked = plan.WithLinked,
            Test = plan.Test,
            Significance = plan.Significance,
            MarginPoints = (plan.Margin ?? AnalysisPlan.UsualMargin) * 100,
            PlannedComparisons = plan.PlannedComparisons,
            Power = plan.Power,
        };
        draft.Family.UnionWith(plan.Family);
        draft.ExclusionRules.UnionWith(plan.ExclusionRules);
        return draft;
    }

    /// <summary>What keeps it from being kept, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        if (Family.Count == 0)
            yield return "Put at least one question into the family.";
        if (Significance is < 0.0001 or > 0.5)
            yield return "A significance level is from 0.0001 to 0.5.";
        if (Test == PlannedTest.NonInferiority && MarginPoints is not (> 0 and < 100))
            yield return "A margin is above 0 and below 100 points.";
        if (PlannedComparisons < 1)
            yield return "Plan at least 1 comparison, or leave the number empty.";
    }

    /// <summary>The plan, once there are no faults.</summary>
    public AnalysisPlan ToPlan() => new()
    {
        Family = [.. _study.Axes.Select(axis => axis.Axis).Where(Family.Contains)],
        WithLinked = WithLinked && _study is { StudyGroupId: not null, Form: StudyForm.Pairs },
        Test = Test,
        Significance = Significance,
        Margin = Test == PlannedTest.NonInferiority ? Math.Round(MarginPoints / 100, 6) : null,
        ExclusionRules = [.. Rules.Where(ExclusionRules.Contains)],
        PlannedComparisons = PlannedComparisons,
        Power = PlannedComparisons is null ? null : Power,
    };
}
