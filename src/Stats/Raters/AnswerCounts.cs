namespace PixelPost.Stats;

/// <summary>
/// The votes of a study (no gold, no repeats) and how often each outcome was given on each comparison: all that leaving a rater
/// out needs.
/// </summary>
internal sealed class AnswerCounts
{
    public const int Outcomes = 4;

    private readonly int[] _counts; // [comparison, outcome]

    /// <exception cref="ArgumentException">A rater has two votes on a comparison.</exception>
    public AnswerCounts(IEnumerable<RaterVote> votes)
    {
        var places = new Dictionary<long, int>();
        var seen = new HashSet<(long Rater, long Comparison)>();
        var counts = new List<int>();
        var list = new List<(RaterVote, int)>();
        foreach (var vote in votes.Where(vote => vote.IsOfStudy))
        {
            if (!seen.Add((vote.Rater, vote.Comparison)))
            {
                throw new ArgumentException(
                    $"Rater {vote.Rater} has two votes on comparison {vote.Comparison}: leave out the one that was replaced, "
                    + $"and give a repeat a comparison of its own.", nameof(votes));
            }

            if (!places.TryGetValue(vote.Comparison, out var place))
            {
                places.Add(vote.Comparison, place = places.Count);
                counts.AddRange(new int[Outcomes]);
            }

            counts[place * Outcomes + (int)vote.Outcome]++;
            list.Add((vote, place));
        }

        (_counts, Votes, Comparisons) = ([.. counts], list, places.Count);
    }

    /// <summary>Each vote of the study with the index of its comparison.</summary>
    public IReadOnlyList<(RaterVote Vote, int Comparison)> Votes { get; }

    public int Comparisons { get; }

    /// <summary>How often each outcome, by its number, was given on a comparison.</summary>
    public ReadOnlySpan<int> Of(int comparison) => _counts.AsSpan(comparison * Outcomes, Outcomes);

    /// <summary>The same without one vote.</summary>
    public static void Without(ReadOnlySpan<int> counts, Outcome outcome, Span<int> rest)
    {
        counts.CopyTo(rest);
        rest[(int)outcome]--;
    }

    /// <summary>
    /// The outcome with the most votes, alone in first place, as in <see cref="MajorityDecision"/>; null when it is shared, as it is
    /// among no votes.
    /// </summary>
    public static Outcome? Majority(ReadOnlySpan<int> counts)
    {
        var (first, shared) = (0, false);
        for (var outcome = 1; outcome < counts.Length; outcome++)
        {
            if (counts[outcome] > counts[first])
                (first, shared) = (outcome, false);
            else if (counts[outcome] == counts[first])
                shared = true;
        }

        return shared ? null : (Outcome)first;
    }
}
