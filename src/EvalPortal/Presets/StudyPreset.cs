using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Presets;

/// <summary>A known way to evaluate: the studies that it takes, and what it says about each.</summary>
public sealed record StudyPreset
{
    /// <summary>Its name in addresses and in the database.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>What it is for and what it sets, in two sentences at most.</summary>
    public required string About { get; init; }

    /// <summary>The studies that are made together, in the order in which raters should meet them.</summary>
    public required IReadOnlyList<PresetStudy> Studies { get; init; }

    /// <summary>Whether there are more than two systems, and a study for each pair of them.</summary>
    public bool RanksSystems { get; init; }

    /// <summary>Whether its studies are made together and know one another.</summary>
    public bool IsLinked => Studies.Count > 1 || RanksSystems;
}

/// <summary>What a preset says about one study. What it leaves open is null.</summary>
public sealed record PresetStudy
{
    /// <summary>Its name in the database, unlike that of any other preset's study.</summary>
    public required string Key { get; init; }

    /// <summary>What it is about, such as "Flaws".</summary>
    public required string Name { get; init; }

    public required StudyForm Form { get; init; }

    /// <summary>The questions that are asked; no others are.</summary>
    public required IReadOnlyList<PresetAxis> Axes { get; init; }

    /// <summary>The fewest votes on a comparison.</summary>
    public int LeastVotes { get; init; } = StudyDraft.ProtocolVotes;

    /// <summary>How many images raters pick from.</summary>
    public int? ImagesAtOnce { get; init; }

    /// <summary>Whether it is about one system alone.</summary>
    public bool IsOfOneSystem { get; init; }

    /// <summary>The fewest prompts.</summary>
    public int? LeastPrompts { get; init; }

    /// <summary>Whether raters are trained first.</summary>
    public bool TrainsRaters { get; init; }

    /// <summary>Sets a draft as the preset says; what it leaves open becomes as it is in any new study.</summary>
    public void Apply(StudyDraft draft)
    {
        draft.Form = Form;
        draft.VotesPerComparison = LeastVotes;
        draft.TopsUpClose = false;
        draft.ImagesPerItem = ImagesAtOnce ?? StudyDraft.DefaultImages;
        foreach (var axis in draft.Axes)
        {
            var preset = Axes.FirstOrDefault(asked => asked.Axis == axis.Axis);
            axis.Asked = preset is not null;
            axis.PromptVisible = preset?.PromptVisible ?? axis.PromptVisible;
            axis.FlawStrip = preset?.FlawStrip ?? axis.FlawStrip;
        }
    }
}

/// <summary>What a preset says about one question. What it leaves open is null.</summary>
public sealed record PresetAxis(Axis Axis)
{
    /// <summary>Whether raters see the prompt.</summary>
    public bool? PromptVisible { get; init; }

    /// <summary>Whether raters are asked where the worst flaw was.</summary>
    public bool? FlawStrip { get; init; }
}
