using MathNet.Numerics.Statistics;

namespace PixelPost.Stats;

/// <summary>One system over resampled prompts.</summary>
public sealed record BootstrappedSystem
{
    /// <summary>Log strength, percentile interval and bootstrap standard error.</summary>
    public required Estimate LogStrength { get; init; }

    /// <summary>Place on all votes, from 1.</summary>
    public required int Rank { get; init; }

    /// <summary>Best and worst place within the interval's level; null when there is no interval.</summary>
    public (int Best, int Worst)? RankInterval { get; init; }

    /// <summary>
    /// Share of resamples in which it has each place, the first being index 0; equals share the best place among them. Null when
    /// there is no interval.
    /// </summary>
    public IReadOnlyList<double>? RankProbabilities { get; init; }

    /// <summary>Share of resamples in which no system is stronger, shared out among equals; null when there is no interval.</summary>
    public double? ProbabilityBest { get; init; }
}

/// <summary>A ranking with what became of it in resamples of the prompts.</summary>
public sealed class BootstrappedRanking
{
    private const string Method = "percentile bootstrap over prompts";

    private readonly double[][] _bySystem;
    private readonly double _level;

    /// <param name="full">The ranking on all votes, defined.</param>
    /// <param name="prompts">Number of prompts.</param>
    /// <param name="replicates">Resamples drawn.</param>
    /// <param name="strengths">Log strengths of those that have finite ones, by resample.</param>
    /// <param name="level">Confidence level.</param>
    internal BootstrappedRanking(Ranking full, int prompts, int replicates, double[] strengths, double level)
    {
        (Ranking, Prompts, Replicates, _level) = (full, prompts, replicates, level);
        Defined = strengths.Length / full.Systems;

        // More undefined resamples than a tail holds could hide a bound.
        if (Undefined > Quantiles.Tail(level) * replicates)
        {
            Reason = $"{Undefined} of {replicates} resamples of the prompts do not rank all systems: too few votes on some of them.";
            _bySystem = [];
        }
        else
        {
            _bySystem = BySystem(strengths, full.Systems, Defined);
        }

        Systems = Reason is null ? Summarise(strengths) : WithoutIntervals(Reason);
    }

    private BootstrappedRanking(Ranking full, int prompts, double level, string reason)
    {
        (Ranking, Prompts, Reason, _level, _bySystem) = (full, prompts, reason, level, []);
        Systems = full.LogStrengths is null ? null : WithoutIntervals(reason);
    }

    /// <summary>The ranking on all votes.</summary>
    public Ranking Ranking { get; }

    /// <summary>Number of prompts.</summary>
    public int Prompts { get; }

    /// <summary>Resamples drawn.</summary>
    public int Replicates { get; }

    /// <summary>Resamples that hold finite strengths; the figures rest on these.</summary>
    public int Defined { get; }

    /// <summary>Resamples whose votes do not rank all systems, e.g. because one won everything.</summary>
    public int Undefined => Replicates - Defined;

    /// <summary>Each system; null when the ranking itself is undefined.</summary>
    public IReadOnlyList<BootstrappedSystem>? Systems { get; }

    /// <summary>Why there are no intervals, or no systems at all; null when nothing is missing.</summary>
    public string? Reason { get; }

    /// <summary>How much stronger the first system is than the second, with percentile interval.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A system is not in the ranking.</exception>
    public Estimate Difference(int first, int second)
    {
        Check(first);
        Check(second);
        if (Ranking.LogStrengths is not { } strengths)
            return Estimate.Undefined(Method, Reason!);
        return Reason is { } reason
            ? Estimate.WithoutInterval(Method, strengths[first] - strengths[second], reason)
            : Percentile(strengths[first] - strengths[second], [.. _bySystem[first].Zip(_bySystem[second], (a, b) => a - b)]);
    }

