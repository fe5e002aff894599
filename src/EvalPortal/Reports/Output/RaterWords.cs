using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>Raters in words, the same in the terminal and on the page.</summary>
internal static class RaterWords
{
    /// <summary>How many there are and how many of them to look at.</summary>
    public static string Summary(IReadOnlyList<RaterResult> raters)
    {
        var flagged = raters.Count(rater => rater.Flags.Count > 0);
        return $"{Figures.Count(raters.Count, "rater")}, {ReportWords.Number(flagged)} of them with something to look at. Nobody is left out for it.";
    }

    /// <summary>Agreement with the majority of the others: <c>71.2 % [65.0, 76.8]</c>.</summary>
    public static string Agreement(RaterResult rater) => Figures.Rate(rater.Agreement.Agreement.Rate);

    /// <summary>The others' agreement with the majority of the others: <c>68.0 %</c>.</summary>
    public static string Others(RaterResult rater) => Share(rater.Agreement.Agreement.Others);

    /// <summary>Agreement expected of the rater's answers dealt out at random.</summary>
    public static string ByChance(RaterResult rater) => Share(rater.Agreement.ByChance);

    public static string LeftShare(RaterResult rater) => rater.Side is { } side ? Figures.Rate(side.LeftShare) : Figures.None;

    public static string MedianTime(RaterResult rater) => rater.Speed?.MedianMs is { } ms ? Figures.Seconds(ms) : Figures.None;

    /// <summary>The net win rate of the decisions without the rater, in percent.</summary>
    public static string NetWithout(RaterResult rater) => rater.Influence?.DecisionNetWinRate.Without is { } net
        ? Figures.SignedPercent(net)
        : Figures.None;

    /// <summary>What the model of Dawid and Skene says.</summary>
    public static FigureLine Consensus(Consensus consensus) => new(
        "Consensus of raters weighed by agreement",
        consensus.AWins is { } a ? $"A {Figures.Percent(a)}, tie {Figures.Percent(consensus.Tie!.Value)}, B {Figures.Percent(consensus.BWins!.Value)}" : Figures.None,
        consensus.Reason ?? "of comparisons; Dawid and Skene's model, a check of the majority and no evidence of its own"
            + (consensus.Cautions.Count > 0 ? $". With categories 0 = A wins, 1 = tie, 2 = B wins: {string.Join(' ', consensus.Cautions)}" : ""));

    private static string Share(double? share) => share is { } value ? Figures.Percent(value) : Figures.None;
}
