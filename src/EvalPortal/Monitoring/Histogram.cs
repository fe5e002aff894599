namespace PixelPost.EvalPortal.Monitoring;

/// <summary>Counts values by size. Any number of threads may record at once, and to record takes no memory.</summary>
public sealed class Histogram
{
    /// <summary>Bounds for times, in seconds.</summary>
    public static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Bounds for numbers of things at once.</summary>
    public static readonly double[] Sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    private readonly double[] _bounds;
    private readonly long[] _counts;
    private long _sum; // in millionths, which can be added without a lock

    /// <param name="bounds">Largest value of each bucket, ascending; one more takes what is larger.</param>
    public Histogram(double[] bounds) => (_bounds, _counts) = (bounds, new long[bounds.Length + 1]);

    public IReadOnlyList<double> Bounds => _bounds;

    /// <summary>Sum of all values.</summary>
    public double Sum => Interlocked.Read(ref _sum) / 1e6;

    /// <summary>How many values each bucket holds, the last one those above all bounds.</summary>
    public long[] Counts() => [.. Enumerable.Range(0, _counts.Length).Select(i => Interlocked.Read(ref _counts[i]))];

    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _sum, (long)(value * 1e6));
    }
}
