namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What a figure does not allow for, in words; how much it matters is measured in <c>docs/statistics.md</c>.</summary>
internal static class Cautions
{
    /// <summary>With fewer raters or prompts than this, what they have in common weighs.</summary>
    public const int Few = 20;

    // resampled intervals of agreement hold in 94 % of studies of 100 comparisons, alpha's in 88 % of 20
    private const int FewForAgreement = 50;

    /// <summary>Intervals of agreement are resampled, which makes them narrow where there is little to resample. Null without agreement.</summary>
    /// <param name="comparisons">Those with two votes or more.</param>
    public static string? FewComparisons(int comparisons) => comparisons is > 1 and < FewForAgreement
        ? $"The brackets of agreement rest on {comparisons} comparisons with two votes or more: from so few they are somewhat too narrow."
        : null;

    /// <summary>
    /// Decisions take their raters as given: with 5 raters of strong tastes their 95 % intervals hold for other raters in 69 % of studies,
    /// those of votes, clustered by rater too, in 95 %. Null from 20 raters on, without votes, or when raters are unknown.
    /// </summary>
    public static string? FewRaters(int? raters) => raters switch
    {
        1 => "Intervals and tests speak of this one rater on other prompts. What other raters would say, one cannot show.",
        > 1 and < Few => $"Interval and test of the decisions speak of these {raters} raters on other prompts. For other raters look at the net win rate in votes.",
        _ => null,
    };

    /// <summary>
    /// Ranks are resampled by prompt, which takes raters as given: with 5 raters of strong tastes such an interval covers in 70 % of
    /// studies. Null from 20 raters on or when raters are unknown.
    /// </summary>
    public static string? FewRatersOfRanks(int? raters) => raters is > 1 and < Few
        ? $"Intervals of ranks and the chance of being best speak of these {raters} raters on other prompts; intervals of strengths allow for other raters."
        : null;
}
