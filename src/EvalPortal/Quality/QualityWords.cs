using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>What is known of raters, as it stands on pages. What cannot be known is unknown, and never bad.</summary>
internal static class QualityWords
{
    public const string Unknown = "unknown";

    /// <summary>A rule inside a sentence: <c>by hand</c>, <c>side bias</c>.</summary>
    public static string Rule(RaterFlagKind? flag) => flag is { } kind ? Of(kind) : "by hand";

    /// <summary>A rule at the start of a sentence.</summary>
    public static string RuleAtStart(RaterFlagKind? flag) => flag is { } kind ? $"The rule '{Of(kind)}'" : "Exclusion by hand";

    /// <summary>A rate with its interval beside that of the others: <c>71.2 % [65.0, 76.8]</c>.</summary>
    public static string Rate(RaterRate rate) => rate.Cases == 0 ? Unknown : Figures.Rate(rate.Rate);

    /// <summary>The same rate of all other raters.</summary>
    public static string Others(RaterRate rate) => rate is { Cases: > 0, Others: { } others } ? Figures.Percent(others) : Unknown;

    public static string LeftShare(SideBiasTest side) => side.LeftShare.Value is null ? Unknown : Figures.Rate(side.LeftShare);

    public static string MedianTime(ResponseSpeedResult speed) => speed.MedianMs is { } median ? Figures.Seconds(median) : Unknown;

    /// <summary>The longest run of one side, and out of how many answers.</summary>
    public static string LongestStreak(StreakResult streak) => streak.Decided == 0 ? Unknown : $"{streak.Longest} of {streak.Decided}";

    /// <summary>What leaving the rater out does to the net win rate of the decisions: <c>+0.4</c>.</summary>
    public static string Influence(RaterInfluenceResult influence) => Influence(influence.DecisionNetWinRate);

    /// <summary>The answer or the place chosen most often, and how often: <c>yes, 92.0 %</c>.</summary>
    public static string Same(SameAnswerResult same, IReadOnlyList<string> categories) => same.Category is { } category
        ? $"{categories[category]}, {Figures.Percent(same.Hits, same.Cases)}"
        : Unknown;

    /// <summary>What leaving a rater out does to a share: <c>+0.4</c>.</summary>
    public static string Influence(LeftOut figure) => figure.Change is { } change ? Figures.SignedPercent(change) : Unknown;

    /// <summary>A share at the start and at the end: <c>71.2 → 64.0 %</c>.</summary>
    public static string Drift(ShareDrift share) => share.FirstCases == 0 || share.LastCases == 0
        ? Unknown
        : $"{Figures.PercentNumber((double)share.FirstHits / share.FirstCases)} → {Figures.Percent(share.LastHits, share.LastCases)}";

    /// <summary>A pace at the start and at the end: <c>4.2 s → 3.1 s</c>.</summary>
    public static string Drift(SpeedDrift speed) => speed is { FirstMedianMs: { } first, LastMedianMs: { } last }
        ? $"{Figures.Seconds(first)} → {Figures.Seconds(last)}"
        : Unknown;

    /// <summary>A share of a stretch of votes.</summary>
    public static string Share(HitCount tally) => tally.Share is { } share ? Figures.Percent(share) : Unknown;

    private static string Of(RaterFlagKind kind) => kind switch
    {
        RaterFlagKind.LowAgreement => "low agreement",
        RaterFlagKind.LowGoldAccuracy => "low accuracy on gold",
        RaterFlagKind.LowSelfConsistency => "low consistency on repeats",
        RaterFlagKind.SideBias => "side bias",
        RaterFlagKind.Streak => "one side or answer over and over",
        RaterFlagKind.FastAnswers => "answers too fast",
        _ => "faster than the others",
    };
}
