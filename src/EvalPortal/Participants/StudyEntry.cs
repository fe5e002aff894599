using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Participants;

/// <summary>Who sends people, gives them ids and pays them.</summary>
public enum PanelKind
{
    /// <summary>prolific.com, with its own parameters and its own address at the end.</summary>
    Prolific,

    /// <summary>Another, such as SONA or CloudResearch: the researcher says which parameter holds the id.</summary>
    Other,
}

/// <summary>How people get into a study, what they need for it, and what they take away.</summary>
public sealed record StudyEntry
{
    /// <summary>The parameter of a personal link.</summary>
    public const string InvitationParameter = "invitation";

    /// <summary>Where a completion address has the code.</summary>
    public const string CodePlace = "{code}";

    /// <summary>Where a completion address has the participant's id.</summary>
    public const string ParticipantPlace = "{participant}";

    private const string ProlificParameter = "PROLIFIC_PID";
    private const string ProlificAddress = $"https://app.prolific.com/submissions/complete?cc={CodePlace}";

    public required long StudyId { get; init; }

    /// <summary>Whether the study's link alone lets people in.</summary>
    public bool OpenLink { get; init; } = true;

    /// <summary>Least width of the window in CSS pixels; null when any will do.</summary>
    public int? MinViewportW { get; init; }

    /// <summary>Least height of the window in CSS pixels; null exactly when the width is.</summary>
    public int? MinViewportH { get; init; }

    /// <summary>Null when no panel sends anybody.</summary>
    public PanelKind? Panel { get; init; }

    /// <summary>Parameter of the link that holds the participant's id at a panel other than Prolific.</summary>
    public string? ParticipantParameter { get; init; }

    /// <summary>Where a panel other than Prolific wants participants at the end.</summary>
    public string? CompletionAddress { get; init; }

    /// <summary>What whoever finished shows to the panel.</summary>
    public string? CompletionCode { get; init; }

    /// <summary>What whoever could not finish shows to the panel; null when there is nothing for them.</summary>
    public string? ScreenOutCode { get; init; }

    /// <summary>Whether ids are kept beside their hashes, for pay.</summary>
    public bool KeepsParticipantIds { get; init; }

    /// <summary>Parameter of the link that holds the participant's id; null without a panel.</summary>
    public string? IdParameter => Panel == PanelKind.Prolific ? ProlificParameter : ParticipantParameter;

    /// <summary>The panel's name in a sentence.</summary>
    public string PanelName => Panel == PanelKind.Prolific ? "Prolific" : Say("Panel_Other");

    /// <summary>The smallest window, such as <c>1024 × 700</c>; null when any will do.</summary>
    public string? SmallestWindow => MinViewportW is { } width && MinViewportH is { } height ? $"{width} × {height}" : null;

    /// <summary>Whether a window is large enough.</summary>
    public bool Fits(int? width, int? height) =>
        MinViewportW is null || (width >= MinViewportW && height >= MinViewportH);

    /// <summary>What a panel gets as the address of a study, with the panel's own place-holders.</summary>
    /// <param name="link">Absolute address of the open link.</param>
    public string PanelLink(string link) => Panel == PanelKind.Prolific
        ? link + "?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
        : $"{link}?{ParticipantParameter}=…";

    /// <summary>The code to show to the panel at the end, or null.</summary>
    public string? CodeFor(CompletionStatus status) =>
        Panel is null ? null : status == CompletionStatus.Completed ? CompletionCode : ScreenOutCode;

    /// <summary>The address to go back to at the end; null where there is none, or none for who was screened out.</summary>
    /// <param name="participant">The participant's id, where it is kept.</param>
    public string? ReturnAddress(CompletionStatus status, string? participant)
    {
        var template = Panel switch
        {
            PanelKind.Prolific => ProlificAddress,
            PanelKind.Other => CompletionAddress,
            _ => null,
        };
        var code = CodeFor(status);
        if (template is null
            || (code is null && (status == CompletionStatus.ScreenedOut || template.Contains(CodePlace, StringComparison.Ordinal)))
            || (participant is null && template.Contains(ParticipantPlace, StringComparison.Ordinal)))
        {
            return null;
        }
        return template
            .Replace(CodePlace, Uri.EscapeDataString(code ?? ""), StringComparison.Ordinal)
            .Replace(ParticipantPlace, Uri.EscapeDataString(participant ?? ""), StringComparison.Ordinal);
    }
}
