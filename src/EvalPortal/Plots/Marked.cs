using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plots;

/// <summary>Marks that several figures have.</summary>
internal static class Marked
{
    /// <summary>An interval as a line with an end at both bounds; nothing without an interval.</summary>
    /// <param name="at">Where a value stands.</param>
    /// <param name="cap">How far the ends reach up and down.</param>
    public static IEnumerable<Mark> Whisker(Interval? interval, Func<double, double> at, double y, Paint colour, double weight, double cap)
    {
        if (interval is null)
            yield break;
        var (from, to) = (at(interval.Lower), at(interval.Upper));
        yield return new Stroke(from, y, to, y, colour, weight);
        yield return new Stroke(from, y - cap, from, y + cap, colour, weight);
        yield return new Stroke(to, y - cap, to, y + cap, colour, weight);
    }
}
