using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>Two systems against each other on one axis. What the figures mean: <c>docs/statistics.md</c>.</summary>
public sealed record HeadToHead
{
    // A fixed start of the resampling: the same file shows the same interval every time.
    private const int Seed = 1;
    private const int MostReplicates = 10_000;
    private const int FewestReplicates = 1_000;

    // Prompts drawn in all; about half a second.
    private const int MostDraws = 50_000_000;

    /// <summary>What the figures rest on.</summary>
    public required VoteClusters Clusters { get; init; }

    /// <summary>The votes, each for itself.</summary>
    public required OutcomeCounts Votes { get; init; }

    /// <summary>The decisions of the comparisons, each by its raters' first votes.</summary>
    public required OutcomeCounts Decisions { get; init; }

    /// <summary>Shares of the decisions.</summary>
    public required OutcomeRates Rates { get; init; }

    /// <summary>Net win rate of the decisions.</summary>
    public required Estimate NetWinRate { get; init; }

    /// <summary>The test of "neither system is better" that is adjusted and quoted.</summary>
    public required PairTest Test { get; init; }

    /// <summary>p-value of <see cref="Test"/> by Holm over the axes of the report; null when there is no test.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Net win rate of the votes.</summary>
    public required ClusteredEstimate VoteNetWinRate { get; init; }

    /// <summary>The same with a bootstrap over prompts, as a check; null for the reason beside it.</summary>
    public BootstrapEstimate? Bootstrap { get; init; }

    /// <summary>Why there is no <see cref="Bootstrap"/>; null when there is one.</summary>
    public string? BootstrapReason { get; init; }

    /// <summary>The decisions against the margin; null when none was given.</summary>
    public MarginResult? Margin { get; init; }

    /// <summary>The votes against the margin; null when none was given.</summary>
    public MarginResult? VoteMargin { get; init; }

    /// <summary>How far raters of these comparisons agree.</summary>
    public required Agreement Agreement { get; init; }

    /// <summary>Computes the figures.</summary>
    /// <param name="votes">On one axis, between these two systems, told by them.</param>
    /// <param name="margin">The largest lead in net win rate that does not matter; null for no test against it.</param>
    internal static HeadToHead Of(IReadOnlyList<FileVote> votes, double? margin)
    {
        var clusters = VoteClusters.Of(votes);
        var decided = Tallies.Of(votes).Decide();
        var decisions = OutcomeCounts.OfDecisions(decided.Select(comparison => comparison.Decision));
        var (net, clustered) = NetWinRates.OfDecisions(decisions, decided);
        var scores = VoteClusters.Scores(votes, vote => vote.Winner.Score());
        var replicates = Math.Min(MostReplicates, MostDraws / Math.Max(1, clusters.Prompts));
        return new HeadToHead
        {
            Clusters = clusters,
            Votes = OutcomeCounts.OfVotes(votes.Select(vote => vote.Winner)),
            Decisions = decisions,
            Rates = OutcomeRates.Of(decisions),
            NetWinRate = net,
            Test = PairTest.Of(decisions, clustered),
            VoteNetWinRate = ClusteredNetWinRate.Of(scores, clusters.Clustering),
            Bootstrap = replicates < FewestReplicates ? null : PromptBootstrap.NetWinRate(scores, new Random(Seed), replicates),
            BootstrapReason = replicates < FewestReplicates
                ? string.Create(CultureInfo.InvariantCulture, $"Not computed: {clusters.Prompts:N0} prompts are too many to resample, and so many that the t interval needs no check.")
                : null,
            Margin = margin is not { } largest ? null
                : clustered is null ? NonInferiority.NetWinRateWald(decisions, largest)
                : NonInferiority.NetWinRateClustered(NetWinRates.ScoresOf(decided), Clustering.ByPrompt, largest),
            VoteMargin = margin is { } most ? NonInferiority.NetWinRateClustered(scores, clusters.Clustering, most) : null,
            Agreement = Agreement.Of(FirstVotes(votes)),
        };
    }

    /// <summary>The first vote of each rater on each comparison: only different people can agree.</summary>
    internal static List<(long ComparisonId, Outcome Winner)> FirstVotes(IReadOnlyList<FileVote> votes)
    {
        var first = new List<(long, Outcome)>(votes.Count);
        foreach (var vote in votes)
        {
            if (!vote.IsRepeat)
                first.Add((vote.Comparison, vote.Winner));
        }
        return first;
    }
}
