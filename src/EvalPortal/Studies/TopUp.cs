using PixelPost.Stats;

namespace PixelPost.EvalPortal.Studies;

/// <summary>Whether comparisons get more votes than the study asks for. It is fixed before the study starts.</summary>
public enum TopUp
{
    /// <summary>None does.</summary>
    Off,

    /// <summary>Those whose votes end close get two more.</summary>
    Close,
}

/// <summary>The rule of <see cref="TopUp.Close"/>.</summary>
/// <remarks>
/// It looks at how close the votes are and not at who is ahead, and it is fixed beforehand; so it favours neither system.
/// </remarks>
public static class TopUpRule
{
    /// <summary>Votes that a close comparison gets on top.</summary>
    public const int Votes = 2;

    /// <summary>Fewest votes per comparison with which a study can have the rule: one vote alone is always close.</summary>
    public const int MinVotes = 3;

    /// <summary>
    /// Whether the most frequent answer is at most one vote ahead of the next: of five votes 3-2 and 2-2-1, where ties and
    /// rejects are answers as A and B are.
    /// </summary>
    public static bool IsClose(IEnumerable<Outcome> votes)
    {
        var counts = votes.CountBy(vote => vote).Select(answer => answer.Value).OrderDescending().ToList();
        return counts.Count > 1 && counts[0] - counts[1] <= 1;
    }
}
