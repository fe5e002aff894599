using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>One system against all it was compared with, on one axis. It depends on whom it met; a ranking does not.</summary>
public sealed record SystemResult
{
    public required string System { get; init; }

    /// <summary>Its votes, with its wins as those of A.</summary>
    public required OutcomeCounts Votes { get; init; }

    /// <summary>Wins minus losses over all its votes that compare.</summary>
    public required ClusteredEstimate NetWinRate { get; init; }

    /// <summary>Share of wins with a tie as half a win: (1 + net win rate)/2; null when nothing was compared.</summary>
    public double? WinRate => (1 + NetWinRate.Estimate.Value) / 2;

    /// <summary>Computes the results of all systems with a vote.</summary>
    /// <param name="votes">On one axis.</param>
    internal static IReadOnlyList<SystemResult> Of(IReadOnlyList<string> systems, IReadOnlyList<FileVote> votes, Clustering clustering)
    {
        var counts = new int[systems.Count];
        foreach (var vote in votes)
        {
            counts[vote.SystemA]++;
            counts[vote.SystemB]++;
        }
        List<FileVote>[] own = [.. counts.Select(count => new List<FileVote>(count))];
        foreach (var vote in votes)
        {
            own[vote.SystemA].Add(vote);
            own[vote.SystemB].Add(vote.Swapped());
        }
        return
        [
            .. own.AsParallel().AsOrdered().Select((mine, system) => new SystemResult
            {
                System = systems[system],
                Votes = OutcomeCounts.OfVotes(mine.Select(vote => vote.Winner)),
                NetWinRate = ClusteredNetWinRate.Of(VoteClusters.Scores(mine, vote => vote.Winner.Score()), clustering),
            }).Where(result => result.Votes.Total > 0),
        ];
    }
}
