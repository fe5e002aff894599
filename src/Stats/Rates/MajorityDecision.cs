namespace PixelPost.Stats;

/// <summary>What the votes on one comparison amount to.</summary>
public enum Decision
{
    /// <summary>System A's image is better.</summary>
    A,

    /// <summary>System B's image is better.</summary>
    B,

    /// <summary>Neither image is better.</summary>
    Tie,

    /// <summary>The images cannot be compared.</summary>
    Reject,

    /// <summary>The votes share the first place: there is no majority. Not a tie, on which the raters would agree.</summary>
    Split,
}

/// <summary>The decision of one comparison: the outcome with the most votes, alone in first place; otherwise a split.</summary>
/// <remarks>
/// The reference protocol (arXiv 2409.17565) asks at least five raters and lets the majority decide. This is the plurality
/// reading of "majority". With five votes over a, b and tie it is the same as "more than half" (only 2-2-1 lacks a winner, under
/// both rules); with other numbers of votes it also decides 2-1-1 or 3-2-2, where "more than half" would set aside a comparison
/// whose most frequent answer is plain. No outcome is favoured and no threshold is hidden: swapping the systems swaps the
/// decision, and counting every vote twice changes nothing.
/// </remarks>
public static class MajorityDecision
{
    /// <summary>Decides one comparison.</summary>
    /// <param name="votes">All valid votes on the comparison, at least one, in any order.</param>
    /// <exception cref="ArgumentException">There is no vote: an unseen comparison has no decision, not even a split.</exception>
    public static Decision Of(IEnumerable<Outcome> votes) => Of(OutcomeCounts.OfVotes(votes));

    /// <summary>Decides one comparison whose votes are counted.</summary>
    /// <param name="votes">Counts of votes, at least one; splits are decisions and do not count here.</param>
    /// <exception cref="ArgumentException">There is no vote: an unseen comparison has no decision, not even a split.</exception>
    public static Decision Of(OutcomeCounts votes)
    {
        var most = Math.Max(Math.Max(votes.A, votes.B), Math.Max(votes.Tie, votes.Reject));
        if (most == 0)
            throw new ArgumentException("A comparison needs at least one vote to be decided.", nameof(votes));

        var decision = Decision.Split;
        var first = 0;
        Count(votes.A, Decision.A);
        Count(votes.B, Decision.B);
        Count(votes.Tie, Decision.Tie);
        Count(votes.Reject, Decision.Reject);
        return first == 1 ? decision : Decision.Split;

        void Count(int number, Decision outcome)
        {
            if (number == most)
                (decision, first) = (outcome, first + 1);
        }
    }
}
