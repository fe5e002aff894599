namespace PixelPost.Stats.Tests;

/// <summary>Assertions that know the convention: a missing expected value means null and a reason.</summary>
internal static class Expect
{
    public static void Interval(double[]? expected, Estimate actual, double tolerance)
    {
        if (expected is null)
        {
            Assert.Null(actual.Interval);
            Assert.False(string.IsNullOrEmpty(actual.Reason));
            return;
        }

        Assert.NotNull(actual.Interval);
        Assert.Null(actual.Reason);
        Assert.Equal(expected[0], actual.Interval.Lower, tolerance);
        Assert.Equal(expected[1], actual.Interval.Upper, tolerance);
    }

    public static void Value(double? expected, Estimate actual, double tolerance)
    {
        if (expected is { } value)
            Assert.Equal(value, Assert.NotNull(actual.Value), tolerance);
        else
            Undefined(actual);
    }

    /// <summary>A p-value, to a relative tolerance: the smallest golden ones are near 1e-23.</summary>
    public static void PValue(double? expected, double? actual, string? reason, double relative)
    {
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected is null, reason is not null);
        if (expected is { } value)
            Assert.Equal(1, actual!.Value / value, relative);
    }

    public static void Undefined(Estimate actual)
    {
        Assert.Null(actual.Value);
        Assert.Null(actual.Interval);
        Assert.Null(actual.StandardError);
        Assert.False(string.IsNullOrEmpty(actual.Reason));
    }
}
