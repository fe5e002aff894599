namespace PixelPost.Stats;

/// <summary>
/// e of the sign test, ties dropped: e = 2^(w+l) B(w + a, l + a)/B(a, a) after w wins and l losses, the likelihood under a
/// Beta(a, a) mixture of win shares over that under ½. Only the sign of a score counts. Constant time per score.
/// </summary>
/// <remarks>
/// Robbins (1970), Ann. Math. Stat. 41. A decision counts as what it is, the mean score of a prompt's votes as their verdict.
/// </remarks>
public sealed class BetaBinomialEProcess : EProcess
{
    private readonly double _prior;
    private int _wins;
    private int _losses;
    private double _logValue;

    /// <summary>An empty test.</summary>
    /// <param name="prior">a, above 0: ½ (Jeffreys) or 1 (uniform). Larger ones look for smaller differences.</param>
    /// <exception cref="ArgumentOutOfRangeException">The prior is not above 0.</exception>
    public BetaBinomialEProcess(double prior = 0.5)
        : base("always-valid sign test, beta-binomial mixture, ties dropped")
    {
        if (!(prior > 0 && double.IsFinite(prior)))
            throw new ArgumentOutOfRangeException(nameof(prior), prior, "The prior's parameter must be above 0.");
        _prior = prior;
    }

    /// <inheritdoc/>
    public override double LogValue => _logValue;

    private protected override void Take(double score)
    {
        if (score == 0)
            return;

        // the ratio of two neighbouring values: chance of this outcome given the earlier ones, over ½
        var alike = score > 0 ? _wins : _losses;
        _logValue += Math.Log(2 * (alike + _prior) / (_wins + _losses + 2 * _prior));
        if (score > 0)
            _wins++;
        else
            _losses++;
    }
}
