using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>A comparison with the votes on each axis and what they decide.</summary>
public sealed record TalliedComparison
{
    private const int Outcomes = 4;

    /// <summary>What was compared.</summary>
    public required Comparison Comparison { get; init; }

    /// <summary>A tally for every axis of the study, empty ones too.</summary>
    public required IReadOnlyDictionary<Axis, Tally> Tallies { get; init; }

    /// <summary>Every comparison of a study, in its order.</summary>
    public static IReadOnlyList<TalliedComparison> Of(VoteTable table)
    {
        var places = new Dictionary<long, int>(table.Comparisons.Count);
        foreach (var comparison in table.Comparisons)
            places.Add(comparison.ComparisonId, places.Count * table.Axes.Count * Outcomes);
        int[] axes = [.. Enum.GetValues<Axis>().Select(axis => Outcomes * table.Axes.ToList().IndexOf(axis))];
        var counts = new int[table.Comparisons.Count * table.Axes.Count * Outcomes];
        foreach (var vote in table.Votes)
        {
            if (axes[(int)vote.Axis] >= 0 && places.TryGetValue(vote.ComparisonId, out var place))
                counts[place + axes[(int)vote.Axis] + (int)vote.Winner]++;
        }
        var tallies = new Dictionary<(int, int, int, int), Tally>();
        return
        [
            .. table.Comparisons.Select((comparison, i) => new TalliedComparison
            {
                Comparison = comparison,
                Tallies = new AxisTallies(table.Axes, [.. table.Axes.Select((_, axis) => TallyOf(counts.AsSpan((i * table.Axes.Count + axis) * Outcomes, Outcomes)))]),
            }),
        ];

        // A few votes have few outcomes: very many comparisons share their tallies.
        Tally TallyOf(ReadOnlySpan<int> votes)
        {
            ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(tallies, (votes[0], votes[1], votes[2], votes[3]), out _);
            return tally ??= Tally.Of(votes);
        }
    }

    /// <summary>A dictionary of the few axes of a study: a large study has very many of them.</summary>
    private sealed class AxisTallies(IReadOnlyList<Axis> axes, Tally[] tallies) : IReadOnlyDictionary<Axis, Tally>
    {
        public Tally this[Axis key] => TryGetValue(key, out var tally) ? tally : throw new KeyNotFoundException($"The study does not ask about {key}.");

        public IEnumerable<Axis> Keys => axes;

        public IEnumerable<Tally> Values => tallies;

        public int Count => tallies.Length;

        public bool ContainsKey(Axis key) => TryGetValue(key, out _);

        public bool TryGetValue(Axis key, [MaybeNullWhen(false)] out Tally value)
        {
            for (var i = 0; i < tallies.Length; i++)
            {
                if (axes[i] == key)
                {
                    value = tallies[i];
                    return true;
                }
            }
            value = null;
            return false;
        }

        public IEnumerator<KeyValuePair<Axis, Tally>> GetEnumerator() =>
            axes.Zip(tallies, KeyValuePair.Create).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>The votes on one comparison and axis, and what they decide.</summary>
public sealed record Tally
{
    private static readonly Tally NoVotes = new() { Votes = new OutcomeCounts(0, 0, 0), Decision = null };

    /// <summary>The votes by outcome.</summary>
    public required OutcomeCounts Votes { get; init; }

    /// <summary>The decision; null while there is no vote.</summary>
    public required Decision? Decision { get; init; }

    /// <param name="counts">Votes by outcome, in the order of <see cref="Outcome"/>.</param>
    internal static Tally Of(ReadOnlySpan<int> counts)
    {
        var votes = new OutcomeCounts(counts[(int)Outcome.A], counts[(int)Outcome.B], counts[(int)Outcome.Tie], counts[(int)Outcome.Reject]);
        return votes.Total == 0 ? NoVotes : new Tally { Votes = votes, Decision = MajorityDecision.Of(votes) };
    }
}
