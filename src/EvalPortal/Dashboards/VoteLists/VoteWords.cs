using PixelPost.EvalPortal.Checks;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards.VoteLists;

/// <summary>What was recorded about a vote, as it stands on pages.</summary>
internal static class VoteWords
{
    public static string Answer(RecordedVote vote) =>
        vote.RejectReason is { } reason ? $"reject: {reason.Replace('_', ' ')}" : vote.ChoiceScreen;

    public static string Winner(RecordedVote vote) => vote.Winner switch
    {
        Outcome.A => "A",
        Outcome.B => "B",
        Outcome.Tie => "tie",
        _ => "none",
    };

    /// <summary>What there is to say of it besides.</summary>
    /// <param name="isExcluded">Whether its rater is excluded.</param>
    /// <param name="isLeftOut">Whether it is left out for that.</param>
    public static IEnumerable<string> Remarks(RecordedVote vote, bool isExcluded, bool isLeftOut)
    {
        if (vote.RetractedAt is not null)
            yield return "taken back";
        if (vote.Superseded)
            yield return "replaced by a later vote";
        if (vote.FlawType is not null || vote.FlawSide is not null)
            yield return Flaw(vote);
        if (isExcluded)
            yield return isLeftOut ? "rater excluded: not counted" : "rater excluded, counted here";
        if (vote.Surplus)
            yield return "came when all the votes were there";
        if (vote.Kind == PairKind.Repeat)
            yield return "shown again to check the rater";
        if (vote.Kind == PairKind.Gold)
            yield return "answer known: a check of the rater";
        if (vote.ClockSuspect)
            yield return "rater's clock not to be trusted";
    }

    private static string Flaw(RecordedVote vote)
    {
        var what = string.Join(' ', ((string?[])[vote.FlawSeverity, vote.FlawType]).OfType<string>());
        return $"worst flaw{(what == "" ? "" : $": {what}")}{(vote.FlawSide is { } side ? $" in the {side} image" : "")}";
    }
}
