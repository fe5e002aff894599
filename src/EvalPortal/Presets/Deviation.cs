using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Presets;

/// <summary>A setting in which a study is not as its preset says.</summary>
/// <param name="Setting">What is set.</param>
/// <param name="Preset">What the preset says.</param>
/// <param name="Study">What the study has.</param>
public sealed record Deviation(string Setting, string Preset, string Study)
{
    /// <summary>Every deviation of a study, in the order of its form; none where it began with no preset.</summary>
    public static IReadOnlyList<Deviation> Of(Study study, StudyMaterial material) =>
        StudyPresets.FindStudy(study.Preset) is { Study: var preset } ? [.. Of(preset, study, material)] : [];

    private static IEnumerable<Deviation> Of(PresetStudy preset, Study study, StudyMaterial material)
    {
        if (preset.Form != study.Form)
            yield return new("What raters judge", Words(preset.Form), Words(study.Form));
        if (preset.IsOfOneSystem && study.SystemBId is not null)
            yield return new("Systems", "one", "two");
        if (preset.LeastPrompts > material.Prompts)
            yield return new("Prompts", Figures.Whole(preset.LeastPrompts.Value), Figures.Whole(material.Prompts));
        if (preset.ImagesAtOnce is { } images && study.Form == StudyForm.Preference && images != material.ImagesAtOnce)
            yield return new("Images at once", $"{images}", $"{material.ImagesAtOnce}");
        foreach (var deviation in preset.Axes.SelectMany(axis => OfAxis(axis, study)))
            yield return deviation;
        foreach (var axis in study.Axes.Where(asked => preset.Axes.All(axis => axis.Axis != asked.Axis)))
            yield return new(Question(axis.Axis), "not asked", "asked");
        if (study.VotesPerComparison < preset.LeastVotes)
            yield return new("Votes per comparison", $"at least {preset.LeastVotes}", $"{study.VotesPerComparison}");
        if (study.TopUp == TopUp.Close)
            yield return new("More votes where they end close", "none", $"{TopUpRule.Votes} more");
        if (preset.TrainsRaters && material.TrainingPairs == 0)
            yield return new("Training before the first vote", "raters are trained", "none");
        foreach (var deviation in OfTexts(study))
            yield return deviation;
    }

    private static IEnumerable<Deviation> OfAxis(PresetAxis preset, Study study)
    {
        var name = preset.Axis.ToString().ToLowerInvariant();
        if (study.Axes.FirstOrDefault(axis => axis.Axis == preset.Axis) is not { } asked)
        {
            yield return new(Question(preset.Axis), "asked", "not asked");
            yield break;
        }
        if (preset.PromptVisible is { } visible && visible != asked.PromptVisible)
            yield return new($"Prompt with the question about {name}", visible ? "shown" : "hidden", asked.PromptVisible ? "shown" : "hidden");
        if (preset.FlawStrip is { } strip && strip != asked.FlawStrip)
            yield return new("Where the worst flaw was", strip ? "asked afterwards" : "not asked", asked.FlawStrip ? "asked afterwards" : "not asked");
        if (FormDefaults.Axes(study.Form, LanguageOf(study)).First(axis => axis.Axis == asked.Axis).Question is var standard && standard != asked.Question)
            yield return new($"Words of the question about {name}", standard, asked.Question);
    }

    private static IEnumerable<Deviation> OfTexts(Study study)
    {
        const string Standard = "the text that a new study has";
        const string Own = "another text";
        if (study.Consent != FormDefaults.Consent(study.Form, LanguageOf(study)))
            yield return new("Consent", Standard, Own);
        if (study.Instructions != FormDefaults.Instructions(study.Form, LanguageOf(study)))
            yield return new("Instructions", Standard, Own);
    }

    private static Language LanguageOf(Study study) => Language.Find(study.Language) ?? Language.English;

    private static string Question(Axis axis) => $"Question about {axis.ToString().ToLowerInvariant()}";

    private static string Words(StudyForm form) => form switch
    {
        StudyForm.Alignment => "one image and questions about it",
        StudyForm.Preference => "several images of one prompt",
        _ => "two images side by side",
    };
}
