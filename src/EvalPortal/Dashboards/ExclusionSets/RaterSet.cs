using PixelPost.EvalPortal.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards.ExclusionSets;

/// <summary>Some of the raters who are excluded now: those whose votes a column of the comparison leaves out.</summary>
/// <param name="Key">In addresses: <c>none</c>, <c>all</c>, <c>rules</c>, <c>planned</c>, or the name of a rule such as <c>manual</c>.</param>
/// <param name="Words">How the column is headed.</param>
/// <param name="Excluded">The raters, with their exclusions.</param>
public sealed record RaterSet(string Key, string Words, IReadOnlyDictionary<long, long> Excluded)
{
    /// <summary>Everybody's votes.</summary>
    public const string Nobody = "none";

    /// <summary>Without all who are excluded, as everywhere.</summary>
    public const string Everybody = "all";

    private const string ByAnyRule = "rules";
    private const string ByThePlan = "planned";

    /// <summary>The sets that a study has, each that a rule makes among them where somebody is excluded by it.</summary>
    /// <param name="exclusions">Of the study; lifted ones do not matter.</param>
    /// <param name="planned">The rules that the locked plan names; null without a plan.</param>
    public static IReadOnlyList<RaterSet> Of(IEnumerable<Exclusion> exclusions, IReadOnlyList<string>? planned)
    {
        var inForce = exclusions.Where(exclusion => exclusion.IsInForce).ToList();
        var sets = new List<RaterSet>
        {
            Make(Nobody, "all raters", _ => false),
            Make(Everybody, "without all who are excluded", _ => true),
        };
        if (planned is not null)
            sets.Add(Make(ByThePlan, "without those whom the plan's rules exclude", exclusion => planned.Contains(exclusion.Rule)));
        if (inForce.Any(exclusion => exclusion.Flag is not null) && inForce.Any(exclusion => exclusion.Flag is null))
            sets.Add(Make(ByAnyRule, "without those whom any rule excludes", exclusion => exclusion.Flag is not null));
        sets.AddRange(inForce.GroupBy(exclusion => exclusion.Rule).OrderBy(rule => rule.Key, StringComparer.Ordinal)
            .Select(rule => Make(rule.Key, WordsOf(rule.First().Flag), exclusion => exclusion.Rule == rule.Key)));
        return sets;

        RaterSet Make(string key, string words, Func<Exclusion, bool> isLeftOut) =>
            new(key, words, inForce.Where(isLeftOut).ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId));
    }

    private static string WordsOf(RaterFlagKind? flag) =>
        flag is null ? "without those excluded by hand" : $"without those excluded by the rule “{QualityWords.Rule(flag)}”";
}
