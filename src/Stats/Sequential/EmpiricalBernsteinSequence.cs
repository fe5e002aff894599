namespace PixelPost.Stats;

/// <summary>
/// Confidence sequence that learns how much the scores vary (predictable plug-in empirical Bernstein), so it is narrower than the
/// normal mixture where there are many ties or one system wins nearly always. Constant time per score.
/// </summary>
/// <remarks>
/// Waudby-Smith and Ramdas (2024), "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86, theorem 2. On
/// y = (score + 1)/2: Σλy/Σλ ∓ (ln(2/α) + Σ ψ(λ)(y − ȳ)²)/Σλ, with ψ(λ) = −ln(1−λ) − λ, λ the stake of the scores before y, at most
/// ½, and ȳ their mean.
/// </remarks>
public sealed class EmpiricalBernsteinSequence : ConfidenceSequence
{
    private const double LargestStake = 0.5;

    private PredictablePlugIn _stakes;
    private double _sumBefore;
    private double _stakeSum;
    private double _weightedSum;
    private double _deviationsBelow; // Σ ψ(λ)(y − ȳ)², for the lower bound
    private double _deviationsAbove; // the same seen from 1 − y, for the upper bound

    /// <summary>An empty sequence.</summary>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <param name="runningIntersection">Whether an interval is cut down to what all the earlier ones hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public EmpiricalBernsteinSequence(double level = 0.95, bool runningIntersection = false)
        : base("always-valid interval, empirical Bernstein", level, runningIntersection) => _stakes = new PredictablePlugIn(Alpha);

    private protected override (double Lower, double Upper) BoundsAfter(double score)
    {
        var value = (score + 1) / 2;
        var stake = Math.Min(LargestStake, _stakes.NextStake);
        var penalty = -Math.Log(1 - stake) - stake;
        // before the first score the mean is 0 for both, as there is none
        var below = Count == 1 ? value : value - _sumBefore / (Count - 1);
        var above = Count == 1 ? 1 - value : below;
        _deviationsBelow += penalty * below * below;
        _deviationsAbove += penalty * above * above;
        _stakeSum += stake;
        _weightedSum += stake * value;
        _sumBefore += value;
        _stakes.Add(value);

        var centre = _weightedSum / _stakeSum;
        var log = Math.Log(2 / Alpha);
        return (
            2 * (centre - (log + _deviationsBelow) / _stakeSum) - 1,
            2 * (centre + (log + _deviationsAbove) / _stakeSum) - 1);
    }
}
