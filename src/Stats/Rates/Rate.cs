using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>The share of one outcome: win rate, tie rate, lose rate, reject rate. Rate = count / total.</summary>
/// <remarks>
/// Both intervals treat every counted case as independent: for decisions of different prompts, not for votes that share them.
/// </remarks>
public static class Rate
{
    /// <summary>
    /// Rate with the Wilson score interval without continuity correction: the rates p with
    /// |count/total − p| ≤ z √(p(1−p)/total). Close to its level on average and never collapsed at 0 or 1.
    /// </summary>
    /// <param name="count">0 to <paramref name="total"/>.</param>
    /// <param name="total">0 or more; the rate of 0 out of 0 is undefined.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.</remarks>
    public static Estimate Wilson(int count, int total, double level = 0.95)
    {
        const string Method = "Wilson score interval";
        Check(count, total);
        var z = Quantiles.Normal(level);
        if (total == 0)
            return Estimate.Undefined(Method, NothingCounted);

        double n = total;
        var rate = count / n;
        var centre = (rate + z * z / (2 * n)) / (1 + z * z / n);
        var half = z / (1 + z * z / n) * Math.Sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
        // at the ends the formula gives 0 and 1 but for rounding
        var lower = count == 0 ? 0 : centre - half;
        var upper = count == total ? 1 : centre + half;
        return Estimate.Of(Method, rate, new Interval(lower, upper, level));
    }

    /// <summary>
    /// Rate with the exact interval from the binomial tails: covers with at least its level whatever the rate, so it is wider.
    /// Bounds are the α/2 quantile of Beta(count, total−count+1) and the 1−α/2 quantile of Beta(count+1, total−count).
    /// </summary>
    /// <param name="count">0 to <paramref name="total"/>.</param>
    /// <param name="total">0 or more; the rate of 0 out of 0 is undefined.</param>
    /// <param name="level">Confidence level 1−α, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>Clopper and Pearson (1934), "The use of confidence or fiducial limits", Biometrika 26.</remarks>
    public static Estimate ClopperPearson(int count, int total, double level = 0.95)
    {
        const string Method = "Clopper-Pearson exact interval";
        Check(count, total);
        var tail = Quantiles.Tail(level);
        if (total == 0)
            return Estimate.Undefined(Method, NothingCounted);

        var lower = count == 0 ? 0 : Beta.InvCDF(count, total - count + 1, tail);
        var upper = count == total ? 1 : Beta.InvCDF(count + 1, total - count, 1 - tail);
        return Estimate.Of(Method, (double)count / total, new Interval(lower, upper, level));
    }

    private const string NothingCounted = "There is nothing to take a share of.";

    private static void Check(int count, int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, total);
    }
}
