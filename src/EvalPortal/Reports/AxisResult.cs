using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>What the votes on one axis say.</summary>
public sealed record AxisResult
{
    /// <summary>The question asked.</summary>
    public required string Axis { get; init; }

    /// <summary>What the figures rest on.</summary>
    public required VoteClusters Clusters { get; init; }

    /// <summary>Votes for neither, those that called both bad among them.</summary>
    public required int Ties { get; init; }

    /// <summary>Ties that were given as "both are bad".</summary>
    public required int BothBad { get; init; }

    /// <summary>Votes that reject the pair.</summary>
    public required int Rejects { get; init; }

    /// <summary>The two systems of the report; null when it is about more.</summary>
    public HeadToHead? HeadToHead { get; init; }

    /// <summary>Every system with a vote, in alphabetical order.</summary>
    public required IReadOnlyList<SystemResult> Systems { get; init; }

    /// <summary>All systems on one scale; null when the file has two, which need none.</summary>
    public RankingResult? Ranking { get; init; }

    /// <summary>How far raters agree, over all comparisons.</summary>
    public required Agreement Agreement { get; init; }

    /// <summary>How the raters answered, each beside the others.</summary>
    public required RatersResult Raters { get; init; }

    /// <summary>
    /// Wins of the left image minus those of the right one over all votes whose sides are known: 0 without a side bias. Null when
    /// no side is known.
    /// </summary>
    public ClusteredEstimate? LeftPreference { get; init; }

    /// <summary>Computes the result.</summary>
    /// <param name="axis">Its place in the file's axes.</param>
    /// <param name="file">All votes.</param>
    /// <param name="pair">The systems of the head-to-head; null for none.</param>
    /// <param name="margin">The largest lead in net win rate that does not matter; null for no test against it.</param>
    internal static async Task<AxisResult> OfAsync(int axis, VoteFile file, SystemPair? pair, double? margin)
    {
        var votes = file.On(axis);
        var clusters = VoteClusters.Of(votes);
        var ofPair = file.Systems.Count == 2;

        // Each part goes over all votes for itself, which takes about a second of a million of them.
        var headToHead = Task.Run(() => pair is null ? null : Reports.HeadToHead.Of(Between(file.Place(pair.A), file.Place(pair.B), votes), margin));
        var systems = Task.Run(() => SystemResult.Of(file.Systems, votes, clusters.Clustering));
        var ranking = Task.Run(() => ofPair ? null : RankingResult.Of(file.Systems, votes, clusters));
        var agreement = Task.Run(() => ofPair ? null : Agreement.Of(Reports.HeadToHead.FirstVotes(votes)));
        var raters = Task.Run(() => RatersResult.Of(file.Raters, votes, ofPair));
        return new AxisResult
        {
            Axis = file.Axes[axis],
            Clusters = clusters,
            Ties = votes.Count(vote => vote.Winner == Outcome.Tie),
            BothBad = votes.Count(vote => vote.BothBad),
            Rejects = votes.Count(vote => vote.Winner == Outcome.Reject),
            LeftPreference = LeftPreferenceOf(votes, clusters),
            HeadToHead = await headToHead,
            Systems = await systems,
            Ranking = await ranking,
            Agreement = await agreement ?? (await headToHead)!.Agreement,
            Raters = await raters,
        };
    }

    private static IReadOnlyList<FileVote> Between(int a, int b, IReadOnlyList<FileVote> votes) =>
    [
        .. from vote in votes
           where (vote.SystemA == a && vote.SystemB == b) || (vote.SystemA == b && vote.SystemB == a)
           select vote.SystemA == a ? vote : vote.Swapped(),
    ];

    private static ClusteredEstimate? LeftPreferenceOf(IReadOnlyList<FileVote> votes, VoteClusters clusters)
    {
        var scores = VoteClusters.Scores(votes, vote => vote.LeftIsA is { } leftIsA ? (leftIsA ? 1 : -1) * vote.Winner.Score() : null);
        return scores.Count == 0 ? null : ClusteredNetWinRate.Of(scores, clusters.Clustering);
    }
}
