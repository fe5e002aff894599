using System.Collections.Frozen;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What the results of a study are made from: its comparisons and the votes that count.</summary>
public sealed record VoteTable
{
    /// <summary>The questions asked, in the order of the study.</summary>
    public required IReadOnlyList<Axis> Axes { get; init; }

    /// <summary>Every comparison, voted on or not, in the order of the study.</summary>
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>The counting votes, real and simulated, in any order; at most one of a rater on a comparison and axis.</summary>
    public required IReadOnlyCollection<CountingVote> Votes { get; init; }

    /// <summary>How many votes the study asks for on each comparison and axis.</summary>
    public required int VotesPerComparison { get; init; }

    /// <summary>The raters who are excluded now, with their exclusions; their votes are among <see cref="Votes"/>.</summary>
    public IReadOnlyDictionary<long, long> Excluded { get; init; } = FrozenDictionary<long, long>.Empty;

    /// <summary>Changes with every vote, retraction, withdrawal and exclusion; empty where the votes are from no study that goes on.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether there is any simulated vote.</summary>
    public bool HasSimulated => Votes.Any(vote => vote.Simulated);

    /// <summary>The same comparisons with the votes of one source.</summary>
    public VoteTable From(VoteSource source) => Votes.All(vote => source.Includes(vote.Simulated))
        ? this
        : Where(vote => source.Includes(vote.Simulated));

    /// <summary>The same comparisons without the votes of some raters.</summary>
    public VoteTable Without(Func<long, bool> raters) => Where(vote => !raters(vote.RaterId));

    /// <summary>The same comparisons with the votes that count.</summary>
    public VoteTable Under(Exclusions exclusions) =>
        exclusions == Exclusions.Applied && Excluded.Count > 0 ? Without(Excluded.ContainsKey) : this;

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Counts(Exclusions exclusions) => Enum.GetValues<VoteSource>().ToDictionary(
        source => source,
        source => Votes.Count(vote => source.Includes(vote.Simulated) && (exclusions == Exclusions.None || !Excluded.ContainsKey(vote.RaterId))));

    /// <summary>The same votes in an order that does not depend on how they were read: sums of fractions round by their order.</summary>
    public VoteTable Sorted() =>
        Votes is SortedVotes ? this : this with { Votes = new SortedVotes(Votes.Order(Comparer<CountingVote>.Create(CountingVote.Compare))) };

    /// <summary>The same votes but for those on some questions that raters have answered anew; see <see cref="SortedVotes.With"/>.</summary>
    internal VoteTable With(IReadOnlySet<(long ComparisonId, long RaterId, Axis Axis)> touched, IEnumerable<CountingVote> votes) =>
        this with { Votes = ((SortedVotes)Sorted().Votes).With(touched, votes) };

    private VoteTable Where(Func<CountingVote, bool> wanted) =>
        this with { Votes = Votes is SortedVotes sorted ? sorted.Where(wanted) : [.. Votes.Where(wanted)] };
}
