namespace PixelPost.Stats;

/// <summary>Whether one group's values tend to be larger than another's.</summary>
public sealed record RankSumResult
{
    /// <summary>
    /// The probability that a value of the second group is above one of the first, ties counting half; ½ where neither tends to be
    /// larger. Null where a group is empty.
    /// </summary>
    public required double? SecondAbove { get; init; }

    /// <summary>The test that it is ½.</summary>
    public required TestResult Test { get; init; }
}

/// <summary>
/// The rank-sum test of two independent groups, z = (|U − mn/2| − ½)/σ, σ² = mn/12 · (N + 1 − Σ (t³ − t)/(N(N − 1))) with t the sizes
/// of ties.
/// </summary>
/// <remarks>
/// Wilcoxon (1945), "Individual comparisons by ranking methods", Biometrics Bull. 1; Mann and Whitney (1947), Ann. Math. Stat. 18. By
/// ranks, so that one long pause counts no more than any slow answer. The normal approximation, with its correction for continuity,
/// is good from about eight values in each group on.
/// </remarks>
public static class RankSum
{
    private const int Fewest = 8;
    private const string Method = "rank-sum test, normal approximation";

    /// <summary>The test, two-sided. Undefined with fewer than eight values in a group, and where all values are the same.</summary>
    /// <param name="first">Values of the first group, in any order.</param>
    /// <param name="second">Values of the second group, in any order.</param>
    public static RankSumResult Of(IReadOnlyCollection<int> first, IReadOnlyCollection<int> second)
    {
        double m = first.Count, n = second.Count, all = m + n;
        if (m == 0 || n == 0)
            return new RankSumResult { SecondAbove = null, Test = TestResult.Undefined(Method, "A group has no value.") };

        var (rankSum, ties) = Ranks(first, second);
        var above = rankSum - n * (n + 1) / 2;
        var deviation = Math.Sqrt(m * n / 12 * (all + 1 - ties / (all * (all - 1))));
        var distance = above - m * n / 2;
        return new RankSumResult
        {
            SecondAbove = above / (m * n),
            Test = m < Fewest || n < Fewest ? TestResult.Undefined(Method, $"There are fewer than {Fewest} values in a group.")
                : deviation == 0 ? TestResult.Undefined(Method, "All values are the same.")
                : TestResult.Normal(Method, Math.Sign(distance) * Math.Max(0, Math.Abs(distance) - 0.5) / deviation),
        };
    }

    /// <summary>Sum of the second group's ranks, equal values sharing the mean of theirs, and Σ (t³ − t).</summary>
    private static (double RankSum, double Ties) Ranks(IReadOnlyCollection<int> first, IReadOnlyCollection<int> second)
    {
        var sorted = first.Select(value => (Value: value, Second: 0)).Concat(second.Select(value => (Value: value, Second: 1)))
            .OrderBy(item => item.Value).ToArray();
        var (rankSum, ties) = (0.0, 0.0);
        for (var start = 0; start < sorted.Length;)
        {
            var (end, seconds) = (start, 0);
            for (; end < sorted.Length && sorted[end].Value == sorted[start].Value; end++)
                seconds += sorted[end].Second;
            double size = end - start;
            rankSum += seconds * (start + 1 + end) / 2.0;
            ties += size * size * size - size;
            start = end;
        }

        return (rankSum, ties);
    }
}
