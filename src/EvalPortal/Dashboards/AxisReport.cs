using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>The results of a study on one axis. What the figures mean: <c>docs/statistics.md</c>.</summary>
public sealed record AxisReport
{
    /// <summary>The question.</summary>
    public required Axis Axis { get; init; }

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

    /// <summary>Net win rate of the decisions with the interval that may be looked at while votes come in.</summary>
    public required SequentialNetWinRate Sequential { get; init; }

    /// <summary>Net win rate of the votes.</summary>
    public required ClusteredEstimate VoteNetWinRate { get; init; }

    /// <summary>Exact sign test on the decisions, ties dropped.</summary>
    public required SignTestResult SignTest { get; init; }

    /// <summary>Which test is adjusted and quoted: the sign test unless a plan says otherwise.</summary>
    public PlannedTest Test { get; init; } = PlannedTest.SignTest;

    /// <summary>p-value of <see cref="Test"/> by itself; null when there is no test.</summary>
    public double? PValue => Test == PlannedTest.VoteNetWinRate ? VoteNetWinRate.PValue : SignTest.PValue;

    /// <summary><see cref="PValue"/> by Holm over the family; null when there is no test.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>How many tests it is adjusted over.</summary>
    public int FamilySize { get; init; } = 1;

    /// <summary>Whether the axis is in the planned family; without a plan all are.</summary>
    public bool IsInFamily { get; init; } = true;

    /// <summary>What the figures do not allow for, a sentence each.</summary>
    public IEnumerable<string> Cautions => new[] { Dashboards.Cautions.FewRaters(Raters), Dashboards.Cautions.FewComparisons(Agreement.Comparisons) }.OfType<string>();

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
    internal static AxisReport Of(Axis axis, VoteTable table, IReadOnlyList<TalliedComparison> comparisons)
    {
        var votes = table.Votes.Where(vote => vote.Axis == axis); // gone over several times: that costs less than a copy of very many
        var decided = Decided(axis, comparisons);
        var decisions = OutcomeCounts.OfDecisions(decided.Select(comparison => comparison.Decision));
        return new AxisReport
        {
            Axis = axis,
            Decisions = decisions,
            Undecided = comparisons.Count - decided.Count,
            Complete = comparisons.Count(comparison => comparison.Tallies[axis].Votes.Total >= table.VotesPerComparison),
            Votes = OutcomeCounts.OfVotes(votes.Select(vote => vote.Winner)),
            Raters = votes.Select(vote => vote.RaterId).Distinct().Count(),
            LeftWins = votes.Count(vote => vote.Winner == (vote.LeftIsB ? Outcome.B : Outcome.A)),
            NetWinRate = NetWinRates.OfDecisions(decisions, decided).NetWinRate,
            Sequential = SequentialNetWinRate.Of(axis, votes, comparisons, table.VotesPerComparison),
            VoteNetWinRate = NetWinRateOf(votes, table.Comparisons),
            SignTest = Stats.SignTest.TiesDropped(decisions),
            Agreement = Agreement.Of(votes),
        };
    }

    /// <summary>Every decision on an axis with its prompt.</summary>
    internal static IReadOnlyList<(long PromptId, Decision Decision)> Decided(Axis axis, IReadOnlyList<TalliedComparison> comparisons) =>
    [
        .. from comparison in comparisons
           let decision = comparison.Tallies[axis].Decision
           where decision is not null
           select (comparison.Comparison.PromptId, decision.Value),
    ];

    private static ClusteredEstimate NetWinRateOf(IEnumerable<CountingVote> votes, IReadOnlyList<Comparison> comparisons)
    {
        var prompts = comparisons.ToDictionary(comparison => comparison.ComparisonId, comparison => comparison.PromptId);
        return ClusteredNetWinRate.Of(CountingVote.Scores(votes, prompts), Clustering.TwoWay);
    }
}
