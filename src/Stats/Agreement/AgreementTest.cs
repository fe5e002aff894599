using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>A test of "these raters agree no more and no less than chance would have them".</summary>
public sealed record AgreementTest
{
    private AgreementTest(string method, double? z, double? standardError, string? reason)
    {
        (Method, Z, StandardError, Reason) = (method, z, standardError, reason);
        PValue = z is { } value ? Math.Min(1, 2 * Normal.CDF(0, 1, -Math.Abs(value))) : null;
    }

    /// <summary>Which test, in words.</summary>
    public string Method { get; }

    /// <summary>The coefficient divided by <see cref="StandardError"/>, about standard normal under chance agreement.</summary>
    public double? Z { get; }

    /// <summary>Of the coefficient if raters agree by chance: for this test, not for an interval.</summary>
    public double? StandardError { get; }

    /// <summary>Two-sided p-value, not adjusted.</summary>
    public double? PValue { get; }

    /// <summary>Why the figures are null; null when they are there.</summary>
    public string? Reason { get; }

    internal static AgreementTest Of(string method, double coefficient, double standardError) => standardError > 0
        ? new(method, coefficient / standardError, standardError, null)
        : Undefined(method, "Under chance agreement the coefficient could take no other value.");

    internal static AgreementTest Undefined(string method, string reason) => new(method, null, null, reason);
}
