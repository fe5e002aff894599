using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Outcomes as words for pages; the systems are called A and B.</summary>
internal static class OutcomeWords
{
    public static string Of(Decision? decision) => decision switch
    {
        Decision.A => "A wins",
        Decision.B => "B wins",
        Decision.Tie => "tie",
        Decision.Split => "split",
        Decision.Reject => "rejected",
        _ => "no votes",
    };

    /// <summary>The votes by outcome, those that occur: <c>A 3, tie 1, B 1</c>.</summary>
    public static string Of(OutcomeCounts votes) => string.Join(", ", new (string Words, int Count)[]
    {
        ("A", votes.A), ("tie", votes.Tie), ("B", votes.B), ("rejected", votes.Reject),
    }.Where(outcome => outcome.Count > 0).Select(outcome => $"{outcome.Words} {outcome.Count}"));

    public static string Of(OutcomeFilter filter) => filter switch
    {
        OutcomeFilter.Any => "All",
        OutcomeFilter.A => "A wins",
        OutcomeFilter.B => "B wins",
        OutcomeFilter.Tie => "Tie",
        OutcomeFilter.Split => "Split",
        OutcomeFilter.Reject => "Rejected",
        _ => "No votes",
    };
}
