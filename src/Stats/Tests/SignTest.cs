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

    /// <summary>p-value, not adjusted, two-sided unless the method says otherwise; null when nothing was counted.</summary>
    public double? PValue { get; init; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Sign test of "neither system wins more often": wins of A among the decided cases against Binomial(trials, ½), two-sided and
/// exact where the name does not say otherwise.
/// </summary>
/// <remarks>
/// Arbuthnot (1710); Dixon and Mood (1946), "The statistical sign test", JASA 41. Needs independent cases, so give it decisions,
/// not votes. A split counts as a tie. The three treatments of ties test different things and can differ by orders of magnitude.
/// </remarks>
public static class SignTest
{
    private const string NothingDecided = "No comparison was won by either system.";

    /// <summary>Ties dropped, p = min(1, 2 P(X ≤ k)) with k the smaller of wins and losses. The usual sign test.</summary>
    /// <param name="counts">Of decisions.</param>
    public static SignTestResult TiesDropped(OutcomeCounts counts) =>
        Run("exact sign test, ties dropped", counts.A, counts.B, TwoSided);

    /// <summary>
    /// Ties dropped, p = min(1, 2 P(X &lt; k) + P(X = k)): half the weight on what was observed. Less conservative; not strictly
    /// below its level in every case.
    /// </summary>
    /// <param name="counts">Of decisions.</param>
    /// <remarks>Lancaster (1961), "Significance tests in discrete distributions", JASA 56.</remarks>
    public static SignTestResult MidP(OutcomeCounts counts) =>
        Run("exact sign test, ties dropped, mid-p", counts.A, counts.B, MidTwoSided);

    /// <summary>
    /// Every two ties give one win to each system and an odd one is dropped, then as <see cref="TiesDropped"/>. Conservative:
    /// asks for an advantage that shows among all cases, not only among the decided ones.
    /// </summary>
    /// <param name="counts">Of decisions.</param>
    public static SignTestResult TiesSplit(OutcomeCounts counts)
    {
        var half = (counts.Tie + counts.Split) / 2;
        return Run("exact sign test, ties split evenly", counts.A + half, counts.B + half, TwoSided);
    }

    /// <summary>One-sided test of "A does not win more often than B", ties dropped: p = P(X ≥ wins of A).</summary>
    /// <param name="counts">Of decisions.</param>
    /// <remarks>Only where "A is better" was the one claim planned; otherwise the two-sided test.</remarks>
    public static SignTestResult AWinsMore(OutcomeCounts counts) => Run(
        "exact sign test, ties dropped, one-sided (A wins more often)",
        counts.A,
        counts.B,
        (wins, losses) => AtMost(losses, wins + losses)); // as many wins or more are as many losses or fewer

    /// <summary>
    /// The sign test by the normal distribution: z = (wins − losses)/√(wins + losses), without continuity correction. Here to
    /// check published figures; the exact test costs nothing.
    /// </summary>
    /// <param name="counts">Of decisions.</param>
    public static TestResult Normal(OutcomeCounts counts)
    {
        const string Method = "sign test by the normal distribution, ties dropped";
        return counts.Decided == 0
            ? TestResult.Undefined(Method, NothingDecided)
            : TestResult.Normal(Method, (counts.A - counts.B) / Math.Sqrt(counts.Decided));
    }

    /// <summary>min(1, 2 P(X ≤ k)), k the smaller of wins and losses; with at least one of them.</summary>
    internal static double TwoSided(int wins, int losses) =>
        Math.Min(1, 2 * AtMost(Math.Min(wins, losses), wins + losses));

    /// <summary>min(1, 2 P(X &lt; k) + P(X = k)), k the smaller of wins and losses; with at least one of them.</summary>
    internal static double MidTwoSided(int wins, int losses)
    {
        var (fewer, trials) = (Math.Min(wins, losses), wins + losses);
        return Math.Min(1, 2 * AtMost(fewer, trials) - Binomial.PMF(0.5, trials, fewer));
    }

    private static SignTestResult Run(string method, int wins, int losses, Func<int, int, double> pValue)
    {
        var trials = wins + losses;
        return trials == 0
            ? new() { Method = method, Wins = 0, Trials = 0, Reason = NothingDecided }
            : new() { Method = method, Wins = wins, Trials = trials, PValue = pValue(wins, losses) };
    }

    private static double AtMost(int k, int n) => Binomial.CDF(0.5, n, k);
}
