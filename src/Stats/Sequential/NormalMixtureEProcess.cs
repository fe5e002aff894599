namespace PixelPost.Stats;

/// <summary>
/// e of "the net win rate is 0", ties counted: ln e = ½ ln(ρ/(t+ρ)) + S²/(2(t+ρ)) after t scores of sum S, the mixture sequential
/// probability ratio test (mSPRT) of a normal mean with variance 1 and prior variance 1/ρ. Constant time per score.
/// </summary>
/// <remarks>
/// Robbins (1970), Ann. Math. Stat. 41; Johari, Koomen, Pekelis and Walsh (2022), "Always valid inference: continuous monitoring of A/B
/// tests", Oper. Res. 70. e reaches 1/α exactly when <see cref="NormalMixtureSequence"/> of the same level and size excludes 0.
/// Valid because scores from −1 to 1 are 1-sub-Gaussian; cautious where there are many ties.
/// </remarks>
public sealed class NormalMixtureEProcess : EProcess
{
    private readonly double _rho;
    private double _sum;

    /// <summary>An empty test.</summary>
    /// <param name="significance">The level that it is tuned for, 0.001 to 0.5; the p-value holds at any.</param>
    /// <param name="tightestAt">Number of scores at which the test is to be at its best, above 0: where a decision is expected.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public NormalMixtureEProcess(double significance = 0.05, double tightestAt = 100)
        : base("always-valid test of the net win rate, normal mixture (mSPRT)")
    {
        if (!(significance is >= 0.001 and <= 0.5))
            throw new ArgumentOutOfRangeException(nameof(significance), significance, "A significance level must be from 0.001 to 0.5.");
        _rho = NormalMixtureSequence.Rho(significance, tightestAt);
    }

    /// <inheritdoc/>
    public override double LogValue => Math.Log(_rho / (Count + _rho)) / 2 + _sum * _sum / (2 * (Count + _rho));

    private protected override void Take(double score) => _sum += score;
}
