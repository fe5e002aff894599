using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plans;

/// <summary>What a planned number of comparisons rests on.</summary>
public sealed record PowerAssumptions
{
    /// <summary>Votes on each comparison.</summary>
    public required int VotesPerComparison { get; init; }

    /// <summary>Number of raters.</summary>
    public required int Raters { get; init; }

    /// <summary>Share of ties among the votes.</summary>
    public required double TieShare { get; init; }

    /// <summary>Correlation of two votes on one prompt.</summary>
    public required double PromptCorrelation { get; init; }

    /// <summary>Correlation of two votes of one rater.</summary>
    public required double RaterCorrelation { get; init; }

    /// <summary>Two-sided.</summary>
    public required double Significance { get; init; }

    /// <summary>Chance to find the difference if it is there.</summary>
    public required double Power { get; init; }

    /// <summary>How many votes of the study say as much as one independent vote; see <see cref="ClusterEffect.DesignEffectOfBoth"/>.</summary>
    /// <param name="comparisons">1 or more, one for each prompt.</param>
    public double DesignEffect(int comparisons) => ClusterEffect.DesignEffectOfBoth(
        VotesPerComparison, PromptCorrelation, Math.Max(1, (double)comparisons * VotesPerComparison / Raters), RaterCorrelation);

    /// <summary>The smallest net win rate that so many comparisons find by the votes on them; null where they find none.</summary>
    public double? SmallestNetWinRate(int comparisons) => NetWinRatePower.Detectable(
        comparisons * VotesPerComparison, TieShare, DesignEffect(comparisons), Power, Significance);

    /// <summary>
    /// The smallest share of the decided comparisons that so many find by the sign test on their decisions; null where they find none.
    /// Decisions of different prompts are independent cases for the raters that there are.
    /// </summary>
    public double? SmallestWinShare(int comparisons) =>
        (int)(comparisons * (1 - TieShare)) is >= 1 and var decided ? SignTestPower.Detectable(decided, Power, Significance) : null;

    /// <summary>
    /// The fewest comparisons that find a net win rate by their votes; null where no number does with these raters: what their tastes
    /// have in common does not get less by more comparisons.
    /// </summary>
    /// <param name="netWinRate">Above 0, and at most the share of votes that are no ties.</param>
    public int? Needed(double netWinRate)
    {
        var (win, lose) = ((1 - TieShare + netWinRate) / 2, (1 - TieShare - netWinRate) / 2);
        var independent = NetWinRatePower.Needed(win, lose, designEffect: 1, Power, Significance).Independent;
        var (byPrompt, byRater) = (1 + (VotesPerComparison - 1) * PromptCorrelation - RaterCorrelation, independent * RaterCorrelation / Raters);
        // votes = independent × (byPrompt + votes × ρ/raters), solved for the votes
        return byRater >= 1 ? null : (int)Math.Ceiling(Math.Max(independent, independent * byPrompt / (1 - byRater)) / VotesPerComparison * (1 - 1e-12));
    }
}
