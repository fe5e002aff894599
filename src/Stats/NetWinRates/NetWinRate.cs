namespace PixelPost.Stats;

/// <summary>
/// Net win rate = (wins − losses) / n, with ties and splits in n and rejects not: the mean of +1 for A, −1 for B, 0 for neither.
/// </summary>
/// <remarks>
/// All three intervals treat every counted case as independent: right for the decisions of one comparison per prompt.
/// Votes, and several comparisons per prompt, hang together: use <see cref="ClusteredNetWinRate"/> or <see cref="PromptBootstrap"/>.
/// </remarks>
public static class NetWinRate
{
    internal const string NothingCompared = "No comparison counts towards a net win rate.";

    /// <summary>
    /// Net win rate with the normal (Wald) interval: net ± z √(((wins+losses)/n − net²)/n). Here to check published figures:
    /// it can leave −1 to 1, and shrinks to a point when all cases agree.
    /// </summary>
    /// <param name="counts">Of votes or decisions.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static Estimate Normal(OutcomeCounts counts, double level = 0.95)
    {
        const string Method = "normal interval, independent cases";
        var z = Quantiles.Normal(level);
        if (counts.Compared == 0)
            return Estimate.Undefined(Method, NothingCompared);

        var net = Value(counts);
        var error = StandardError(counts, divisor: counts.Compared);
        return Estimate.Of(Method, net, new Interval(net - z * error, net + z * error, level), error);
    }

    /// <summary>
    /// Net win rate with the one-sample Student t interval on the scores: divisor n−1 in the variance, n−1 degrees of freedom.
    /// It can leave −1 to 1; undefined for fewer than two cases and when all are alike.
    /// </summary>
    /// <param name="counts">Of votes or decisions.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <remarks>Student (1908), "The probable error of a mean", Biometrika 6.</remarks>
    public static Estimate StudentT(OutcomeCounts counts, double level = 0.95)
    {
        const string Method = "Student t interval, independent cases";
        _ = Quantiles.Tail(level);
        var n = counts.Compared;
        if (n == 0)
            return Estimate.Undefined(Method, NothingCompared);

        var net = Value(counts);
        if (counts.A == n || counts.B == n || counts.Decided == 0)
            return Estimate.WithoutInterval(Method, net, "All cases are alike, so nothing shows how much they vary.");

        var error = StandardError(counts, divisor: n - 1);
        var half = Quantiles.StudentT(level, n - 1) * error;
        return Estimate.Of(Method, net, new Interval(net - half, net + half, level), error);
    }

    /// <summary>
    /// Net win rate with Tango's score interval: all δ with |wins − losses − nδ| ≤ z √(n(2q + δ(1−δ))), where q is the
    /// maximum-likelihood rate of losses when the net win rate is δ. Stays within −1 to 1 and does not collapse: the one to show.
    /// </summary>
    /// <param name="counts">Of votes or decisions.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <remarks>
    /// Tango (1998), "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
    /// Stat. Med. 17.
    /// </remarks>
    public static Estimate Tango(OutcomeCounts counts, double level = 0.95)
    {
        const string Method = "Tango score interval, independent cases";
        var z = Quantiles.Normal(level);
        if (counts.Compared == 0)
            return Estimate.Undefined(Method, NothingCompared);

        var upper = TangoUpper(counts.A, counts.B, counts.Compared, z);
        var lower = -TangoUpper(counts.B, counts.A, counts.Compared, z); // the same bound seen from the other system
        return Estimate.Of(Method, Value(counts), new Interval(lower, upper, level));
    }

    private static double Value(OutcomeCounts counts) => (double)(counts.A - counts.B) / counts.Compared;

    private static double StandardError(OutcomeCounts counts, double divisor)
    {
        var net = Value(counts);
        return Math.Sqrt(((double)counts.Decided / counts.Compared - net * net) / divisor);
    }

    /// <summary>Largest δ that the score test does not reject, by bisection down to the last bit.</summary>
    private static double TangoUpper(double wins, double losses, double n, double z)
    {
        var inside = (wins - losses) / n;
        var outside = 1.0;
        if (Accepts(outside))
            return outside;
        while (true)
        {
            var middle = (inside + outside) / 2;
            if (middle == inside || middle == outside)
                return middle;
            if (Accepts(middle))
                inside = middle;
            else
                outside = middle;
        }

        bool Accepts(double delta)
        {
            var deviation = wins - losses - n * delta;
            return deviation * deviation <= z * z * n * (2 * LossRate(delta) + delta * (1 - delta));
        }

        // the root of 2n q² + linear q + constant = 0 that is a probability, written so that it does not cancel
        double LossRate(double delta)
        {
            var linear = -(wins + losses) + (2 * n - wins + losses) * delta;
            var constant = -losses * delta * (1 - delta);
            var root = Math.Sqrt(Math.Max(0, linear * linear - 8 * n * constant));
            return linear > 0 ? -2 * constant / (linear + root) : (root - linear) / (4 * n);
        }
    }
}
