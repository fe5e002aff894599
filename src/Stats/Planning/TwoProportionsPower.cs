namespace PixelPost.Stats;

/// <summary>Power and sample size for comparing two independent rates, by the normal distribution.</summary>
/// <remarks>
/// Fleiss, Levin and Paik (2003), "Statistical Methods for Rates and Proportions", 4.2; the arcsine form: Cohen (1988),
/// "Statistical Power Analysis for the Behavioral Sciences", ch. 6. Good to a few cases per group.
/// </remarks>
public static class TwoProportionsPower
{
    private const string PerGroup = "cases per system, for the comparison of two independent rates";

    /// <summary>
    /// Cases per system for the pooled z test, n = (z(1−α/2) √(2p̄(1−p̄)) + z_power √(A(1−A) + B(1−B)))²/(A − B)², p̄ the mean rate.
    /// </summary>
    /// <param name="rateA">Rate of A if the claim is true, 0 to 1.</param>
    /// <param name="rateB">Another rate of B.</param>
    /// <param name="designEffect">For answers that hang together; 1 for independent ones.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The rates are equal.</exception>
    public static PlannedSize Needed(
        double rateA, double rateB, double designEffect = 1, double power = 0.8, double significance = 0.05)
    {
        Check(rateA, rateB, power, significance);
        Ranges.CheckDesignEffect(designEffect);
        var (atEqual, atRates) = Deviations(rateA, rateB);
        var z = Quantiles.NormalUpper(significance / 2);
        var root = (z * atEqual + Quantiles.NormalUpper(1 - power) * atRates) / (rateA - rateB);
        return PlannedSize.Of(PerGroup, power, significance, root * root, designEffect);
    }

    /// <summary>Chance that the pooled z test claims a difference in the right direction.</summary>
    /// <param name="perGroup">Cases per system, above 0.</param>
    /// <param name="rateA">True rate of A, 0 to 1.</param>
    /// <param name="rateB">True rate of B, another one.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The rates are equal.</exception>
    public static double Of(double perGroup, double rateA, double rateB, double significance = 0.05)
    {
        Check(rateA, rateB, power: 0.5, significance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perGroup);
        return Tails(perGroup, rateA, rateB, significance).Right;
    }

    /// <summary>
    /// Cases per system when a claim in the wrong direction counts as well: not rounded, smaller by less than a case.
    /// </summary>
    /// <inheritdoc cref="Needed"/>
    public static double NeededInEitherDirection(double rateA, double rateB, double power = 0.8, double significance = 0.05)
    {
        Check(rateA, rateB, power, significance);
        return Smallest(perGroup =>
        {
            var (right, wrong) = Tails(perGroup, rateA, rateB, significance);
            return right + wrong >= power;
        });
    }

    /// <summary>Cohen's h = 2 asin √A − 2 asin √B: the difference on a scale where its variance does not depend on the rates.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not within 0 to 1.</exception>
    public static double CohenH(double rateA, double rateB)
    {
        Ranges.CheckRate(rateA, nameof(rateA));
        Ranges.CheckRate(rateB, nameof(rateB));
        return 2 * Math.Asin(Math.Sqrt(rateA)) - 2 * Math.Asin(Math.Sqrt(rateB));
    }

    /// <summary>Cases per system for the z test of <see cref="CohenH"/>, claims in either direction: not rounded.</summary>
    /// <inheritdoc cref="Needed"/>
    public static double NeededByArcsine(double rateA, double rateB, double power = 0.8, double significance = 0.05)
    {
        Check(rateA, rateB, power, significance);
        var (h, z) = (Math.Abs(CohenH(rateA, rateB)), Quantiles.NormalUpper(significance / 2));
        return Smallest(perGroup =>
        {
            var shift = h * Math.Sqrt(perGroup / 2);
            return Quantiles.NormalTail(z - shift) + Quantiles.NormalTail(z + shift) >= power;
        });
    }

    /// <summary>
    /// Cases per system to show that A's rate is at most the margin below B's (<see cref="NonInferiority.RatesWald"/>):
    /// n = (z(1−α) + z_power)² (A(1−A) + B(1−B))/(A − B + margin)².
    /// </summary>
    /// <param name="rateA">Rate of A if the claim is true, 0 to 1.</param>
    /// <param name="rateB">Rate of B, 0 to 1 and below A's + margin; not both rates 0 or 1.</param>
    /// <param name="margin">In rate, above 0 and below 1.</param>
    /// <param name="designEffect">For answers that hang together; 1 for independent ones.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">One-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The claim would not be true, or the rates leave no variance.</exception>
    public static PlannedSize NonInferiorityNeeded(
        double rateA, double rateB, double margin, double designEffect = 1, double power = 0.8, double significance = 0.05)
    {
        Ranges.CheckRate(rateA, nameof(rateA));
        Ranges.CheckRate(rateB, nameof(rateB));
        Ranges.CheckMargin(margin);
        Ranges.CheckDesignEffect(designEffect);
        Ranges.CheckPower(power);
        Ranges.CheckSignificance(significance);
        var (_, deviation) = Deviations(rateA, rateB);
        if (rateA - rateB + margin <= 0 || deviation == 0)
            throw new ArgumentException($"With rates of {rateA} and {rateB} and a margin of {margin} there is no claim to plan for.");

        var root = (Quantiles.NormalUpper(significance) + Quantiles.NormalUpper(1 - power)) * deviation / (rateA - rateB + margin);
        return PlannedSize.Of(
            "cases per system, for the non-inferiority of one of two independent rates", power, significance, root * root, designEffect);
    }

    /// <summary>√n × the standard error of the difference: if the rates were equal, and at the rates given.</summary>
    private static (double AtEqual, double AtRates) Deviations(double rateA, double rateB)
    {
        var mean = (rateA + rateB) / 2;
        return (Math.Sqrt(2 * mean * (1 - mean)), Math.Sqrt(rateA * (1 - rateA) + rateB * (1 - rateB)));
    }

    /// <summary>Chances of a claim in the right and in the wrong direction.</summary>
    private static (double Right, double Wrong) Tails(double perGroup, double rateA, double rateB, double significance)
    {
        var (atEqual, atRates) = Deviations(rateA, rateB);
        var shift = Math.Sqrt(perGroup) * Math.Abs(rateA - rateB);
        var limit = Quantiles.NormalUpper(significance / 2) * atEqual;
        if (atRates == 0) // 0 against 1: the difference is always seen as it is
            return (shift >= limit ? 1 : 0, 0);
        return (Quantiles.NormalTail((limit - shift) / atRates), Quantiles.NormalTail((limit + shift) / atRates));
    }

    /// <summary>The smallest number from which on there is enough power.</summary>
    private static double Smallest(Predicate<double> enough)
    {
        var most = 1.0;
        while (!enough(most))
            most *= 2;
        return Bisection.LastWhere(enough, most, 0);
    }

    private static void Check(double rateA, double rateB, double power, double significance)
    {
        Ranges.CheckRate(rateA, nameof(rateA));
        Ranges.CheckRate(rateB, nameof(rateB));
        if (rateA == rateB)
            throw new ArgumentException($"The rates must differ: both are {rateA}.", nameof(rateB));
        Ranges.CheckPower(power);
        Ranges.CheckSignificance(significance);
    }
}
