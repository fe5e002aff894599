using System.Runtime.InteropServices;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards.Live;

/// <summary>
/// The net win rate of decisions with an interval that may be looked at after every vote. It takes one score for each prompt, the mean of
/// its decisions, as soon as all its comparisons have the votes that the study asks for: prompts are independent of each other, and a
/// score that has been taken in does not move.
/// </summary>
public sealed record SequentialNetWinRate
{
    /// <summary>Net win rate and interval by the complete prompts.</summary>
    public required Estimate Estimate { get; init; }

    /// <summary>Prompts that are complete.</summary>
    public required int Prompts { get; init; }

    /// <summary>Takes in the complete prompts in the order in which they became so.</summary>
    /// <param name="votes">On the axis.</param>
    /// <param name="comparisons">Of the whole study, with the decisions that these votes make.</param>
    /// <param name="votesPerComparison">From how many votes on a comparison is complete.</param>
    internal static SequentialNetWinRate Of(
        Axis axis, IEnumerable<CountingVote> votes, IReadOnlyList<TalliedComparison> comparisons, int votesPerComparison)
    {
        var latest = new Dictionary<long, DateTimeOffset>();
        foreach (var vote in votes)
        {
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(latest, vote.ComparisonId, out _);
            last = vote.ReceivedAt > last ? vote.ReceivedAt : last;
        }
        var complete = from prompt in comparisons.GroupBy(comparison => comparison.Comparison.PromptId)
                       where prompt.All(comparison => comparison.Tallies[axis].Votes.Total >= Math.Max(1, votesPerComparison))
                       let scores = prompt.Select(comparison => comparison.Tallies[axis].Decision!.Value.Score()).OfType<int>().ToList()
                       where scores.Count > 0
                       orderby prompt.Max(comparison => latest[comparison.Comparison.ComparisonId]), prompt.Key
                       select scores.Average();
        var sequence = new EmpiricalBernsteinSequence();
        var estimate = sequence.AddAll(complete);
        return new SequentialNetWinRate { Estimate = estimate, Prompts = sequence.Count };
    }
}
