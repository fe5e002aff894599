namespace PixelPost.Stats;

/// <summary>
/// Two independent rates compared: tests of "no difference" and intervals of the difference A − B.
/// </summary>
/// <remarks>
/// All answers must be independent, those of A also of those of B: for different prompts per system. Two systems judged on the
/// same prompts are paired: <see cref="AlignmentRates"/>, or <see cref="McNemar"/> for one verdict per prompt and system.
/// </remarks>
public static class TwoProportions
{
    /// <summary>z = (A − B)/√(p(1−p)(1/nA + 1/nB)), p the pooled rate; two-sided. Its square is the chi-square of the table.</summary>
    public static TestResult PooledZ(RatePair rates)
    {
        const string Method = "two-proportion z test, pooled variance";
        return Undefined(rates) is { } reason
            ? TestResult.Undefined(Method, reason)
            : TestResult.Normal(Method, rates.Difference / rates.ErrorAt(rates.Pooled, rates.Pooled));
    }

    /// <summary>
    /// Chi-square of the 2 × 2 table with each |observed − expected| made smaller by ½, or by itself when it is below ½; 1 degree of
    /// freedom. Close to Fisher's exact test.
    /// </summary>
    /// <remarks>Yates (1934), "Contingency tables involving small numbers and the χ² test", Suppl. J. R. Stat. Soc. 1.</remarks>
    public static TestResult Yates(RatePair rates)
    {
        const string Method = "chi-square test of a 2 × 2 table, Yates-corrected";
        if (Undefined(rates) is { } reason)
            return TestResult.Undefined(Method, reason);

        var pooled = rates.Pooled;
        // the same in all four cells
        var distance = Math.Abs(rates.A - rates.TotalA * pooled);
        var corrected = distance - Math.Min(0.5, distance);
        var weight = (1.0 / rates.TotalA + 1.0 / rates.TotalB) * (1 / pooled + 1 / (1 - pooled));
        return TestResult.ChiSquared(Method, corrected * corrected * weight, degreesOfFreedom: 1);
    }

    /// <summary>
    /// Difference with the normal (Wald) interval, each rate with its own variance. Here to check published figures: it can leave
    /// −1 to 1, and shrinks to a point when both rates are 0 or 1.
    /// </summary>
    /// <param name="rates">Of the two systems.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static Estimate Wald(RatePair rates, double level = 0.95)
    {
        const string Method = "normal interval of a difference, unpooled variance";
        var z = Quantiles.Normal(level);
        if (rates.Empty)
            return Estimate.Undefined(Method, RatePair.NothingCounted);

        var half = z * rates.StandardError;
        return Estimate.Of(
            Method, rates.Difference, new Interval(rates.Difference - half, rates.Difference + half, level), rates.StandardError);
    }

    /// <summary>
    /// Difference with Newcombe's interval, put together from the Wilson intervals of the two rates: the lower bound is
    /// d − √((A − lower A)² + (upper B − B)²). Stays within −1 to 1 and does not collapse: the one to show.
    /// </summary>
    /// <inheritdoc cref="Wald"/>
    /// <remarks>
    /// Newcombe (1998), "Interval estimation for the difference between independent proportions", Stat. Med. 17, method 10.
    /// </remarks>
    public static Estimate Newcombe(RatePair rates, double level = 0.95)
    {
        const string Method = "Newcombe hybrid score interval";
        _ = Quantiles.Tail(level);
        if (rates.Empty)
            return Estimate.Undefined(Method, RatePair.NothingCounted);

        var a = Rate.Wilson(rates.A, rates.TotalA, level).Interval!;
        var b = Rate.Wilson(rates.B, rates.TotalB, level).Interval!;
        var down = double.Hypot(rates.RateA - a.Lower, b.Upper - rates.RateB);
        var up = double.Hypot(a.Upper - rates.RateA, rates.RateB - b.Lower);
        return Estimate.Of(Method, rates.Difference, new Interval(rates.Difference - down, rates.Difference + up, level));
    }

    /// <summary>
    /// Difference with the Wald interval after one yes and one no are added to each system, cut off at −1 and 1. The value is the
    /// plain difference; the interval is centred on the adjusted one.
    /// </summary>
    /// <inheritdoc cref="Wald"/>
    /// <remarks>Agresti and Caffo (2000), "Simple and effective confidence intervals for proportions", Am. Stat. 54.</remarks>
    public static Estimate AgrestiCaffo(RatePair rates, double level = 0.95)
    {
        const string Method = "Agresti-Caffo adjusted interval";
        var z = Quantiles.Normal(level);
        if (rates.Empty)
            return Estimate.Undefined(Method, RatePair.NothingCounted);

        var adjusted = new RatePair(rates.A + 1, rates.TotalA + 2, rates.B + 1, rates.TotalB + 2);
        var half = z * adjusted.StandardError;
        return Estimate.Of(
            Method,
            rates.Difference,
            new Interval(Math.Max(-1, adjusted.Difference - half), Math.Min(1, adjusted.Difference + half), level));
    }

    private static string? Undefined(RatePair rates)
    {
        if (rates.Empty)
            return RatePair.NothingCounted;
        var allAlike = rates.A + rates.B == 0 || (rates.A == rates.TotalA && rates.B == rates.TotalB);
        return allAlike ? RatePair.AllAlike : null;
    }
}
