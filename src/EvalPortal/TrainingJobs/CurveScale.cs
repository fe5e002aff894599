using System.Globalization;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>The vertical axis of a chart: a range with round ends, and the lines between them.</summary>
/// <param name="Low">Value at the bottom.</param>
/// <param name="High">Value at the top.</param>
/// <param name="Ticks">Values at which a line is drawn, from the bottom.</param>
public sealed record CurveScale(double Low, double High, IReadOnlyList<double> Ticks)
{
    private const int Intervals = 4; // aimed at

    /// <summary>The axis that holds all values.</summary>
    /// <param name="values">What is drawn.</param>
    /// <param name="include">A value that must be on the axis, such as 0; null for none.</param>
    public static CurveScale Of(IEnumerable<double> values, double? include = null)
    {
        List<double> all = [.. values, .. include is { } value ? (double[])[value] : []];
        var (low, high) = all.Count == 0 ? (0, 1) : (all.Min(), all.Max());
        if (high - low <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)))
            (low, high) = (low - Math.Max(Math.Abs(low) / 2, 1e-6), high + Math.Max(Math.Abs(high) / 2, 1e-6)); // a flat curve stands in the middle

        var step = RoundUp((high - low) / Intervals);
        var first = Math.Floor(low / step + 1e-9);
        var last = Math.Ceiling(high / step - 1e-9);
        double[] ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        return new CurveScale(ticks[0], ticks[^1], ticks);
    }

    /// <summary>A value's height as a share of the axis, from the top.</summary>
    public double Place(double value) => (High - value) / (High - Low);

    /// <summary>A tick with as many digits as tell it from its neighbours.</summary>
    public string Label(double tick)
    {
        var digits = Math.Max(0, -(int)Math.Floor(Math.Log10(Ticks[1] - Ticks[0]) + 1e-9));
        var text = Math.Abs(tick) < (Ticks[1] - Ticks[0]) / 2 ? "0"
            : digits > 5 ? tick.ToString("0.###e0", CultureInfo.InvariantCulture)
            : tick.ToString($"F{digits}", CultureInfo.InvariantCulture);
        return text.Replace('-', '−');
    }

    /// <summary>The next of 1, 2 and 5 times a power of ten.</summary>
    private static double RoundUp(double width)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(width)));
        return power * ((double[])[1, 2, 5, 10]).First(nice => nice * power >= width * (1 - 1e-9));
    }
}
