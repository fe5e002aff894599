using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>A test about a ranking.</summary>
public sealed record RankingTest
{
    /// <summary>Which test, in words.</summary>
    public required string Method { get; init; }

    /// <summary>The test statistic, χ² or F; null when it is undefined.</summary>
    public double? Statistic { get; init; }

    /// <summary>Degrees of freedom of χ², or of F's numerator.</summary>
    public int? DegreesOfFreedom { get; init; }

    /// <summary>Degrees of freedom of F's denominator; null for χ².</summary>
    public double? DenominatorDegreesOfFreedom { get; init; }

    /// <summary>p-value, not adjusted; null when it is undefined.</summary>
    public double? PValue { get; init; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public string? Reason { get; init; }

    internal static RankingTest Undefined(string method, string reason) => new() { Method = method, Reason = reason };

    /// <summary>A statistic that cannot be below 0, though it may be by rounding.</summary>
    internal static RankingTest ChiSquare(string method, double statistic, int degreesOfFreedom) => new()
    {
        Method = method,
        Statistic = Math.Max(0, statistic),
        DegreesOfFreedom = degreesOfFreedom,
        PValue = SpecialFunctions.GammaUpperRegularized(degreesOfFreedom / 2.0, Math.Max(0, statistic) / 2),
    };

    internal static RankingTest F(string method, double statistic, int numerator, double denominator) => new()
    {
        Method = method,
        Statistic = Math.Max(0, statistic),
        DegreesOfFreedom = numerator,
        DenominatorDegreesOfFreedom = denominator,
        PValue = SpecialFunctions.BetaRegularized(
            denominator / 2, numerator / 2.0, denominator / (denominator + numerator * Math.Max(0, statistic))),
    };
}
