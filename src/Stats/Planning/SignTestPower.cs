using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>Numbers of decided cases for an exact sign test.</summary>
public sealed record SignTestSizes
{
    /// <summary>((z(1−α/2)/2 + z_power √(p(1−p)))/(p − ½))², by the normal distribution.</summary>
    public required double NormalApproximation { get; init; }

    /// <summary>(z(1−α/2) + z_power)²/(4 (p − ½)²), by the normal distribution with the variance at ½.</summary>
    public required double Noether { get; init; }

    /// <summary>Smallest number, from 5 on, with the power. Some larger ones lack it again: do not plan with it.</summary>
    public required int First { get; init; }

    /// <summary>Smallest number from which on every larger one has the power too: the one to plan with.</summary>
    public required int Stable { get; init; }
}

/// <summary>Power and sample size of the exact two-sided sign test (<see cref="SignTest.TiesDropped"/>).</summary>
/// <remarks>
/// Power against the number of cases is a sawtooth: the test can use only whole wins, so its actual level jumps. Noether (1987),
/// "Sample size determination for some common nonparametric tests", JASA 82; the sawtooth: Chernick and Liu (2002), Am. Stat. 56.
/// </remarks>
public static class SignTestPower
{
    private const int SmallestSize = 5;

    /// <summary>Exact chance of a p-value of at most the significance level.</summary>
    /// <param name="decided">Number of cases that A or B wins, 1 or more.</param>
    /// <param name="winShare">A's share of the wins, 0 to 1.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Of(int decided, double winShare, double significance = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decided, 1);
        Ranges.CheckRate(winShare, nameof(winShare));
        Ranges.CheckSignificance(significance);
        return Exact(decided, winShare, significance);
    }

    /// <summary>Decided cases needed, by formula and exactly.</summary>
    /// <param name="winShare">A's share of the wins if the claim is true, 0 to 1 but not within 0.001 of ½.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static SignTestSizes Decided(double winShare, double power = 0.8, double significance = 0.05)
    {
        Check(winShare, power, significance);
        var share = Math.Max(winShare, 1 - winShare);
        var (z, zPower) = (Quantiles.NormalUpper(significance / 2), Quantiles.NormalUpper(1 - power));
        var approximation = Math.Pow((z / 2 + zPower * Math.Sqrt(share * (1 - share))) / (share - 0.5), 2);
        var (first, stable) = Scan(share, power, significance, approximation);
        return new SignTestSizes
        {
            NormalApproximation = approximation,
            Noether = Math.Pow((z + zPower) / (2 * (share - 0.5)), 2),
            First = first,
            Stable = stable,
        };
    }

    /// <summary>Cases to collect, ties included: stable number of decided cases / (1 − tie rate) × design effect, rounded up.</summary>
    /// <param name="winShare">A's share of the wins if the claim is true, 0 to 1 but not within 0.001 of ½.</param>
    /// <param name="tieRate">Share of ties and splits to expect, 0 or more and below 1.</param>
    /// <param name="designEffect">1 for decisions of different prompts.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static PlannedSize Needed(
        double winShare, double tieRate = 0, double designEffect = 1, double power = 0.8, double significance = 0.05)
    {
        Ranges.CheckTieRate(tieRate);
        Ranges.CheckDesignEffect(designEffect);
        var independent = Decided(winShare, power, significance).Stable / (1 - tieRate);
        return PlannedSize.Of("cases compared, for the exact sign test", power, significance, independent, designEffect);
    }

    /// <summary>A's smallest share of the wins, above ½, that is found with the power, exactly; null where not even a clean sweep is.</summary>
    /// <param name="decided">Number of cases that A or B wins, 1 or more.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double? Detectable(int decided, double power = 0.8, double significance = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decided, 1);
        Ranges.CheckPower(power);
        Ranges.CheckSignificance(significance);
        return Exact(decided, share: 1, significance) < power ? null
            : Bisection.LastWhere(share => Exact(decided, share, significance) >= power, inside: 1, outside: 0.5);
    }

    private static void Check(double winShare, double power, double significance)
    {
        Ranges.CheckRate(winShare, nameof(winShare));
        if (Math.Abs(winShare - 0.5) < 0.001)
            throw new ArgumentOutOfRangeException(nameof(winShare), winShare, "A win share to plan for must differ from 0.5 by 0.001 or more.");
        Ranges.CheckPower(power);
        Ranges.CheckSignificance(significance);
    }

    /// <summary>
    /// First and stable number by trying every number near the approximation. A tooth of the saw is about √n wide, so the trial
    /// starts 10 √n below and ends when the last failure is 10 √n behind.
    /// </summary>
    private static (int First, int Stable) Scan(double share, double power, double significance, double approximation)
    {
        var reach = (int)(10 * Math.Sqrt(approximation)) + 30;
        var size = Math.Max(SmallestSize, (int)approximation - reach);
        var (first, lastFailure) = (0, size - 1);
        for (; first == 0 || size - lastFailure <= reach; size++)
        {
            if (Exact(size, share, significance) < power)
                lastFailure = size;
            else if (first == 0)
                first = size;
        }

        return (first, lastFailure + 1);
    }

    private static double Exact(int decided, double share, double significance)
    {
        var losses = MostLosses(decided, significance);
        if (losses < 0)
            return 0; // even a clean sweep proves nothing
        return Math.Min(1, Binomial.CDF(1 - share, decided, losses) + Binomial.CDF(share, decided, losses));
    }

    /// <summary>The most losses with which the winner's lead is still significant; −1 when there is no such number.</summary>
    private static int MostLosses(int decided, double significance)
    {
        var losses = Math.Max(0, (int)((decided - Quantiles.NormalUpper(significance / 2) * Math.Sqrt(decided)) / 2));
        while (losses >= 0 && !Significant(losses))
            losses--;
        while (Significant(losses + 1))
            losses++;
        return losses;

        bool Significant(int k) => 2 * Binomial.CDF(0.5, decided, k) <= significance;
    }
}
