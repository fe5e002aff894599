using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>The results of a study on one axis. What the figures mean: <c>docs/statistics.md</c>.</summary>
public sealed record AxisReport
{
    /// <summary>The question.</summary>
    public required Axis Axis { get; init; }

    /// <summary>One per comparison of the study, in its order.</summary>
    public required IReadOnlyList<Tally> Tallies { get; init; }

    /// <summary>The decided comparisons; with <see cref="Undecided"/> they add up to all.</summary>
    public required OutcomeCounts Decisions { get; init; }

    /// <summary>Comparisons without a vote.</summary>
    public required int Undecided { get; init; }

    /// <summary>Comparisons with at least as many votes as the study asks for.</summary>
    public required int Complete { get; init; }

    /// <summary>The votes, each for itself.</summary>
    public required OutcomeCounts Votes { get; init; }

    /// <summary>Number of raters who voted.</summary>
    public required int Raters { get; init; }

    /// <summary>Won votes that went to whichever image stood left.</summary>
    public required int LeftWins { get; init; }

    /// <summary>Net win rate of the decisions.</summary>
    public required Estimate NetWinRate { get; init; }

    /// <summary>Net win rate of the votes.</summary>
    public required ClusteredEstimate VoteNetWinRate { get; init; }

    /// <summary>Exact sign test on the decisions, ties dropped: the one that is adjusted and quoted.</summary>
    public required SignTestResult SignTest { get; init; }

    /// <summary>p-value of <see cref="SignTest"/> by Holm over the study's axes; null when there is no test.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>How far raters agree.</summary>
    public required Agreement Agreement { get; init; }

    /// <summary>Share of a decision with its Wilson interval: of the compared ones, for rejects of all decided ones.</summary>
    public Estimate Share(Decision decision) => decision switch
    {
        Decision.A => Rate.Wilson(Decisions.A, Decisions.Compared),
        Decision.B => Rate.Wilson(Decisions.B, Decisions.Compared),
        Decision.Tie => Rate.Wilson(Decisions.Tie, Decisions.Compared),
        Decision.Split => Rate.Wilson(Decisions.Split, Decisions.Compared),
        _ => Rate.Wilson(Decisions.Reject, Decisions.Total),
    };

    /// <summary>Computes the report.</summary>
    /// <param name="axis">The question.</param>
    /// <param name="table">Comparisons of the study.</param>
    /// <param name="votes">The votes on the axis.</param>
    internal static AxisReport Of(Axis axis, VoteTable table, IReadOnlyList<CountingVote> votes)
    {
        var byComparison = votes.ToLookup(vote => vote.ComparisonId);
        var tallies = table.Comparisons.Select(comparison => Tally.Of(comparison, byComparison[comparison.ComparisonId])).ToList();
        var decided = tallies.Where(tally => tally.Decision is not null).ToList();
        var decisions = OutcomeCounts.OfDecisions(decided.Select(tally => tally.Decision!.Value));
        return new AxisReport
        {
            Axis = axis,
            Tallies = tallies,
            Decisions = decisions,
            Undecided = tallies.Count - decided.Count,
            Complete = tallies.Count(tally => tally.Votes.Total >= table.VotesPerComparison),
            Votes = OutcomeCounts.OfVotes(votes.Select(vote => vote.Winner)),
            Raters = votes.Select(vote => vote.RaterId).Distinct().Count(),
            LeftWins = votes.Count(vote => vote.Winner == (vote.LeftIsB ? Outcome.B : Outcome.A)),
            NetWinRate = NetWinRateOf(decisions, decided),
            VoteNetWinRate = NetWinRateOf(tallies, byComparison),
            SignTest = Stats.SignTest.TiesDropped(decisions),
            Agreement = Agreement.Of([.. tallies.SelectMany(tally => byComparison[tally.ComparisonId])]),
        };
    }

    /// <summary>Of decisions, which are independent of each other while no prompt has two of them.</summary>
    private static Estimate NetWinRateOf(OutcomeCounts decisions, List<Tally> decided)
    {
        if (decided.DistinctBy(tally => tally.PromptId).Count() == decided.Count)
            return Stats.NetWinRate.Tango(decisions);

        var scores = decided.Where(tally => tally.Decision!.Value.Score() is not null)
            .Select(tally => new ClusteredScore(tally.PromptId, rater: 0, tally.Decision!.Value.Score()!.Value));
        return ClusteredNetWinRate.Of([.. scores], Clustering.ByPrompt).Estimate;
    }

    private static ClusteredEstimate NetWinRateOf(List<Tally> tallies, ILookup<long, CountingVote> votes)
    {
        var scores = from tally in tallies
                     from vote in votes[tally.ComparisonId]
                     where vote.Winner != Outcome.Reject
                     select new ClusteredScore(tally.PromptId, vote.RaterId, vote.Winner.Score()!.Value);
        return ClusteredNetWinRate.Of([.. scores], Clustering.TwoWay);
    }
}
