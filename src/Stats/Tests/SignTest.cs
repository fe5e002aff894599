using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>An exact sign test and what it counted.</summary>
public sealed record SignTestResult
{
    /// <summary>Which test, in words.</summary>
    public required string Method { get; init; }

    /// <summary>Wins of A that the test counted.</summary>
    public required int Wins { get; init; }

    /// <summary>Wins of A or B that the test counted.</summary>
    public required int Trials { get; init; }

    /// <summary>Two-sided p-value, not adjusted; null when nothing was counted.</summary>
    public double? PValue { get; init; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Exact sign test of "neither system wins more often": wins of A among the decided cases against Binomial(trials, ½), two-sided.
/// </summary>
/// <remarks>
/// Arbuthnot (1710); Dixon and Mood (1946), "The statistical sign test", JASA 41. Needs independent cases, so give it decisions,
/// not votes. A split counts as a tie. The three treatments of ties test different things and can differ by orders of magnitude.
/// </remarks>
public static class SignTest
{
    /// <summary>Ties dropped, p = min(1, 2 P(X ≤ k)) with k the smaller of wins and losses. The usual sign test.</summary>
    /// <param name="counts">Of decisions.</param>
    public static SignTestResult TiesDropped(OutcomeCounts counts) =>
        Run("exact sign test, ties dropped", counts.A, counts.B, AtMost);

    /// <summary>
    /// Ties dropped, p = min(1, 2 P(X &lt; k) + P(X = k)): half the weight on what was observed. Less conservative; not strictly
    /// below its level in every case.
    /// </summary>
    /// <param name="counts">Of decisions.</param>
    /// <remarks>Lancaster (1961), "Significance tests in discrete distributions", JASA 56.</remarks>
    public static SignTestResult MidP(OutcomeCounts counts) =>
        Run("exact sign test, ties dropped, mid-p", counts.A, counts.B, (k, n) => AtMost(k, n) - Binomial.PMF(0.5, n, k) / 2);

    /// <summary>
    /// Every two ties give one win to each system and an odd one is dropped, then as <see cref="TiesDropped"/>. Conservative:
    /// asks for an advantage that shows among all cases, not only among the decided ones.
    /// </summary>
    /// <param name="counts">Of decisions.</param>
    public static SignTestResult TiesSplit(OutcomeCounts counts)
    {
        var half = (counts.Tie + counts.Split) / 2;
        return Run("exact sign test, ties split evenly", counts.A + half, counts.B + half, AtMost);
    }

    private static SignTestResult Run(string method, int wins, int losses, Func<int, int, double> lowerTail)
    {
        var trials = wins + losses;
        return trials == 0
            ? new() { Method = method, Wins = 0, Trials = 0, Reason = "No comparison was won by either system." }
            : new()
            {
                Method = method,
                Wins = wins,
                Trials = trials,
                PValue = Math.Min(1, 2 * lowerTail(Math.Min(wins, losses), trials)),
            };
    }

    private static double AtMost(int k, int n) => Binomial.CDF(0.5, n, k);
}
