using PixelPost.EvalPortal.Rating.Texts;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What a new study of a form begins with, in the language of its raters.</summary>
public static class FormDefaults
{
    /// <summary>What raters agree to.</summary>
    public static string Consent(StudyForm form, Language language) => RaterTexts.In(language, ConsentKey(form));

    /// <summary>How raters are to judge.</summary>
    public static string Instructions(StudyForm form, Language language) => RaterTexts.In(language, InstructionsKey(form));

    /// <summary>Every axis of the form, in the order raters meet them.</summary>
    public static IReadOnlyList<AxisDraft> Axes(StudyForm form, Language language) => form switch
    {
        StudyForm.Alignment => [new(Axis.Alignment, "Standard_Question_Alignment", language) { PromptVisible = true }],
        StudyForm.Preference => [new(Axis.Preference, "Standard_Question_Preference", language) { PromptVisible = true }],
        _ =>
        [
            new(Axis.Flaws, "Standard_Question_Flaws", language) { FlawStrip = true },
            new(Axis.Appeal, "Standard_Question_Appeal", language),
        ],
    };

    internal static string ConsentKey(StudyForm form) => form switch
    {
        StudyForm.Alignment => "Standard_Consent_Alignment",
        StudyForm.Preference => "Standard_Consent_Preference",
        _ => "Standard_Consent",
    };

    internal static string InstructionsKey(StudyForm form) => form switch
    {
        StudyForm.Alignment => "Standard_Instructions_Alignment",
        StudyForm.Preference => "Standard_Instructions_Preference",
        _ => "Standard_Instructions",
    };
}
