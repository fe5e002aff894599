using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>One outcome of a head-to-head as a row of a table.</summary>
/// <param name="Votes">Null for splits, which are no votes.</param>
internal sealed record OutcomeRow(string Words, int Decisions, string Share, int? Votes)
{
    public static IReadOnlyList<OutcomeRow> Of(HeadToHead pair, SystemPair systems) =>
    [
        new($"{systems.A} (A) wins", pair.Decisions.A, Figures.Rate(pair.Rates.AWins), pair.Votes.A),
        new("tie", pair.Decisions.Tie, Figures.Rate(pair.Rates.Tie), pair.Votes.Tie),
        new("split", pair.Decisions.Split, Figures.Rate(pair.Rates.Split), null),
        new($"{systems.B} (B) wins", pair.Decisions.B, Figures.Rate(pair.Rates.BWins), pair.Votes.B),
        new("rejected (share of all)", pair.Decisions.Reject, Figures.Rate(pair.Rates.Reject), pair.Votes.Reject),
    ];
}
