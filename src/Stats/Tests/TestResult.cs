using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>A hypothesis test: its statistic and p-value, or why there is none.</summary>
public sealed record TestResult
{
    private TestResult(string method, double? statistic, int? degreesOfFreedom, double? pValue, string? reason) =>
        (Method, Statistic, DegreesOfFreedom, PValue, Reason) = (method, statistic, degreesOfFreedom, pValue, reason);

    /// <summary>Which test, in words.</summary>
    public string Method { get; }

    /// <summary>z or chi-square, as the method says; null for an exact test, which has none, and for an undefined one.</summary>
    public double? Statistic { get; }

    /// <summary>Degrees of freedom of a chi-square; null for other tests.</summary>
    public int? DegreesOfFreedom { get; }

    /// <summary>p-value, not adjusted; two-sided unless the method says otherwise. Null when undefined.</summary>
    public double? PValue { get; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public string? Reason { get; }

    /// <summary>Two-sided: 2 Φ(−|z|).</summary>
    internal static TestResult Normal(string method, double z) =>
        new(method, z, null, 2 * Quantiles.NormalTail(Math.Abs(z)), null);

    /// <summary>
    /// P(χ² ≥ statistic). Not 1 − the lower tail, which would lose every p-value below 1e-16.
    /// </summary>
    internal static TestResult ChiSquared(string method, double statistic, int degreesOfFreedom) => new(
        method,
        statistic,
        degreesOfFreedom,
        SpecialFunctions.GammaUpperRegularized(degreesOfFreedom / 2.0, statistic / 2),
        null);

    internal static TestResult Exact(string method, double pValue) => new(method, null, null, Math.Min(1, pValue), null);

    internal static TestResult Undefined(string method, string reason) => new(method, null, null, null, reason);
}
