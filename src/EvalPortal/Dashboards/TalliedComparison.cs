using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>A comparison with the votes on each axis and what they decide.</summary>
public sealed record TalliedComparison
{
    /// <summary>What was compared.</summary>
    public required Comparison Comparison { get; init; }

    /// <summary>A tally for every axis of the study, empty ones too.</summary>
    public required IReadOnlyDictionary<Axis, Tally> Tallies { get; init; }

    /// <summary>Every comparison of a study, in its order.</summary>
    public static IReadOnlyList<TalliedComparison> Of(VoteTable table)
    {
        var votes = table.Votes.ToLookup(vote => (vote.ComparisonId, vote.Axis), vote => vote.Winner);
        return
        [
            .. table.Comparisons.Select(comparison => new TalliedComparison
            {
                Comparison = comparison,
                Tallies = table.Axes.ToDictionary(axis => axis, axis => Tally.Of([.. votes[(comparison.ComparisonId, axis)]])),
            }),
        ];
    }
}

/// <summary>The votes on one comparison and axis, and what they decide.</summary>
public sealed record Tally
{
    /// <summary>The votes by outcome.</summary>
    public required OutcomeCounts Votes { get; init; }

    /// <summary>The decision; null while there is no vote.</summary>
    public required Decision? Decision { get; init; }

    internal static Tally Of(IReadOnlyList<Outcome> votes) => new()
    {
        Votes = OutcomeCounts.OfVotes(votes),
        Decision = votes.Count == 0 ? null : MajorityDecision.Of(votes),
    };
}
