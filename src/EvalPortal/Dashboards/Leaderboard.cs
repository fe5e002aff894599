using PixelPost.EvalPortal.Plots;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>All systems of linked studies on one scale.</summary>
public sealed record Leaderboard
{
    public required Axis Axis { get; init; }

    /// <summary>Votes that the ranking is made from.</summary>
    public required int Votes { get; init; }

    /// <summary>Those who gave them; who voted in several of the studies is one.</summary>
    public required int Raters { get; init; }

    public required RankingResult Ranking { get; init; }

    /// <summary>The systems in the order of the ranking; those that it leaves out, and all where there is none, by name.</summary>
    public required IReadOnlyList<string> Systems { get; init; }

    /// <summary>Every pair of them with votes, told from both sides; the places are those of <see cref="Systems"/>.</summary>
    public required IReadOnlyList<MatrixCell> Pairs { get; init; }

    /// <summary>Whether raters favour a side, and what that does.</summary>
    public required SideEffect Sides { get; init; }

    /// <summary>Ranks the systems on each axis that is asked.</summary>
    /// <param name="studies">Linked studies of pairs with their votes.</param>
    /// <param name="names">Names of the systems, by id.</param>
    /// <param name="source">Whose votes are counted.</param>
    /// <param name="exclusions">What is done about excluded raters.</param>
    public static IReadOnlyList<Leaderboard> Of(
        IReadOnlyList<(Study Study, VoteTable Table)> studies, IReadOnlyDictionary<long, string> names,
        VoteSource source = VoteSource.Real, Exclusions exclusions = Exclusions.Applied)
    {
        var systems = studies.SelectMany(linked => (long[])[linked.Study.SystemAId, linked.Study.SystemBId!.Value]).Distinct().Order().ToList();
        var numbers = new Dictionary<long, int>();
        return [.. studies.SelectMany(linked => linked.Table.Axes).Distinct().Select(axis =>
        {
            var counted = studies.Select(linked => (linked.Study, Table: linked.Table.From(source).Under(exclusions))).ToList();
            var votes = counted.SelectMany(linked => VotesOf(axis, linked.Study, linked.Table, systems, numbers)).ToList();
            var ranking = RankingResult.Of([.. systems.Select(system => names[system])], votes, VoteClusters.Of(votes));
            var ordered = Order(systems.Select(system => names[system]), ranking);
            return new Leaderboard
            {
                Axis = axis,
                Votes = votes.Count,
                Raters = votes.Select(vote => vote.Rater).Distinct().Count(),
                Ranking = ranking,
                Systems = ordered,
                Pairs = PairsOf(votes, [.. systems.Select(system => ordered.IndexOf(names[system]))]),
                Sides = SideEffect.Of(axis, [.. counted.Where(linked => linked.Table.Axes.Contains(axis)).Select(linked =>
                    (names[linked.Study.SystemAId], names[linked.Study.SystemBId!.Value], linked.Table))]),
            };
        })];
    }

    private static List<string> Order(IEnumerable<string> names, RankingResult ranking)
    {
        var ranked = (ranking.Systems ?? []).Select(system => system.System).ToList();
        return [.. ranked, .. names.Except(ranked).Order(StringComparer.OrdinalIgnoreCase)];
    }

    /// <param name="places">Where each system stands.</param>
    private static IReadOnlyList<MatrixCell> PairsOf(IEnumerable<FileVote> votes, IReadOnlyList<int> places) =>
    [
        .. votes.SelectMany(vote => (FileVote[])[vote, vote.Swapped()])
            .GroupBy(vote => (Row: places[vote.SystemA], Column: places[vote.SystemB]))
            .Select(pair => new MatrixCell(pair.Key.Row, pair.Key.Column, OutcomeCounts.OfVotes(pair.Select(vote => vote.Winner)))),
    ];

    private static IEnumerable<FileVote> VotesOf(
        Axis axis, Study study, VoteTable table, List<long> systems, Dictionary<long, int> raters)
    {
        var (a, b) = (systems.IndexOf(study.SystemAId), systems.IndexOf(study.SystemBId!.Value));
        var comparisons = table.Comparisons.ToDictionary(comparison => comparison.ComparisonId);
        foreach (var vote in table.Sorted().Votes.Where(vote => vote.Axis == axis))
        {
            raters.TryAdd(vote.RaterId, raters.Count);
            yield return new FileVote
            {
                Line = 0,
                Axis = (int)axis,
                Comparison = (int)vote.ComparisonId,
                Prompt = (int)comparisons[vote.ComparisonId].PromptId,
                Rater = raters[vote.RaterId],
                SystemA = a,
                SystemB = b,
                Winner = vote.Winner,
                LeftIsA = !vote.LeftIsB,
            };
        }
    }
}
