using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What a row of results is by whom.</summary>
public interface IJudgement
{
    Guid VoteId { get; }

    long RaterId { get; }

    bool Simulated { get; }
}

/// <summary>Votes on what is no pair, chosen by whose they are and by who is excluded.</summary>
/// <param name="rows">Of votes that count, excluded raters' among them; a vote may have several.</param>
/// <param name="excluded">The raters who are excluded now, with their exclusions.</param>
public sealed class FormVotes<T>(IReadOnlyList<T> rows, IReadOnlyDictionary<long, long> excluded) where T : IJudgement
{
    /// <summary>The rows to count.</summary>
    public IReadOnlyList<T> Of(VoteSource source, Exclusions exclusions) =>
        [.. From(source).Where(row => exclusions == Exclusions.None || !excluded.ContainsKey(row.RaterId))];

    /// <summary>What exclusions leave out of the votes.</summary>
    public ExclusionSet SetOf(VoteSource source, Exclusions exclusions) => ExclusionSet.Of(
        From(source).DistinctBy(row => row.VoteId).Select(row => excluded.TryGetValue(row.RaterId, out var id) ? id : default(long?)), exclusions);

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Counts(Exclusions exclusions) => Enum.GetValues<VoteSource>()
        .ToDictionary(source => source, source => Of(source, exclusions).Select(row => row.VoteId).Distinct().Count());

    private IEnumerable<T> From(VoteSource source) => rows.Where(row => source.Includes(row.Simulated));
}
