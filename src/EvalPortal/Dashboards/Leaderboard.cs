using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>All systems of linked studies on one scale, by people's votes without those of excluded raters.</summary>
public sealed record Leaderboard
{
    public required Axis Axis { get; init; }

    /// <summary>Votes that the ranking is made from.</summary>
    public required int Votes { get; init; }

    /// <summary>Those who gave them; who voted in several of the studies is one.</summary>
    public required int Raters { get; init; }

    public required RankingResult Ranking { get; init; }

    /// <summary>Ranks the systems on each axis that is asked.</summary>
    /// <param name="studies">Linked studies of pairs with their votes.</param>
    /// <param name="names">Names of the systems, by id.</param>
    public static IReadOnlyList<Leaderboard> Of(IReadOnlyList<(Study Study, VoteTable Table)> studies, IReadOnlyDictionary<long, string> names)
    {
        var systems = studies.SelectMany(linked => (long[])[linked.Study.SystemAId, linked.Study.SystemBId!.Value]).Distinct().Order().ToList();
        var numbers = new Dictionary<long, int>();
        return [.. studies.SelectMany(linked => linked.Table.Axes).Distinct().Select(axis =>
        {
            var votes = studies.SelectMany(linked => VotesOf(axis, linked.Study, linked.Table, systems, numbers)).ToList();
            return new Leaderboard
            {
                Axis = axis,
                Votes = votes.Count,
                Raters = votes.Select(vote => vote.Rater).Distinct().Count(),
                Ranking = RankingResult.Of([.. systems.Select(system => names[system])], votes, VoteClusters.Of(votes)),
            };
        })];
    }

    private static IEnumerable<FileVote> VotesOf(
        Axis axis, Study study, VoteTable table, List<long> systems, Dictionary<long, int> raters)
    {
        var (a, b) = (systems.IndexOf(study.SystemAId), systems.IndexOf(study.SystemBId!.Value));
        var comparisons = table.Comparisons.ToDictionary(comparison => comparison.ComparisonId);
        foreach (var vote in table.From(VoteSource.Real).Under(Quality.Exclusions.Applied).Sorted().Votes.Where(vote => vote.Axis == axis))
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
