namespace PixelPost.Stats;

/// <summary>How fast a rater answers.</summary>
public sealed record ResponseSpeedResult
{
    /// <summary>Answers with a response time.</summary>
    public required int Timed { get; init; }

    /// <summary>Of those, answers below the floor.</summary>
    public required int Fast { get; init; }

    /// <summary>Share of answers below the floor, with its Wilson interval.</summary>
    public required Estimate FastShare { get; init; }

    /// <summary>Median response time in milliseconds, of two middle ones the geometric mean; null without a timed answer.</summary>
    public required double? MedianMs { get; init; }

    /// <summary>
    /// Median log response time less the median of the other raters' medians, in their 1.4826 × median absolute deviation, which for
    /// normal values is the standard deviation. Below 0 is faster than the others; beyond ±3.5 is usually called an outlier.
    /// </summary>
    public required double? RobustZ { get; init; }

    /// <summary>Why figures are null; null when they are all there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>
/// Response times: the share too short to have looked, and each rater's typical time against the other raters'. All answers count,
/// gold and repeats too.
/// </summary>
/// <remarks>
/// Iglewicz and Hoaglin (1993), "How to Detect and Handle Outliers". Logarithms, because response times are skewed and a rater's
/// pace multiplies them; medians, because one pause would move a mean, and because fast raters would hide each other in a
/// standard deviation. A rater is held against the others only.
/// </remarks>
public static class ResponseSpeed
{
    private const int FewestOthers = 3;
    private const double PerDeviation = 1.4826; // 1/Φ⁻¹(¾)

    /// <summary>Every rater's speed.</summary>
    /// <param name="votes">Of one axis or of several.</param>
    /// <param name="floorMs">An answer in less was given without looking; more than 0.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static IReadOnlyDictionary<long, ResponseSpeedResult> ByRater(
        IEnumerable<RaterVote> votes, int floorMs, double level = 0.95) =>
        OfTimes(votes.Select(vote => (vote.Rater, vote.ResponseMs)), floorMs, level);

    /// <summary>Every rater's speed, of answers of any kind.</summary>
    /// <param name="votes">Whose each is, and how long it took in milliseconds, 0 or more; null where it was not measured.</param>
    /// <param name="floorMs">An answer in less was given without looking; more than 0.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static IReadOnlyDictionary<long, ResponseSpeedResult> OfTimes(
        IEnumerable<(long Rater, int? ResponseMs)> votes, int floorMs, double level = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(floorMs);
        _ = Quantiles.Tail(level);
        var times = votes.GroupBy(vote => vote.Rater).ToDictionary(
            rater => rater.Key, rater => (int[])[.. rater.Select(vote => vote.ResponseMs).OfType<int>().Order()]);
        var medians = times.Where(rater => rater.Value.Length > 0).ToDictionary(rater => rater.Key, rater => MedianLog(rater.Value));
        var scores = RobustScores.OfEachAgainstTheOthers([.. medians.Values], FewestOthers);
        var scoreOf = medians.Keys.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second);
        return times.ToDictionary(rater => rater.Key, rater => Of(rater.Key, rater.Value));

        ResponseSpeedResult Of(long rater, int[] sorted)
        {
            var fast = sorted.Count(time => time < floorMs);
            var z = scoreOf.GetValueOrDefault(rater) * (1 / PerDeviation);
            return new ResponseSpeedResult
            {
                Timed = sorted.Length,
                Fast = fast,
                FastShare = Rate.Wilson(fast, sorted.Length, level),
                MedianMs = sorted.Length > 0 ? Math.Exp(medians[rater]) : null,
                RobustZ = z,
                Reason = z is not null ? null
                    : sorted.Length == 0 ? "No answer of this rater was timed."
                    : medians.Count <= FewestOthers ? $"Fewer than {FewestOthers} other raters have response times."
                    : "The other raters are all equally fast, so nothing shows how far raters differ.",
            };
        }
    }

    // below 1 ms the clock tells nothing, and 0 has no logarithm
    private static double MedianLog(int[] sorted) =>
        (Math.Log(Math.Max(1, sorted[(sorted.Length - 1) / 2])) + Math.Log(Math.Max(1, sorted[sorted.Length / 2]))) / 2;
}
