using System.Globalization;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Quality;

/// <summary>The exclusions that bear on a figure: those of raters who voted on what it is made from.</summary>
public sealed record ExclusionSet
{
    private const string Nothing = "none";

    /// <summary>Whether the votes are left out, or counted all the same.</summary>
    public required Exclusions Exclusions { get; init; }

    /// <summary>The exclusions, one for each rater, in order of their ids.</summary>
    public required IReadOnlyList<long> ExclusionIds { get; init; }

    /// <summary>Votes of the excluded raters.</summary>
    public required int Votes { get; init; }

    /// <summary>Number of excluded raters.</summary>
    public int Raters => ExclusionIds.Count;

    /// <summary>What names the set in exports: the ids of what was left out, such as <c>3 5</c>, or <c>none</c>.</summary>
    public string Name => Exclusions == Exclusions.None ? NameOf([]) : NameOf(ExclusionIds);

    /// <summary>See <see cref="Name"/>.</summary>
    internal static string NameOf(IReadOnlyList<long> ids) => ids.Count == 0 ? Nothing : string.Join(' ', ids);

    /// <summary>The set that was kept by its name, applied.</summary>
    internal static ExclusionSet Parse(string name, int votes) => new()
    {
        Exclusions = Exclusions.Applied,
        ExclusionIds = name == Nothing ? [] : [.. name.Split(' ').Select(id => long.Parse(id, CultureInfo.InvariantCulture))],
        Votes = votes,
    };

    /// <summary>The set in words: <c>without 2 excluded raters (37 votes)</c>.</summary>
    public string ToWords() => (Raters, Exclusions) switch
    {
        (0, _) => "with no rater excluded",
        (_, Exclusions.Applied) => $"without {Left()}",
        _ => $"with {Left()}",
    };

    /// <summary>The set that bears on a table.</summary>
    /// <param name="table">All votes that are looked at, those of excluded raters among them.</param>
    /// <param name="exclusions">What is done about them.</param>
    public static ExclusionSet Of(VoteTable table, Exclusions exclusions) =>
        Of(table.Votes.Select(vote => table.Excluded.TryGetValue(vote.RaterId, out var id) ? id : default(long?)), exclusions);

    /// <summary>The set that bears on votes.</summary>
    /// <param name="votes">For each vote the exclusion of its rater, null where the rater is not excluded.</param>
    /// <param name="exclusions">What is done about them.</param>
    public static ExclusionSet Of(IEnumerable<long?> votes, Exclusions exclusions)
    {
        var excluded = votes.OfType<long>().CountBy(id => id).OrderBy(exclusion => exclusion.Key).ToList();
        return new ExclusionSet
        {
            Exclusions = exclusions,
            ExclusionIds = [.. excluded.Select(exclusion => exclusion.Key)],
            Votes = excluded.Sum(exclusion => exclusion.Value),
        };
    }

    private string Left() => $"{Figures.Count(Raters, "excluded rater")} ({Figures.Count(Votes, "vote")})";
}
