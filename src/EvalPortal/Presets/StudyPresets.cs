using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Presets;

/// <summary>The presets there are. Keys stand in databases: they may be added to and never change their meaning.</summary>
public static class StudyPresets
{
    /// <summary>The human evaluation of arXiv 2409.17565 and the collection of its preference data.</summary>
    public static readonly StudyPreset PixelSpace = new()
    {
        Key = "pixel-space",
        Name = "Pixel-space post-training (arXiv 2409.17565)",
        About = "The paper's evaluation as four linked studies: flaws and appeal without the prompt, text alignment by questions about one "
            + "image, and best and worst of five. 600 prompts, at least 5 raters each, the majority decides.",
        Studies =
        [
            new()
            {
                Key = "pixel-space/flaws",
                Name = "Flaws",
                Form = StudyForm.Pairs,
                Axes = [new(Axis.Flaws) { PromptVisible = false, FlawStrip = false }],
                LeastPrompts = PaperPrompts,
                TrainsRaters = true,
            },
            new()
            {
                Key = "pixel-space/appeal",
                Name = "Appeal",
                Form = StudyForm.Pairs,
                Axes = [new(Axis.Appeal) { PromptVisible = false }],
                LeastPrompts = PaperPrompts,
            },
            new()
            {
                Key = "pixel-space/alignment",
                Name = "Alignment",
                Form = StudyForm.Alignment,
                Axes = [new(Axis.Alignment)],
                LeastPrompts = PaperPrompts,
            },
            new()
            {
                Key = "pixel-space/preference",
                Name = "Preference",
                Form = StudyForm.Preference,
                Axes = [new(Axis.Preference)],
                ImagesAtOnce = StudyDraft.DefaultImages,
                IsOfOneSystem = true,
            },
        ],
    };

    private const int PaperPrompts = 600;

    /// <summary>Two systems on both questions about pairs.</summary>
    public static readonly StudyPreset TwoModels = new()
    {
        Key = "two-models",
        Name = "Two-model A/B",
        About = "Two systems side by side, first by flaws and then by appeal, without the prompt. At least 5 raters for each pair, the majority decides.",
        Studies = [Blind("two-models", "Flaws and appeal", Axis.Flaws, Axis.Appeal)],
    };

    /// <summary>Several systems, each against each.</summary>
    public static readonly StudyPreset Leaderboard = new()
    {
        Key = "leaderboard",
        Name = "Leaderboard of several systems",
        About = "Each system against each other one, a linked study for every two, and one ranking of all. At least 5 raters for each pair of images.",
        Studies = [Blind("leaderboard/two", "Two of them", Axis.Appeal)],
        RanksSystems = true,
    };

    /// <summary>Preference data from one system.</summary>
    public static readonly StudyPreset BestOfFive = new()
    {
        Key = "best-of-five",
        Name = "Best of five",
        About = "The best and the worst of five images that one system made for a prompt: preference pairs to train from. At least 5 raters for each prompt.",
        Studies =
        [
            new()
            {
                Key = "best-of-five",
                Name = "Preference",
                Form = StudyForm.Preference,
                Axes = [new(Axis.Preference)],
                ImagesAtOnce = StudyDraft.DefaultImages,
                IsOfOneSystem = true,
            },
        ],
    };

    /// <summary>All of them, in the order in which they are offered.</summary>
    public static IReadOnlyList<StudyPreset> All { get; } = [PixelSpace, TwoModels, Leaderboard, BestOfFive];

    /// <summary>The preset of this key, or null.</summary>
    public static StudyPreset? Find(string? key) => All.FirstOrDefault(preset => preset.Key == key);

    /// <summary>The preset that a study of this key belongs to, and what it says about the study; null for a study of no preset.</summary>
    public static (StudyPreset Preset, PresetStudy Study)? FindStudy(string? key) =>
        (from preset in All from study in preset.Studies where study.Key == key select ((StudyPreset, PresetStudy)?)(preset, study)).FirstOrDefault();

    private static PresetStudy Blind(string key, string name, params Axis[] axes) => new()
    {
        Key = key,
        Name = name,
        Form = StudyForm.Pairs,
        Axes = [.. axes.Select(axis => new PresetAxis(axis) { PromptVisible = false })],
    };
}
