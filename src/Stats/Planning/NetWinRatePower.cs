namespace PixelPost.Stats;

/// <summary>
/// Power and sample size for claims about a net win rate, by the normal distribution: standard deviation of one case
/// σ = √(win rate + lose rate − net²), so ties are allowed for by the rates.
/// </summary>
/// <remarks>
/// The power counts claims in the right direction. Votes on one prompt are no independent cases: give the design effect
/// (<see cref="ClusterEffect"/>), or simulate the study (<see cref="PowerSimulation"/>).
/// </remarks>
public static class NetWinRatePower
{
    /// <summary>Cases for "the net win rate is not 0": n = ((z(1−α/2) + z_power) σ/net)² × design effect, rounded up.</summary>
    /// <param name="winRate">Rate of A's wins if the claim is true, ties counted.</param>
    /// <param name="loseRate">Another rate of A's losses; the two add up to at most 1.</param>
    /// <param name="designEffect">1 for independent cases.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The rates are equal, add up to more than 1, or leave no variance.</exception>
    public static PlannedSize Needed(
        double winRate, double loseRate, double designEffect = 1, double power = 0.8, double significance = 0.05)
    {
        var deviation = Deviation(winRate, loseRate);
        if (winRate == loseRate)
            throw new ArgumentException($"The rates of wins and losses must differ: both are {winRate}.", nameof(loseRate));
        CheckPlan(designEffect, power, significance);
        return Plan(
            "cases compared, for the net win rate", deviation, winRate - loseRate, designEffect, power, significance, significance / 2);
    }

    /// <summary>
    /// Cases for "the net win rate is above −margin" (non-inferiority): n = ((z(1−α) + z_power) σ/(net + margin))² × design effect,
    /// rounded up.
    /// </summary>
    /// <param name="winRate">Rate of A's wins if the claim is true, ties counted; equal to the rate of losses for equal systems.</param>
    /// <param name="loseRate">Rate of A's losses, below winRate + margin; the two add up to at most 1.</param>
    /// <param name="margin">In net win rate, above 0 and below 1.</param>
    /// <param name="designEffect">1 for independent cases.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">One-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The claim would not be true, or the rates add up to more than 1 or leave no variance.</exception>
    public static PlannedSize NonInferiorityNeeded(
        double winRate, double loseRate, double margin, double designEffect = 1, double power = 0.8, double significance = 0.05)
    {
        var deviation = Deviation(winRate, loseRate);
        CheckMargin(winRate, loseRate, margin);
        CheckPlan(designEffect, power, significance);
        return Plan(
            "cases compared, for the non-inferiority of the net win rate",
            deviation,
            winRate - loseRate + margin,
            designEffect,
            power,
            significance,
            significance);
    }

    /// <summary>Chance of claiming the net win rate in the right direction: Φ(|net| √(n/design effect)/σ − z(1−α/2)).</summary>
    /// <param name="cases">Cases compared, 1 or more.</param>
    /// <param name="winRate">True rate of A's wins, ties counted.</param>
    /// <param name="loseRate">True rate of A's losses; the two add up to at most 1.</param>
    /// <param name="designEffect">1 for independent cases.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The rates add up to more than 1 or leave no variance.</exception>
    public static double Of(int cases, double winRate, double loseRate, double designEffect = 1, double significance = 0.05)
    {
        var deviation = Deviation(winRate, loseRate);
        return Power(cases, deviation, Math.Abs(winRate - loseRate), designEffect, significance, significance / 2);
    }

    /// <summary>Chance of showing the net win rate to be above −margin: Φ((net + margin) √(n/design effect)/σ − z(1−α)).</summary>
    /// <param name="cases">Cases compared, 1 or more.</param>
    /// <param name="winRate">True rate of A's wins, ties counted.</param>
    /// <param name="loseRate">True rate of A's losses; the two add up to at most 1.</param>
    /// <param name="margin">In net win rate, above 0 and below 1.</param>
    /// <param name="designEffect">1 for independent cases.</param>
    /// <param name="significance">One-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The rates add up to more than 1 or leave no variance.</exception>
    public static double OfNonInferiority(
        int cases, double winRate, double loseRate, double margin, double designEffect = 1, double significance = 0.05)
    {
        var deviation = Deviation(winRate, loseRate);
        Ranges.CheckMargin(margin);
        return Power(cases, deviation, winRate - loseRate + margin, designEffect, significance, significance);
    }

    /// <summary>
    /// The smallest net win rate that is found with the power, c √(1 − tie rate)/√(1 + c²) with c = (z(1−α/2) + z_power) √(design effect/n):
    /// <see cref="Needed"/> solved for the net win rate. Null where not even wins without a loss are found.
    /// </summary>
    /// <param name="cases">Cases compared, ties among them, 1 or more.</param>
    /// <param name="tieRate">Share of ties, 0 or more and below 1.</param>
    /// <param name="designEffect">1 for independent cases.</param>
    /// <param name="power">Chance of the claim, 0.5 to 0.999.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double? Detectable(int cases, double tieRate, double designEffect = 1, double power = 0.8, double significance = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cases, 1);
        Ranges.CheckTieRate(tieRate);
        CheckPlan(designEffect, power, significance);
        var c = (Quantiles.NormalUpper(significance / 2) + Quantiles.NormalUpper(1 - power)) * Math.Sqrt(designEffect / cases);
        var net = c * Math.Sqrt((1 - tieRate) / (1 + c * c));
        return net < 1 - tieRate ? net : null;
    }

    private static PlannedSize Plan(
        string method, double deviation, double distance, double designEffect, double power, double significance, double tail)
    {
        var root = (Quantiles.NormalUpper(tail) + Quantiles.NormalUpper(1 - power)) * deviation / distance;
        return PlannedSize.Of(method, power, significance, root * root, designEffect);
    }

    private static double Power(
        int cases, double deviation, double distance, double designEffect, double significance, double tail)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cases, 1);
        Ranges.CheckDesignEffect(designEffect);
        Ranges.CheckSignificance(significance);
        return Quantiles.NormalTail(Quantiles.NormalUpper(tail) - distance * Math.Sqrt(cases / designEffect) / deviation);
    }

    private static double Deviation(double winRate, double loseRate)
    {
        Ranges.CheckRate(winRate, nameof(winRate));
        Ranges.CheckRate(loseRate, nameof(loseRate));
        var net = winRate - loseRate;
        var variance = winRate + loseRate - net * net;
        if (winRate + loseRate > 1 + 1e-12 || !(variance > 0))
            throw new ArgumentException(
                $"The rates of wins and losses must add up to at most 1 and leave room for chance, not {winRate} and {loseRate}.");
        return Math.Sqrt(variance);
    }

    private static void CheckMargin(double winRate, double loseRate, double margin)
    {
        Ranges.CheckMargin(margin);
        if (winRate - loseRate + margin <= 0)
            throw new ArgumentException(
                $"A net win rate of {winRate - loseRate} is not above a margin of -{margin}, so there is no claim to plan for.");
    }

    private static void CheckPlan(double designEffect, double power, double significance)
    {
        Ranges.CheckDesignEffect(designEffect);
        Ranges.CheckPower(power);
        Ranges.CheckSignificance(significance);
    }
}
