namespace PixelPost.Stats;

/// <summary>A statistic with its interval and how they were got.</summary>
/// <remarks>
/// The convention of every result in this library: what cannot be computed is null, never 0 or NaN, and <c>Reason</c> says why
/// in a sentence fit to be shown; <c>Reason</c> is null exactly when nothing is missing.
/// </remarks>
public sealed record Estimate
{
    private Estimate(string method, double? value, Interval? interval, double? standardError, string? reason) =>
        (Method, Value, Interval, StandardError, Reason) = (method, value, interval, standardError, reason);

    /// <summary>How value and interval were got, e.g. "Wilson score interval".</summary>
    public string Method { get; }

    /// <summary>The statistic itself, or null when it is undefined.</summary>
    public double? Value { get; }

    /// <summary>The confidence interval, or null when it is undefined.</summary>
    public Interval? Interval { get; }

    /// <summary>Standard error, or null when there is no interval or its method needs none.</summary>
    public double? StandardError { get; }

    /// <summary>Why <see cref="Value"/> or <see cref="Interval"/> is null; null when both are there.</summary>
    public string? Reason { get; }

    internal static Estimate Of(string method, double value, Interval interval, double? standardError = null) =>
        new(method, Finite(value), interval, standardError, null);

    internal static Estimate WithoutInterval(string method, double value, string reason) =>
        new(method, Finite(value), null, null, reason);

    internal static Estimate Undefined(string method, string reason) => new(method, null, null, null, reason);

    private static double Finite(double value) =>
        double.IsFinite(value) ? value : throw new ArgumentException($"A statistic must be finite or undefined, not {value}.");
}
