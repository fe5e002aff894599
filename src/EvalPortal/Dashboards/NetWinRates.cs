using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Which net win rate suits which decisions.</summary>
internal static class NetWinRates
{
    /// <summary>
    /// Of decisions, which are independent of each other while no prompt has two of them: then with Tango's interval, otherwise
    /// clustered by prompt.
    /// </summary>
    /// <param name="decisions">The same decisions, counted.</param>
    /// <param name="decided">Every decision with its prompt.</param>
    /// <param name="level">Confidence level of the interval.</param>
    /// <returns>The net win rate, and the clustered estimate it is from; null when the decisions are independent.</returns>
    public static (Estimate NetWinRate, ClusteredEstimate? Clustered) OfDecisions(
        OutcomeCounts decisions, IReadOnlyCollection<(long PromptId, Decision Decision)> decided, double level = 0.95)
    {
        if (decided.DistinctBy(comparison => comparison.PromptId).Count() == decided.Count)
            return (NetWinRate.Tango(decisions, level), null);

        var clustered = ClusteredNetWinRate.Of(ScoresOf(decided), Clustering.ByPrompt, level: level);
        return (clustered.Estimate, clustered);
    }

    /// <summary>Decisions as scores in their prompts, rejects left out.</summary>
    public static IReadOnlyList<ClusteredScore> ScoresOf(IEnumerable<(long PromptId, Decision Decision)> decided) =>
    [
        .. from comparison in decided
           where comparison.Decision != Decision.Reject
           select new ClusteredScore(comparison.PromptId, rater: 0, comparison.Decision.Score()!.Value),
    ];
}
