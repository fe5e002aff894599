using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>How often a rater did what a good rater does, beside how often the other raters did.</summary>
public sealed record RaterRate
{
    /// <summary>How often.</summary>
    public required int Hits { get; init; }

    /// <summary>Out of how many.</summary>
    public required int Cases { get; init; }

    /// <summary>The share, with its Wilson interval.</summary>
    public required Estimate Rate { get; init; }

    /// <summary>The share of all other raters together; null when they have no case.</summary>
    public required double? Others { get; init; }

    /// <summary>
    /// Fisher's exact test that the rater is as good as the others, one-sided: how often a rater with as many cases would have so
    /// few hits or fewer, if hits fell on raters at random. Not adjusted for the number of raters.
    /// </summary>
    public required double? LowerTailPValue { get; init; }

    /// <summary>Why figures are null; null when they are all there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>Each rater's rate beside that of the others.</summary>
/// <remarks>
/// Fisher (1935), "The Design of Experiments". Cases must be about equally hard for all raters, and independent. Raters do differ:
/// a small p-value says that one differs from the rest, not that the answers are bad.
/// </remarks>
internal static class RaterRates
{
    /// <param name="tallies">Hits and cases of every rater.</param>
    /// <param name="noCase">Why a rater may have no case.</param>
    public static Dictionary<long, RaterRate> Compare(
        IReadOnlyDictionary<long, (int Hits, int Cases)> tallies, string noCase, double level)
    {
        var hits = tallies.Values.Sum(tally => tally.Hits);
        var cases = tallies.Values.Sum(tally => tally.Cases);
        return tallies.ToDictionary(rater => rater.Key, rater => Of(rater.Value.Hits, rater.Value.Cases));

        RaterRate Of(int own, int ownCases)
        {
            var others = cases - ownCases;
            var comparable = ownCases > 0 && others > 0;
            return new RaterRate
            {
                Hits = own,
                Cases = ownCases,
                Rate = Rate.Wilson(own, ownCases, level),
                Others = others > 0 ? (double)(hits - own) / others : null,
                LowerTailPValue = comparable ? Math.Min(1, Hypergeometric.CDF(cases, hits, ownCases, own)) : null,
                Reason = comparable ? null : ownCases == 0 ? noCase : "No other rater to compare with.",
            };
        }
    }
}
