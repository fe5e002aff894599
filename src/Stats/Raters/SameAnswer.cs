using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>How often a rater gave the answer that they gave most often.</summary>
public sealed record SameAnswerResult
{
    /// <summary>The answer, from 0; null without an answer.</summary>
    public required int? Category { get; init; }

    /// <summary>How often it was given.</summary>
    public required int Hits { get; init; }

    /// <summary>Out of how many answers.</summary>
    public required int Cases { get; init; }

    /// <summary>The share that would be expected of it; null where there is none.</summary>
    public required double? Expected { get; init; }

    /// <summary>How likely a share so large or larger is for a rater who does as expected; not adjusted for the number of raters.</summary>
    public required double? PValue { get; init; }

    /// <summary>Why figures are null; null when they are there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>Straight-lining: the same answer whatever is asked.</summary>
public static class SameAnswer
{
    private const string NoAnswer = "This rater has given no answer.";

    /// <summary>
    /// Against the other raters: the share that they give the same answer, Fisher's exact test, one-sided. For answers that depend on
    /// what is asked, such as yes and no; all raters must have been asked alike.
    /// </summary>
    /// <param name="categories">Number of possible answers, at least 2.</param>
    /// <param name="answers">In any order.</param>
    public static IReadOnlyDictionary<long, SameAnswerResult> AgainstTheOthers(
        int categories, IEnumerable<(long Rater, int Category)> answers)
    {
        var counts = Count(categories, answers);
        long[] all = [.. Enumerable.Range(0, categories).Select(category => counts.Values.Sum(own => (long)own[category]))];
        return counts.ToDictionary(rater => rater.Key, rater =>
        {
            var own = rater.Value;
            var (category, cases) = (Most(own), own.Sum());
            var others = (int)(all.Sum() - cases);
            var othersHits = (int)(all[category] - own[category]);
            return new SameAnswerResult
            {
                Category = category,
                Hits = own[category],
                Cases = cases,
                Expected = others > 0 ? (double)othersHits / others : null,
                PValue = others > 0 ? FewOrFewer(cases + others, cases + others - own[category] - othersHits, cases, cases - own[category]) : null,
                Reason = others > 0 ? null : "No other rater to compare with.",
            };
        });
    }

    /// <summary>
    /// Against chance: answers dealt out at random, such as the place of an image where every rater sees an order of their own, are each
    /// as likely; q times the binomial tail of the most frequent of q, which is never too small.
    /// </summary>
    /// <param name="categories">q, at least 2.</param>
    /// <param name="answers">In any order.</param>
    public static IReadOnlyDictionary<long, SameAnswerResult> AgainstChance(
        int categories, IEnumerable<(long Rater, int Category)> answers) => Count(categories, answers).ToDictionary(rater => rater.Key, rater =>
        {
            var (category, cases) = (Most(rater.Value), rater.Value.Sum());
            return new SameAnswerResult
            {
                Category = category,
                Hits = rater.Value[category],
                Cases = cases,
                Expected = 1.0 / categories,
                PValue = Math.Min(1, categories * AtLeast(rater.Value[category], cases, 1.0 / categories)),
                Reason = null,
            };
        });

    /// <summary>The result of a rater without an answer.</summary>
    internal static readonly SameAnswerResult None =
        new() { Category = null, Hits = 0, Cases = 0, Expected = null, PValue = null, Reason = NoAnswer };

    private static Dictionary<long, int[]> Count(int categories, IEnumerable<(long Rater, int Category)> answers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
        var counts = new Dictionary<long, int[]>();
        foreach (var (rater, category) in answers)
        {
            if (category < 0 || category >= categories)
                throw new ArgumentOutOfRangeException(nameof(answers), category, $"A category must be from 0 to {categories - 1}.");
            if (!counts.TryGetValue(rater, out var own))
                counts.Add(rater, own = new int[categories]);
            own[category]++;
        }

        return counts;
    }

    private static int Most(int[] counts) => Array.IndexOf(counts, counts.Max());

    /// <summary>How often so few or fewer of the others' kind fall on so many draws.</summary>
    private static double FewOrFewer(int population, int successes, int draws, int atMost) =>
        Math.Min(1, Hypergeometric.CDF(population, successes, draws, atMost));

    // the upper tail as the incomplete beta function: 1 − CDF would lose every p-value below 1e-16
    private static double AtLeast(int hits, int cases, double chance) =>
        hits == 0 ? 1 : MathNet.Numerics.SpecialFunctions.BetaRegularized(hits, cases - hits + 1, chance);
}
