using System.Globalization;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>A ranking in words, the same in the terminal and on the page.</summary>
internal static class RankingWords
{
    /// <summary>How it was got, and what is missing.</summary>
    public static string How(RankingResult ranking)
    {
        var strengths = $"{ranking.Method}; {ranking.Systems![0].LogStrength.Method}.";
        if (ranking.RankReason is { } reason)
            return $"{strengths} No intervals of ranks: {reason}";
        var undefined = ranking.UndefinedReplicates == 0 ? "" : $", {ReportWords.Number(ranking.UndefinedReplicates)} of which do not rank all systems and are left out";
        return $"{strengths} Ranks and the chance of being best: {ReportWords.Number(ranking.Replicates)} resamples of the prompts{undefined}.";
    }

    /// <summary><c>+1.23 [0.90, 1.56]</c></summary>
    public static string Strength(RankedSystem system) =>
        system.LogStrength.Value > 0 ? $"+{Figures.Coefficient(system.LogStrength)}" : Figures.Coefficient(system.LogStrength);

    /// <summary>In points of chess ratings: <c>1,123</c>.</summary>
    public static string Rating(RankedSystem system) => system.Rating?.ToString("N0", CultureInfo.InvariantCulture) ?? Figures.None;

    /// <summary><c>1–4</c></summary>
    public static string Ranks(RankedSystem system) => system.BestRank is null ? Figures.None
        : system.BestRank == system.WorstRank ? $"{system.BestRank}"
        : $"{system.BestRank}–{system.WorstRank}";

    /// <summary>How likely it is the best: <c>62.0 %</c>.</summary>
    public static string Best(RankedSystem system) => system.ProbabilityBest is { } probability ? Figures.Percent(probability) : Figures.None;

    /// <summary><c>rank 1–4</c>; null when nothing is known of it.</summary>
    public static string? RanksInWords(RankedSystem system) => system.BestRank is null ? null : $"rank {Ranks(system)}";
}