    /// <summary>Share of resamples in which the first system is stronger than the second, equals counting half; null without intervals.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A system is not in the ranking.</exception>
    public double? ProbabilityStronger(int first, int second)
    {
        Check(first);
        Check(second);
        return Reason is null
            ? _bySystem[first].Zip(_bySystem[second], (a, b) => a > b ? 1 : a < b ? 0 : 0.5).Average()
            : null;
    }

    internal static BootstrappedRanking Without(Ranking full, int prompts, double level, string reason) =>
        new(full, prompts, level, reason);

    private static double[][] BySystem(double[] strengths, int systems, int replicates) =>
        [.. Enumerable.Range(0, systems).Select(system =>
        {
            var column = new double[replicates];
            for (var replicate = 0; replicate < replicates; replicate++)
                column[replicate] = strengths[replicate * systems + system];
            return column;
        })];

    private BootstrappedSystem[] Summarise(double[] strengths)
    {
        var (placed, best) = Places(strengths);
        var (ranks, tail) = (Ranking.Ranks!, Quantiles.Tail(_level));
        return [.. placed.Select((places, system) => new BootstrappedSystem
        {
            LogStrength = Percentile(Ranking.LogStrengths![system], [.. _bySystem[system]]),
            Rank = ranks[system],
            RankInterval = (PlaceAt(places, tail), PlaceAt(places, 1 - tail)),
            RankProbabilities = [.. places.Select(times => (double)times / Defined)],
            ProbabilityBest = best[system] / Defined,
        })];
    }

    /// <summary>For each system how often it had each place, and how often it was best.</summary>
    private (int[][] Placed, double[] Best) Places(double[] strengths)
    {
        var systems = Ranking.Systems;
        var placed = Enumerable.Range(0, systems).Select(_ => new int[systems]).ToArray();
        var (best, order, sorted) = (new double[systems], new int[systems], new double[systems]);
        for (var replicate = 0; replicate < Defined; replicate++)
        {
            for (var system = 0; system < systems; system++)
                (order[system], sorted[system]) = (system, -strengths[replicate * systems + system]);
            Array.Sort(sorted, order);
            var equals = 1;
            while (equals < systems && sorted[equals] == sorted[0])
                equals++;
            for (int place = 0, rank = 0; place < systems; place++)
            {
                rank = sorted[place] == sorted[rank] ? rank : place; // equals share the best place among them
                placed[order[place]][rank]++;
                best[order[place]] += place < equals ? 1.0 / equals : 0;
            }
        }

        return (placed, best);
    }

    /// <summary>The best place by which this share of the resamples is reached, from 1.</summary>
    private int PlaceAt(int[] places, double share)
    {
        var (place, reached) = (0, places[0]);
        while (reached < share * Defined)
            reached += places[++place];
        return place + 1;
    }

    private BootstrappedSystem[] WithoutIntervals(string reason)
    {
        var ranks = Ranking.Ranks!;
        return [.. Ranking.LogStrengths!.Select((strength, system) => new BootstrappedSystem
        {
            LogStrength = Estimate.WithoutInterval(Method, strength, reason),
            Rank = ranks[system],
        })];
    }

    /// <summary>Sorts the values in place.</summary>
    private Estimate Percentile(double estimate, double[] values)
    {
        Array.Sort(values);
        var tail = Quantiles.Tail(_level);
        return values[0] == values[^1]
            ? Estimate.WithoutInterval(Method, estimate, "Every resample gives the same value, so nothing shows how far it may be off.")
            : Estimate.Of(
                Method,
                estimate,
                new Interval(
                    SortedArrayStatistics.QuantileCustom(values, tail, QuantileDefinition.R7),
                    SortedArrayStatistics.QuantileCustom(values, 1 - tail, QuantileDefinition.R7),
                    _level),
                values.StandardDeviation());
    }

    private void Check(int system)
    {
        if ((uint)system >= (uint)Ranking.Systems)
            throw new ArgumentOutOfRangeException(nameof(system), system, $"A system must be from 0 to {Ranking.Systems - 1}.");
    }
}
