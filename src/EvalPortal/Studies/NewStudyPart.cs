using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>One study of the form of new studies, which can hold several linked ones.</summary>
public sealed class NewStudyPart
{
    /// <summary>What the preset says about it; null without a preset.</summary>
    public PresetStudy? Preset { get; init; }

    public StudyDraft Draft { get; } = new();

    /// <summary>Whether it is made: linked studies can be left out.</summary>
    public bool IsWanted { get; set; } = true;

    /// <summary>How the images of the chosen systems go together; null while two different ones are not chosen.</summary>
    public PairCheck? Pairs { get; internal set; }

    /// <summary>What the images make in another form than pairs; null while not all of it is chosen.</summary>
    public ItemCheck? Items { get; internal set; }

    /// <summary>How many things there are to judge; null while that is not known.</summary>
    public int? Count => Draft.Form == StudyForm.Pairs ? Pairs?.Pairs.Count : Items?.Items.Count;

    /// <summary>The plan of the study that this is a copy of; null without one.</summary>
    internal AnalysisPlan? OriginalPlan { get; init; }

    /// <summary>How many comparisons are planned, and from what that was computed.</summary>
    public PlannedNumber Planned { get; set; } = new(null, null);

    /// <summary>What keeps it from being made, a sentence each.</summary>
    public IEnumerable<string> Faults() => Draft.Faults(Pairs, Items);

    /// <summary>The study to add, once there are no faults.</summary>
    public NewStudy ToNewStudy(long createdByAccountId) => Complete(Draft.ToNewStudy(Pairs, createdByAccountId, Items));

    /// <summary>What the draft makes, with preset and plan.</summary>
    internal NewStudy Complete(NewStudy study)
    {
        var asked = study.Axes.Select(axis => axis.Axis).ToList();
        var plan = OriginalPlan?.Fitted(asked, study.SystemBId is not null)
            ?? (Planned.Comparisons is null ? null : AnalysisPlan.For(asked, study.SystemBId is not null));
        return study with
        {
            Preset = Preset?.Key,
            Plan = plan is null ? null : plan with { PlannedComparisons = Planned.Comparisons, Power = Planned.Comparisons is null ? null : Planned.Power },
        };
    }
}

/// <summary>Two of several systems that are compared each with each.</summary>
/// <param name="A">One of them.</param>
/// <param name="B">The other.</param>
/// <param name="Pairs">How their images go together.</param>
public sealed record RankedPair(SystemUnderTest A, SystemUnderTest B, PairCheck Pairs);
