using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>The votes on one comparison and axis, and what they decide.</summary>
public sealed record Tally
{
    /// <summary>Identifies the comparison.</summary>
    public required long ComparisonId { get; init; }

    /// <summary>Identifies its prompt.</summary>
    public required long PromptId { get; init; }

    /// <summary>The votes by outcome.</summary>
    public required OutcomeCounts Votes { get; init; }

    /// <summary>The decision; null while there is no vote.</summary>
    public required Decision? Decision { get; init; }

    internal static Tally Of(Comparison comparison, IEnumerable<CountingVote> votes)
    {
        var winners = votes.Select(vote => vote.Winner).ToList();
        return new Tally
        {
            ComparisonId = comparison.ComparisonId,
            PromptId = comparison.PromptId,
            Votes = OutcomeCounts.OfVotes(winners),
            Decision = winners.Count == 0 ? null : MajorityDecision.Of(winners),
        };
    }
}
