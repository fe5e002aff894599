namespace PixelPost.Stats;

/// <summary>
/// Confidence sequence from the normal mixture: mean ± √((t+ρ)(ln((t+ρ)/ρ) + 2 ln(1/α)))/t after t scores. Simple and known
/// beforehand, as it does not learn from the scores how much they vary; wide where there are many ties. Constant time per score.
/// </summary>
/// <remarks>
/// Robbins (1970), "Statistical methods related to the law of the iterated logarithm", Ann. Math. Stat. 41; Howard, Ramdas,
/// McAuliffe and Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", Ann. Stat. 49, eq. 14. Scores from
/// −1 to 1 are 1-sub-Gaussian (Hoeffding). <see cref="NormalMixtureEProcess"/> is the test that goes with it.
/// </remarks>
public sealed class NormalMixtureSequence : ConfidenceSequence
{
    private readonly double _rho;

    /// <summary>An empty sequence.</summary>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <param name="tightestAt">Number of scores at which the interval is to be at its best, above 0: where a decision is expected.</param>
    /// <param name="runningIntersection">Whether an interval is cut down to what all the earlier ones hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public NormalMixtureSequence(double level = 0.95, double tightestAt = 100, bool runningIntersection = false)
        : base("always-valid interval, normal mixture", level, runningIntersection) => _rho = Rho(Alpha, tightestAt);

    /// <summary>ρ = v/(2 ln(1/α) + ln(1 + 2 ln(1/α))): the mixture's precision that suits v scores.</summary>
    internal static double Rho(double alpha, double tightestAt)
    {
        if (!(tightestAt > 0 && double.IsFinite(tightestAt)))
            throw new ArgumentOutOfRangeException(nameof(tightestAt), tightestAt, "The number of scores to be best at must be above 0.");
        var twice = 2 * Math.Log(1 / alpha);
        return tightestAt / (twice + Math.Log(1 + twice));
    }

    private protected override (double Lower, double Upper) BoundsAfter(double score)
    {
        var width = Math.Sqrt((Count + _rho) * (Math.Log((Count + _rho) / _rho) + 2 * Math.Log(1 / Alpha))) / Count;
        return (Mean - width, Mean + width);
    }
}
