namespace PixelPost.Stats;

/// <summary>
/// Score statistic of "the difference A − B of two independent rates is δ": z = (A − B − δ)/√(Ã(1−Ã)/nA + B̃(1−B̃)/nB), where Ã and
/// B̃ are the maximum-likelihood rates that differ by exactly δ.
/// </summary>
/// <remarks>
/// Farrington and Manning (1990), "Test statistics and sample size formulae for comparative binomial trials with null hypothesis
/// of non-zero risk difference or non-unity relative risk", Stat. Med. 9; the interval: Mee (1984), Biometrics 40. Without
/// Miettinen and Nurminen's factor n/(n−1).
/// </remarks>
public static class FarringtonManning
{
    /// <summary>Difference with the interval of all δ that the score test does not reject. Stays within −1 to 1.</summary>
    /// <param name="rates">Of the two systems.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static Estimate Difference(RatePair rates, double level = 0.95)
    {
        const string Method = "score interval of a difference (Farrington-Manning)";
        var z = Quantiles.Normal(level);
        if (rates.Empty)
            return Estimate.Undefined(Method, RatePair.NothingCounted);

        return Estimate.Of(
            Method,
            rates.Difference,
            new Interval(
                Bisection.LastWhere(delta => Z(rates, delta) <= z, rates.Difference, -1),
                Bisection.LastWhere(delta => Z(rates, delta) >= -z, rates.Difference, 1),
                level));
    }

    /// <summary>The score statistic; positive when the observed difference is above <paramref name="delta"/>.</summary>
    /// <param name="rates">With answers on both systems.</param>
    /// <param name="delta">−1 to 1.</param>
    internal static double Z(RatePair rates, double delta)
    {
        var distance = rates.Difference - delta;
        if (distance == 0)
            return 0; // also where the error is 0, as for 0 of n against 0 of n

        var (rateA, rateB) = RestrictedRates(rates, delta);
        return distance / rates.ErrorAt(rateA, rateB);
    }

    /// <summary>
    /// The likelihood on the line A = B + δ is concave in B: its maximum is where the slope, which only falls, changes sign.
    /// </summary>
    private static (double A, double B) RestrictedRates(RatePair rates, double delta)
    {
        var (lowest, highest) = (Math.Max(0, -delta), Math.Min(1, 1 - delta));
        var rateB = lowest >= highest ? lowest : Bisection.LastWhere(Rises, lowest, highest);
        return (RateA(rateB), rateB);

        bool Rises(double b)
        {
            var a = RateA(b);
            return Part(rates.A, a) - Part(rates.TotalA - rates.A, 1 - a) + Part(rates.B, b) - Part(rates.TotalB - rates.B, 1 - b) > 0;
        }

        // b + δ can pass 0 or 1 by rounding
        double RateA(double b) => Math.Clamp(b + delta, 0, 1);

        // a cell without cases has no part in the slope, even where its rate is 0
        static double Part(int count, double rate) => count == 0 ? 0 : count / rate;
    }
}
