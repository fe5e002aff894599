namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>A point of a curve.</summary>
/// <param name="Step">Optimizer step.</param>
/// <param name="Value">What was measured.</param>
public readonly record struct CurvePoint(double Step, double Value);

/// <summary>How a curve is drawn; told apart by line, not by colour, so that it can be read in print.</summary>
public enum CurveStyle
{
    /// <summary>An unbroken line: what the chart is about.</summary>
    Main,

    /// <summary>Dashes.</summary>
    Second,

    /// <summary>Dots.</summary>
    Third,

    /// <summary>A line through marks, for what is measured now and then.</summary>
    Marks,
}

/// <summary>One measure over the steps of a training job.</summary>
public sealed record Curve
{
    /// <summary>Most points that are drawn; more than a screen has pixels for would only be slow.</summary>
    public const int MaxPoints = 300;

    // Of all points: wide enough to see through the noise of small batches, narrow enough to see a turn.
    private const int WindowsPerCurve = 25;

    /// <summary>What it is, such as "latent".</summary>
    public required string Name { get; init; }

    public required CurveStyle Style { get; init; }

    /// <summary>Whether it is of the run that is laid over.</summary>
    public bool IsOther { get; init; }

    /// <summary>What was measured, by step.</summary>
    public required IReadOnlyList<CurvePoint> Points { get; init; }

    /// <summary>The line: means over a moving window, except for <see cref="CurveStyle.Marks"/>.</summary>
    public required IReadOnlyList<CurvePoint> Line { get; init; }

    /// <summary>The points behind the line; empty where the line goes through every point.</summary>
    public required IReadOnlyList<CurvePoint> Cloud { get; init; }

    /// <summary>Number of points that each point of the line is the mean of.</summary>
    public required int Window { get; init; }

    /// <summary>Makes a curve; values that are not finite are left out.</summary>
    public static Curve Of(string name, CurveStyle style, IEnumerable<(int Step, double? Value)> measured)
    {
        List<CurvePoint> points = [.. measured
            .Where(point => point.Value is { } value && double.IsFinite(value))
            .Select(point => new CurvePoint(point.Step, point.Value!.Value))];
        var window = style == CurveStyle.Marks ? 1 : Math.Max(1, points.Count / WindowsPerCurve);
        return new Curve
        {
            Name = name,
            Style = style,
            Points = points,
            Window = window,
            Line = Thin(Smooth(points, window)),
            Cloud = window > 1 ? Thin(points) : [],
        };
    }

    /// <summary>Means of the last <paramref name="window"/> points up to each; of fewer at the beginning.</summary>
    private static List<CurvePoint> Smooth(List<CurvePoint> points, int window)
    {
        var smooth = new List<CurvePoint>(points.Count);
        var sum = 0.0;
        for (var i = 0; i < points.Count; i++)
        {
            sum += points[i].Value - (i >= window ? points[i - window].Value : 0);
            smooth.Add(new CurvePoint(points[i].Step, sum / Math.Min(i + 1, window)));
        }
        return smooth;
    }

    /// <summary>Evenly chosen points, the last always among them.</summary>
    private static List<CurvePoint> Thin(List<CurvePoint> points)
    {
        var every = (points.Count + MaxPoints - 1) / MaxPoints;
        return every <= 1 ? points : [.. points.Where((_, i) => (points.Count - 1 - i) % every == 0)];
    }
}
