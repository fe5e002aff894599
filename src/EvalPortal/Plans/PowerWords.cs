using System.Globalization;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Plans;

/// <summary>What a study of a size can find, in words.</summary>
internal static class PowerWords
{
    /// <summary>What a number rests on.</summary>
    public static string Assumptions(PowerAssumptions power) => Text(
        $"{power.VotesPerComparison} votes each by {power.Raters} raters, {power.TieShare * 100:0.#} % ties, correlation {power.PromptCorrelation:0.###} of votes on a prompt and {power.RaterCorrelation:0.###} of votes of a rater, power {power.Power * 100:0.#} % at {power.Significance:0.####}");

    /// <summary>How many independent votes the votes are worth.</summary>
    public static string Worth(PowerAssumptions power, int comparisons)
    {
        var (votes, effect) = (comparisons * power.VotesPerComparison, power.DesignEffect(comparisons));
        return Text($"{Figures.Count(comparisons, "comparison")} with {Figures.Count(power.VotesPerComparison, "vote")} each are {Figures.Count(votes, "vote")}. Because votes on a prompt and votes of a rater are alike, they say as much as {votes / effect:N0} independent ones (design effect {effect:0.00}).");
    }

    /// <summary>What the votes find.</summary>
    public static string Votes(PowerAssumptions power, int comparisons) => power.SmallestNetWinRate(comparisons) is { } net
        ? Text($"They find a net win rate of {net * 100:0.0} points or more ({(1 - power.TieShare + net) / 2 * 100:0.0} % won, {(1 - power.TieShare - net) / 2 * 100:0.0} % lost) with {power.Power * 100:0.#} % power at {power.Significance:0.####}.")
        : "They are too few to find anything: not even wins without a loss would show.";

    /// <summary>What the sign test on the decisions finds.</summary>
    public static string Decisions(PowerAssumptions power, int comparisons) => power.SmallestWinShare(comparisons) is { } share
        ? Text($"The sign test on the decisions finds {share * 100:0.0} : {(1 - share) * 100:0.0} or more among the {comparisons * (1 - power.TieShare):N0} that are decided if decisions tie as often as votes, for these raters.")
        : "The sign test on the decisions finds nothing: too few are decided.";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
