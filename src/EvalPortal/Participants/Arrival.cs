using System.Text.RegularExpressions;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Participants;

/// <summary>What the address says about who comes to a study.</summary>
public abstract partial record Arrival
{
    private Arrival()
    {
    }

    /// <summary>By the study's link alone.</summary>
    public sealed record ByOpenLink : Arrival;

    /// <summary>By a personal link.</summary>
    public sealed record ByInvitation(int Number) : Arrival;

    /// <summary>From a panel.</summary>
    /// <param name="IdHmac">What is kept of the id.</param>
    /// <param name="Id">The id itself.</param>
    /// <param name="StudyId">The panel's id of the study, where the address tells it.</param>
    /// <param name="SessionId">The panel's id of this visit, where the address tells it.</param>
    public sealed record FromPanel(string IdHmac, string Id, string? StudyId, string? SessionId) : Arrival;

    /// <summary>By an address that was changed or cut off.</summary>
    /// <param name="Sentence">What is wrong with it.</param>
    public sealed record Refused(string Sentence) : Arrival;

    /// <summary>Reads the parameters of an address.</summary>
    public static Arrival Read(StudyEntry entry, IQueryCollection query, ParticipantKey key)
    {
        if (query.TryGetValue(StudyEntry.InvitationParameter, out var invitation))
        {
            return invitation is [{ } text] && key.ReadInvitation(entry.StudyId, text) is { } number
                ? new ByInvitation(number)
                : new Refused(Say("Arrival_PersonalLink"));
        }
        if (entry.IdParameter is not { } parameter || !query.TryGetValue(parameter, out var ids))
            return new ByOpenLink();
        if (ids is not [{ } id])
            return new Refused(Say("Arrival_ManyIds", ids.Count));
        if (id.AsSpan().ContainsAny("%{}[]"))
            return new Refused(Say("Arrival_NoId", Capital(entry.PanelName)));
        if (!(entry.Panel == PanelKind.Prolific ? ProlificId() : AnyId()).IsMatch(id))
            return new Refused(Say("Arrival_WrongId", entry.PanelName));

        // An id of Prolific is the same person in every study. What others call an id may be good for one study only.
        var name = entry.Panel == PanelKind.Prolific ? $"prolific\n{id}" : $"study {entry.StudyId}\n{parameter}\n{id}";
        return new FromPanel(key.Hash(name), id, Optional(query, "STUDY_ID"), Optional(query, "SESSION_ID"));
    }

    private static string? Optional(IQueryCollection query, string parameter) =>
        query.TryGetValue(parameter, out var values) && values is [{ } value] && AnyId().IsMatch(value) ? value : null;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    [GeneratedRegex(@"\A[0-9a-f]{24}\z")]
    private static partial Regex ProlificId();

    [GeneratedRegex(@"\A[A-Za-z0-9_.@:+~-]{1,100}\z")]
    private static partial Regex AnyId();
}
