namespace PixelPost.Stats;

/// <summary>The same yes/no question counted for two systems over different, independent cases.</summary>
public sealed record RatePair
{
    internal const string NothingCounted = "A system has no answers to take a share of.";
    internal const string AllAlike = "All answers of both systems are alike, so nothing shows how much they vary.";

    /// <summary>Counts of two systems.</summary>
    /// <param name="a">Yes of system A, 0 to <paramref name="totalA"/>.</param>
    /// <param name="totalA">Answers on system A, 0 or more.</param>
    /// <param name="b">Yes of system B, 0 to <paramref name="totalB"/>.</param>
    /// <param name="totalB">Answers on system B, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or above its total.</exception>
    public RatePair(int a, int totalA, int b, int totalB)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(a);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(a, totalA);
        ArgumentOutOfRangeException.ThrowIfNegative(b);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(b, totalB);
        (A, TotalA, B, TotalB) = (a, totalA, b, totalB);
    }

    /// <summary>Yes of system A.</summary>
    public int A { get; }

    /// <summary>Answers on system A.</summary>
    public int TotalA { get; }

    /// <summary>Yes of system B.</summary>
    public int B { get; }

    /// <summary>Answers on system B.</summary>
    public int TotalB { get; }

    /// <summary>Whether a rate is missing.</summary>
    internal bool Empty => TotalA == 0 || TotalB == 0;

    internal double RateA => (double)A / TotalA;

    internal double RateB => (double)B / TotalB;

    internal double Difference => RateA - RateB;

    /// <summary>The common rate when the systems do not differ.</summary>
    internal double Pooled => ((double)A + B) / ((double)TotalA + TotalB);

    /// <summary>Standard error of the difference, each rate with its own variance.</summary>
    internal double StandardError => ErrorAt(RateA, RateB);

    /// <summary>Standard error of the difference if these were the true rates.</summary>
    internal double ErrorAt(double rateA, double rateB) =>
        Math.Sqrt(rateA * (1 - rateA) / TotalA + rateB * (1 - rateB) / TotalB);
}
