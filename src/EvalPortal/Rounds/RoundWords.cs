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
        _ => "flaws, then appeal",
    };

    /// <summary>Whose votes.</summary>
    public static string ToWords(this VoteSource source) => source switch
    {
        VoteSource.Real => "people's votes",
        VoteSource.Simulated => "simulated votes",
        _ => "people's and simulated votes",
    };
}
