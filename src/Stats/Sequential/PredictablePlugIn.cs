namespace PixelPost.Stats;

/// <summary>
/// The stake on the next score that earlier scores suggest: λ = √(2 ln(2/α)/(t ln(1 + t) σ²)), where t counts the next score and σ² is
/// the variance of the earlier ones, with one made-up score of ½ and variance ¼ among them.
/// </summary>
/// <remarks>
/// Waudby-Smith and Ramdas (2024), "Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86, eq. 15. It must
/// not depend on the next score: that is what makes the intervals valid. On the scale from 0 to 1.
/// </remarks>
internal struct PredictablePlugIn(double alpha)
{
    private readonly double _log = 2 * Math.Log(2 / alpha);
    private int _count;
    private double _sum;
    private double _squares;

    public readonly double NextStake
    {
        get
        {
            var time = _count + 1;
            var variance = (0.25 + _squares) / time;
            return Math.Sqrt(_log / (time * Math.Log(1 + time) * variance));
        }
    }

    public void Add(double value)
    {
        _count++;
        _sum += value;
        var mean = Math.Min(1, (0.5 + _sum) / (_count + 1));
        _squares += (value - mean) * (value - mean);
    }
}
