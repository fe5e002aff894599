namespace PixelPost.Stats;

/// <summary>
/// Intervals of a net win rate that may be looked at after every vote: with probability of at least the level, all of them, from
/// the first on, hold the true value. An ordinary interval promises that for a single look, at a number planned beforehand.
/// </summary>
/// <remarks>
/// <para>
/// Feed it one score per independent case in the order of arrival: the score of a decision, or the mean score of the votes on
/// one prompt, from −1 (B) to 1 (A). Each must have the same expectation whatever came before. Single votes do not, as soon as
/// a prompt or a rater comes again; they would make the interval too narrow.
/// </para>
/// <para>Not safe for use by several threads at once.</para>
/// </remarks>
public abstract class ConfidenceSequence
{
    private readonly string _method;
    private readonly bool _intersects;
    private double _sum;
    private double _lower = -1;
    private double _upper = 1;

    /// <param name="method">In words.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <param name="intersects">Whether an interval is cut down to what all the earlier ones hold.</param>
    private protected ConfidenceSequence(string method, double level, bool intersects)
    {
        Alpha = 2 * Quantiles.Tail(level);
        (_method, Level, _intersects) = (method, level, intersects);
    }

    /// <summary>Confidence level of the whole sequence.</summary>
    public double Level { get; }

    /// <summary>Number of scores so far.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Mean of the scores so far with the interval after the last of them. Undefined before the first one. With a running
    /// intersection there is no interval once the earlier ones exclude each other, and the mean may lie outside of it.
    /// </summary>
    public Estimate Current => Count == 0
        ? Estimate.Undefined(_method, NetWinRate.NothingCompared)
        : _lower > _upper
            ? Estimate.WithoutInterval(_method, Mean, "Intervals of different times exclude each other: the rate has changed on the way.")
            : Estimate.Of(_method, Mean, new Interval(_lower, _upper, Level));

    /// <summary>The error that is left to all intervals together: 1 − level.</summary>
    private protected double Alpha { get; }

    /// <summary>Mean of the scores so far.</summary>
    private protected double Mean => _sum / Count;

    /// <summary>Takes in the next score.</summary>
    /// <param name="score">−1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is outside its range.</exception>
    public void Add(double score)
    {
        CheckScore(score);
        Count++;
        _sum += score;
        var (lower, upper) = BoundsAfter(score);
        _lower = Math.Max(lower, _intersects ? _lower : -1);
        _upper = Math.Min(upper, _intersects ? _upper : 1);
    }

    /// <summary>Takes in all scores in their order and gives the interval after the last.</summary>
    /// <param name="scores">Each −1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A score is outside its range.</exception>
    public Estimate AddAll(IEnumerable<double> scores)
    {
        foreach (var score in scores)
            Add(score);
        return Current;
    }

    internal static void CheckScore(double score)
    {
        if (!(score is >= -1 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(score), score, "A score must be from -1 to 1.");
    }

    /// <summary>
    /// Bounds after the next score, which <see cref="Count"/> and <see cref="Mean"/> hold already; they may be outside −1 to 1.
    /// </summary>
    private protected abstract (double Lower, double Upper) BoundsAfter(double score);
}
