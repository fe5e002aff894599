using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.Live;

/// <summary>How far a question is from the number of comparisons at which it was to be looked at.</summary>
/// <param name="Compared">Comparisons that are compared by now.</param>
/// <param name="Planned">Of the locked plan; null where it names none, or where the question is outside of its family.</param>
/// <param name="Wanted">Comparisons that the study asks about: what stands in where nothing was planned.</param>
public sealed record PlannedLook(int Compared, int? Planned, int Wanted)
{
    /// <summary>Whether the number is there.</summary>
    public bool IsReached => Compared >= (Planned ?? Wanted);

    /// <summary>How far it is, in a few words.</summary>
    public string ToWords() => (Planned, IsReached) switch
    {
        ({ } planned, true) => $"planned n reached: {Figures.Whole(Compared)} of {Figures.Whole(planned)} comparisons",
        ({ } planned, false) => $"planned n not reached: {Figures.Whole(Compared)} of {Figures.Whole(planned)} comparisons",
        (null, true) => $"no n was planned; all {Figures.Whole(Wanted)} comparisons are compared",
        _ => $"no n was planned; {Figures.Whole(Compared)} of all {Figures.Whole(Wanted)} comparisons are compared",
    };

    /// <summary>Which of the two intervals of a net win rate may be read now, a sentence.</summary>
    public string WhichInterval => IsReached
        ? "The fixed-n interval may be read, once, now that its n is reached; the always-valid one may be read at any time."
        : "Until then only the always-valid interval may be read; the fixed-n one promises its 95 % for a single look, at the planned n.";

    /// <summary>The look on one question.</summary>
    /// <param name="plan">The plan in force; null where none is locked.</param>
    public static PlannedLook Of(AnalysisPlan? plan, Axis axis, int compared, int wanted) =>
        new(compared, plan is not null && plan.Family.Contains(axis) ? plan.PlannedComparisons : null, wanted);
}
