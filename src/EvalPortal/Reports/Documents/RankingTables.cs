using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Output;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The tables of rankings, where there are more than two systems.</summary>
internal static class RankingTables
{
    /// <summary>One axis: all systems on one scale.</summary>
    public static DocumentTable Ranking(string axis, RankingResult ranking) => new(
        $"Ranking by {axis.ToLowerInvariant()}, the strongest system first: natural logarithm of its strength against the average system with 95 % interval, the same in points of chess ratings, the middle 95 % of its ranks and the chance that it is the best.",
        [new("Rank", true), new("95 % of ranks", true), new("System"), new("Log strength [95 %]", true), new("Rating", true), new("Best of all", true)],
        [
            .. (ranking.Systems ?? []).Select(system => DocumentRow.Of(
                Figures.Whole(system.Rank), RankingWords.Ranks(system), system.System, RankingWords.Strength(system), RankingWords.Rating(system), RankingWords.Best(system))),
        ])
    {
        Notes = [ranking.Systems is null ? $"There is no ranking: {ranking.Reason}" : RankingWords.How(ranking)],
    };

    /// <summary>Each system against all it met.</summary>
    public static DocumentTable Systems(string axis, IReadOnlyList<SystemResult> systems) => new(
        $"Each system against all that it met, by {axis.ToLowerInvariant()}: votes, and its net win rate in votes in % with 95 % interval.",
        [
            new("System"), new("Votes", true), new("Wins", true), new("Ties", true), new("Losses", true), new("Rejected", true), new("Win rate", true), new("Net win rate [95 %]", true),
        ],
        [
            .. systems.OrderByDescending(system => system.WinRate).Select(system => DocumentRow.Of(
                system.System, Figures.Whole(system.Votes.Total), Figures.Whole(system.Votes.A), Figures.Whole(system.Votes.Tie), Figures.Whole(system.Votes.B),
                Figures.Whole(system.Votes.Reject), system.WinRate is { } rate ? Figures.Percent(rate) : Figures.None, Figures.NetWinRate(system.NetWinRate.Estimate))),
        ])
    {
        Notes = [.. DocumentWords.Reasons(systems.Select(system => (system.System, system.NetWinRate.Estimate.Reason ?? system.NetWinRate.Fallback)))],
    };

    /// <summary>The rankings of linked studies of pairs; none where they are about two systems.</summary>
    public static IEnumerable<(string Axis, RankingResult Ranking)> Of(IReadOnlyList<StudyResult> pairs)
    {
        var names = new Dictionary<long, string>();
        foreach (var data in pairs.Select(study => study.Data))
        {
            names.TryAdd(data.Study.SystemAId, data.SystemA);
            names.TryAdd(data.Study.SystemBId!.Value, data.SystemB);
        }
        if (names.Count <= 2)
            return [];
        var view = pairs[0].View;
        return Leaderboard.Of([.. pairs.Select(study => (study.Data.Study, study.Data.Pairs))], names, view.Source, view.Exclusions)
            .Select(board => (DocumentWords.Axis(board.Axis), board.Ranking));
    }
}
