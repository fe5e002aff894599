using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Participants;

/// <summary>How people are to get into a study, while it is being set, and the rules it has to keep.</summary>
public sealed partial class EntryDraft
{
    private const int LargestWindow = 10_000;
    private const int LongestAddress = 500;

    public bool OpenLink { get; set; } = true;

    public int? MinViewportW { get; set; }

    public int? MinViewportH { get; set; }

    public PanelKind? Panel { get; set; }

    public string? ParticipantParameter { get; set; }

    public string? CompletionAddress { get; set; }

    public string? CompletionCode { get; set; }

    public string? ScreenOutCode { get; set; }

    public bool KeepsParticipantIds { get; set; }

    /// <summary>A draft of what is set now.</summary>
    public static EntryDraft Of(StudyEntry entry) => new()
    {
        OpenLink = entry.OpenLink,
        MinViewportW = entry.MinViewportW,
        MinViewportH = entry.MinViewportH,
        Panel = entry.Panel,
        ParticipantParameter = entry.ParticipantParameter,
        CompletionAddress = entry.CompletionAddress,
        CompletionCode = entry.CompletionCode,
        ScreenOutCode = entry.ScreenOutCode,
        KeepsParticipantIds = entry.KeepsParticipantIds,
    };

    /// <summary>What keeps it from being set, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        if (MinViewportW is null != MinViewportH is null)
            yield return "Give the smallest window both a width and a height, or neither.";
        else if (MinViewportW is < 1 or > LargestWindow || MinViewportH is < 1 or > LargestWindow)
            yield return $"The smallest window has 1 to {LargestWindow} pixels each way.";
        if (Panel is null)
            yield break;

        foreach (var code in (string?[])[CompletionCode, ScreenOutCode])
            if (!string.IsNullOrWhiteSpace(code) && !Code().IsMatch(code.Trim()))
                yield return $"{code.Trim()} is no code: use up to 64 letters, digits, hyphens and underscores.";
        if (Panel == PanelKind.Prolific)
        {
            if (string.IsNullOrWhiteSpace(CompletionCode))
                yield return "Give the completion code that Prolific shows for the study.";
            yield break;
        }
        foreach (var fault in OtherPanelFaults())
            yield return fault;
    }

    /// <summary>What to set, once there are no faults.</summary>
    public StudyEntry ToEntry(long studyId) => new()
    {
        StudyId = studyId,
        OpenLink = OpenLink,
        MinViewportW = MinViewportW,
        MinViewportH = MinViewportH,
        Panel = Panel,
        ParticipantParameter = Panel == PanelKind.Other ? Text(ParticipantParameter) : null,
        CompletionAddress = Panel == PanelKind.Other ? Text(CompletionAddress) : null,
        CompletionCode = Panel is null ? null : Text(CompletionCode),
        ScreenOutCode = Panel is null ? null : Text(ScreenOutCode),
        KeepsParticipantIds = Panel is not null && KeepsParticipantIds,
    };

    private IEnumerable<string> OtherPanelFaults()
    {
        if (Text(ParticipantParameter) is not { } parameter || !Parameter().IsMatch(parameter) || parameter == StudyEntry.InvitationParameter)
            yield return $"Name the parameter of the link that holds the participant's id, such as participantId; {StudyEntry.InvitationParameter} is taken.";
        var (address, code) = (Text(CompletionAddress), Text(CompletionCode));
        if (address is null && code is null)
            yield return "Give a completion code or an address for the end, so that participants can show that they finished.";
        if (address is null)
            yield break;
        if (address.Length > LongestAddress || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || uri.UserInfo.Length > 0)
            yield return "The address for the end starts with https:// and is complete.";
        if (address.Contains(StudyEntry.CodePlace, StringComparison.Ordinal) && code is null)
            yield return $"The address for the end holds {StudyEntry.CodePlace}: give a completion code.";
        if (address.Contains(StudyEntry.ParticipantPlace, StringComparison.Ordinal) && !KeepsParticipantIds)
            yield return $"The address for the end holds {StudyEntry.ParticipantPlace}: keep participant ids.";
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex Code();

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,40}$")]
    private static partial Regex Parameter();
}
