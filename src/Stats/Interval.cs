namespace PixelPost.Stats;

/// <summary>A two-sided confidence interval, both bounds included.</summary>
public sealed record Interval
{
    /// <summary>An interval with finite bounds.</summary>
    /// <exception cref="ArgumentException">A bound is not finite, or the lower one is above the upper one.</exception>
    public Interval(double lower, double upper, double level)
    {
        if (!double.IsFinite(lower) || !double.IsFinite(upper) || lower > upper)
            throw new ArgumentException($"[{lower}, {upper}] is no interval: the bounds must be finite and in order.");
        (Lower, Upper, Level) = (lower, upper, level);
    }

    /// <summary>Lower bound.</summary>
    public double Lower { get; }

    /// <summary>Upper bound.</summary>
    public double Upper { get; }

    /// <summary>Confidence level, e.g. 0.95.</summary>
    public double Level { get; }

    /// <summary>Whether <paramref name="value"/> lies in the interval.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;
}
