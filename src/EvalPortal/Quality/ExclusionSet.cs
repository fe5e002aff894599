using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Quality;

/// <summary>The exclusions that bear on a figure: those of raters who voted on what it is made from.</summary>
public sealed record ExclusionSet
{
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
    internal static string NameOf(IReadOnlyList<long> ids) => ids.Count == 0 ? "none" : string.Join(' ', ids);

    /// <summary>The set in words: <c>without 2 excluded raters (37 votes)</c>.</summary>
    public string ToWords() => (Raters, Exclusions) switch
    {
        (0, _) => "no rater excluded",
        (_, Exclusions.Applied) => $"without {Left()}",
        _ => $"with {Left()}",
    };

    /// <summary>The set that bears on a table.</summary>
    /// <param name="table">All votes that are looked at, those of excluded raters among them.</param>
    /// <param name="exclusions">What is done about them.</param>
    public static ExclusionSet Of(VoteTable table, Exclusions exclusions)
    {
        var votes = table.Votes.Where(vote => table.Excluded.ContainsKey(vote.RaterId)).CountBy(vote => table.Excluded[vote.RaterId]).ToList();
        return new ExclusionSet
        {
            Exclusions = exclusions,
            ExclusionIds = [.. votes.Select(exclusion => exclusion.Key).Order()],
            Votes = votes.Sum(exclusion => exclusion.Value),
        };
    }

    private string Left() => $"{Figures.Count(Raters, "excluded rater")} ({Figures.Count(Votes, "vote")})";
}
