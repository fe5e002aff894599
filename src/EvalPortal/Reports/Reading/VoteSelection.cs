using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>What only the whole of a file decides: which rows count, which are repeats, and the order of systems and axes.</summary>
internal static class VoteSelection
{
    /// <summary>The votes that count, between systems and on axes in alphabetical order.</summary>
    /// <param name="rows">Every row of the file; what is found not to count is added to its lists.</param>
    /// <param name="source">Whose votes count; null for people's where there are any, else the simulated ones.</param>
    public static (IReadOnlyList<FileVote> Votes, IReadOnlyList<string> Systems, IReadOnlyList<string> Axes) Of(
        VoteRows rows, BoundFormat bound, VoteSource? source)
    {
        source ??= rows.Votes.TrueForAll(vote => vote.Simulated) ? VoteSource.Simulated : VoteSource.Real;
        var namesSystems = rows.Systems.Count > 0;
        var (systems, systemOrder) = Alphabetical(rows.Systems);
        var (axes, axisOrder) = Alphabetical(rows.Axes);
        var votes = new List<FileVote>(rows.Votes.Count);
        var seen = new HashSet<long>(rows.Votes.Count); // comparison and rater
        for (var i = 0; i < rows.Votes.Count; i++)
        {
            var vote = rows.Votes[i];
            if (!Counts(vote, i))
                continue;
            vote = vote with
            {
                Axis = axisOrder[vote.Axis],
                SystemA = namesSystems ? systemOrder[vote.SystemA] : 0,
                SystemB = namesSystems ? systemOrder[vote.SystemB] : 1,
                IsRepeat = vote.Rater >= 0 && !seen.Add((long)vote.Comparison * rows.Raters.Count + vote.Rater),
            };
            votes.Add(vote.SystemA < vote.SystemB ? vote : vote.Swapped());
        }
        return (votes, namesSystems ? systems : [bound.Format.Places.First, bound.Format.Places.Second], axes);

        bool Counts(FileVote vote, int index)
        {
            if (namesSystems && vote.SystemA < 0)
                rows.Unusable.Add(vote.Line, $"{bound.Format.Systems.First} and {bound.Format.Systems.Second} are empty");
            else if (rows.VoteIds.Count > 0 && rows.Superseded.Contains(rows.VoteIds[index]))
                rows.Excluded.Add(vote.Line, "superseded by a later vote (supersedes_vote_id)");
            else if (source != VoteSource.Both && vote.Simulated != (source == VoteSource.Simulated))
                rows.Excluded.Add(vote.Line, vote.Simulated ? "a simulated rater's vote (simulated is true)" : "a person's vote (simulated is not true)");
            else
                return true;
            return false;
        }
    }

    /// <summary>The texts in order, and the place that each number has in it.</summary>
    private static (IReadOnlyList<string> Texts, int[] Places) Alphabetical(Labels labels)
    {
        string[] texts = [.. labels.All()];
        var numbers = Enumerable.Range(0, labels.Count).ToArray();
        Array.Sort(texts, numbers, StringComparer.Ordinal);
        var places = new int[numbers.Length];
        for (var place = 0; place < numbers.Length; place++)
            places[numbers[place]] = place;
        return (texts, places);
    }
}
