using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Plans;

/// <summary>By what a plan decides.</summary>
public enum PlannedTest
{
    /// <summary>Pairs: exact sign test on the decisions, ties dropped.</summary>
    SignTest,

    /// <summary>Pairs: the net win rate in votes, clustered by prompt and rater.</summary>
    VoteNetWinRate,

    /// <summary>Text alignment: A is no more than the margin worse than B.</summary>
    NonInferiority,

    /// <summary>Text alignment: A and B differ.</summary>
    Difference,

    /// <summary>Shares with their intervals; no test.</summary>
    None,
}

/// <summary>How a study will be analysed, written down before anybody knows what comes of it.</summary>
public sealed record AnalysisPlan
{
    /// <summary>The margin that a new plan begins with.</summary>
    public const double UsualMargin = 0.05;

    /// <summary>The questions whose tests are one family, adjusted by Holm; what the study asks beside them is exploratory.</summary>
    public required IReadOnlyList<Axis> Family { get; init; }

    /// <summary>Whether the questions of the linked studies of pairs are in the family too.</summary>
    public bool WithLinked { get; init; }

    public required PlannedTest Test { get; init; }

    /// <summary>Two-sided, but for non-inferiority.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>The largest lag in alignment rate that does not matter; with <see cref="PlannedTest.NonInferiority"/> only.</summary>
    public double? Margin { get; init; }

    /// <summary>The rules by which raters may be left out, as exclusions name them: <c>side_bias</c>, <c>manual</c>.</summary>
    public IReadOnlyList<string> ExclusionRules { get; init; } = [];

    /// <summary>How many comparisons each question is to have compared before anybody looks; null where that is not planned.</summary>
    public int? PlannedComparisons { get; init; }

    /// <summary>What the planned number rests on; null where it was not computed.</summary>
    public PowerAssumptions? Power { get; init; }

    /// <summary>What a study begins with: all its questions in one family, its form's usual test, nobody left out.</summary>
    public static AnalysisPlan For(IReadOnlyList<Axis> asked, bool twoSystems)
    {
        var test = TestsOf(asked[0].Form(), twoSystems)[0];
        return new AnalysisPlan { Family = asked, Test = test, Margin = test == PlannedTest.NonInferiority ? UsualMargin : null };
    }

    /// <summary>The same for a study that asks other questions or is of another form: what does not fit it becomes as in any new study.</summary>
    public AnalysisPlan Fitted(IReadOnlyList<Axis> asked, bool twoSystems)
    {
        var (usual, family) = (For(asked, twoSystems), asked.Where(Family.Contains).ToList());
        return TestsOf(asked[0].Form(), twoSystems).Contains(Test) && family.Count > 0 ? this with { Family = family }
            : usual with { ExclusionRules = ExclusionRules, PlannedComparisons = PlannedComparisons, Power = Power };
    }

    /// <summary>The tests that a form has, the usual one first.</summary>
    public static IReadOnlyList<PlannedTest> TestsOf(StudyForm form, bool twoSystems) => (form, twoSystems) switch
    {
        (StudyForm.Pairs, _) => [PlannedTest.SignTest, PlannedTest.VoteNetWinRate],
        (StudyForm.Alignment, true) => [PlannedTest.NonInferiority, PlannedTest.Difference],
        _ => [PlannedTest.None],
    };
}
