namespace PixelPost.Training.Metrics;

/// <summary>A mean with its 95 % interval: mean ± t₀.₉₇₅ · s / √n, t of Student's distribution with n − 1 degrees of freedom.</summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="HalfWidth">Half the interval's width; null of a single value, which has no interval.</param>
/// <remarks>Student (1908), Biometrika 6(1). It takes the values to be independent and about normal, which few seeds cannot show.</remarks>
public sealed record MeanInterval(double Mean, double? HalfWidth)
{
    /// <summary>Most values an interval is made of.</summary>
    public const int MostValues = 31;

    // 0.975 quantiles of Student's t for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2
    private static readonly double[] Quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
        2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
        2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>Of one value per seed.</summary>
    /// <param name="values">1 to <see cref="MostValues"/> of them.</param>
    public static MeanInterval Of(IReadOnlyList<double> values)
    {
        if (values.Count is < 1 or > MostValues) throw new ArgumentException($"There are {values.Count} values; there must be 1 to {MostValues}.", nameof(values));
        var mean = values.Average();
        if (values.Count == 1) return new(mean, null);
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        return new(mean, Quantiles[values.Count - 2] * deviation / Math.Sqrt(values.Count));
    }
}
