using System.Collections.Frozen;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What the results of a study are made from: its comparisons and the votes that count.</summary>
public sealed record VoteTable
{
    /// <summary>The questions asked, in the order of the study.</summary>
    public required IReadOnlyList<Axis> Axes { get; init; }

    /// <summary>Every comparison, voted on or not, in the order of the study.</summary>
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>The counting votes, real and simulated, in any order; at most one of a rater on a comparison and axis.</summary>
    public required IReadOnlyList<CountingVote> Votes { get; init; }

    /// <summary>How many votes the study asks for on each comparison and axis.</summary>
    public required int VotesPerComparison { get; init; }

    /// <summary>The raters who are excluded now, with their exclusions; their votes are among <see cref="Votes"/>.</summary>
    public IReadOnlyDictionary<long, long> Excluded { get; init; } = FrozenDictionary<long, long>.Empty;

    /// <summary>Whether there is any simulated vote.</summary>
    public bool HasSimulated => Votes.Any(vote => vote.Simulated);

    /// <summary>The same comparisons with the votes of one source.</summary>
    public VoteTable From(VoteSource source) => source switch
    {
        VoteSource.Real => this with { Votes = [.. Votes.Where(vote => !vote.Simulated)] },
        VoteSource.Simulated => this with { Votes = [.. Votes.Where(vote => vote.Simulated)] },
        _ => this,
    };

    /// <summary>The same comparisons without the votes of some raters.</summary>
    public VoteTable Without(Func<long, bool> raters) => this with { Votes = [.. Votes.Where(vote => !raters(vote.RaterId))] };

    /// <summary>The same comparisons with the votes that count.</summary>
    public VoteTable Under(Exclusions exclusions) =>
        exclusions == Exclusions.Applied && Excluded.Count > 0 ? Without(Excluded.ContainsKey) : this;

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Counts(Exclusions exclusions) =>
        Enum.GetValues<VoteSource>().ToDictionary(source => source, source => From(source).Under(exclusions).Votes.Count);

    /// <summary>The same votes in an order that does not depend on how they were read: sums of fractions round by their order.</summary>
    public VoteTable Sorted() => this with { Votes = [.. Votes.OrderBy(vote => vote.ComparisonId).ThenBy(vote => vote.RaterId)] };
}

/// <summary>A vote that counts, as far as results need it.</summary>
public sealed record CountingVote
{
    /// <summary>What was voted on.</summary>
    public required long ComparisonId { get; init; }

    /// <summary>The question.</summary>
    public required Axis Axis { get; init; }

    /// <summary>Who voted.</summary>
    public required long RaterId { get; init; }

    /// <summary>The answer, told by system.</summary>
    public required Outcome Winner { get; init; }

    /// <summary>Whether system B's image stood left.</summary>
    public required bool LeftIsB { get; init; }

    /// <summary>Whether no person voted.</summary>
    public required bool Simulated { get; init; }
}
