using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>
/// Says when exclusions leave out so much that they, and not the raters, may be what is wrong. Simulated votes are not counted.
/// </summary>
public static class ExclusionAlarms
{
    /// <summary>Share of people's votes above which all exclusions together are told.</summary>
    public const double MostInAll = 1 / 5.0;

    /// <summary>Share of people's votes above which those by one rule are told.</summary>
    public const double MostByOneRule = 1 / 10.0;

    /// <summary>The alarms, a sentence each.</summary>
    /// <param name="byRater">How many votes people have given, rater by rater.</param>
    /// <param name="exclusions">Its exclusions; lifted ones do not matter.</param>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<long, int> byRater, IEnumerable<Exclusion> exclusions)
    {
        var votes = byRater.Values.Sum();
        var byRule = exclusions
            .Where(exclusion => exclusion.IsInForce)
            .AggregateBy(exclusion => exclusion.Flag.ToString() ?? "", _ => (Flag: default(RaterFlagKind?), Votes: 0),
                (rule, exclusion) => (exclusion.Flag, rule.Votes + byRater.GetValueOrDefault(exclusion.RaterId)))
            .Select(rule => rule.Value)
            .ToList();
        var all = byRule.Sum(rule => rule.Votes);
        var alarms = new List<string>();
        if (all > MostInAll * votes)
        {
            alarms.Add($"Exclusions leave out {Share(all)} of people's votes, more than a fifth. Look at the study's question and pairs before you look at the raters.");
        }
        alarms.AddRange(
            from rule in byRule
            where rule.Votes > MostByOneRule * votes
            select $"{QualityWords.RuleAtStart(rule.Flag)} alone leaves out {Share(rule.Votes)} of people's votes, more than a tenth. Is the rule right for this study?");
        return alarms;

        string Share(int left) => $"{Figures.Percent(left, votes)} ({Figures.Whole(left)} of {Figures.Whole(votes)})";
    }
}
