using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Choices of the loop as they stand on pages.</summary>
public static class RoundWords
{
    /// <summary>Which axis decides.</summary>
    public static string ToWords(this AxisRule rule) => rule switch
    {
        AxisRule.Flaws => "flaws",
        AxisRule.Appeal => "appeal",
        AxisRule.Preference => "best and worst",
        AxisRule.Alignment => "text alignment",
        _ => "flaws, then appeal",
    };

    /// <summary>Which axis decides, and what else differs from the reference protocol.</summary>
    public static string ToWords(this AxisRule rule, PreferenceRules rules) =>
        rules.ToWords(rule) is { Length: > 0 } differences ? $"{rule.ToWords()}; {differences}" : rule.ToWords();

    /// <summary>Whose votes.</summary>
    public static string ToWords(this VoteSource source) => source switch
    {
        VoteSource.Real => "people's votes",
        VoteSource.Simulated => "simulated votes",
        _ => "people's and simulated votes",
    };
}
