namespace PixelPost.Stats;

/// <summary>Two-sided critical values, and the one check of a confidence level.</summary>
internal static class Quantiles
{
    // Outside this range nobody asks for an interval, and the t quantile with 1 degree of freedom grows without bound.
    private const double LowestLevel = 0.5;
    private const double HighestLevel = 0.999;

    /// <summary>The probability left out on each side, e.g. 0.025 at level 0.95.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not within 0.5 to 0.999.</exception>
    public static double Tail(double level)
    {
        if (!(level is >= LowestLevel and <= HighestLevel))
            throw new ArgumentOutOfRangeException(
                nameof(level), level, $"A confidence level must be from {LowestLevel} to {HighestLevel}.");
        return (1 - level) / 2;
    }

    /// <summary>z such that a standard normal value lies within ±z with probability <paramref name="level"/>.</summary>
    public static double Normal(double level) => -MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Tail(level));

    /// <summary>t such that a Student t value lies within ±t with probability <paramref name="level"/>.</summary>
    public static double StudentT(double level, double degreesOfFreedom) =>
        -MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, degreesOfFreedom, Tail(level));

    /// <summary>Probability that a Student t value is above <paramref name="t"/>.</summary>
    public static double StudentTail(double t, double degreesOfFreedom) =>
        MathNet.Numerics.Distributions.StudentT.CDF(0, 1, degreesOfFreedom, -t);

    /// <summary>Probability that a standard normal value is above <paramref name="z"/>.</summary>
    public static double NormalTail(double z) => MathNet.Numerics.Distributions.Normal.CDF(0, 1, -z);

    /// <summary>The z that a standard normal value exceeds with probability <paramref name="tail"/>, e.g. 1.645 for 0.05.</summary>
    public static double NormalUpper(double tail) => -MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, tail);
}
