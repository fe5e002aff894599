namespace PixelPost.Stats;

/// <summary>
/// Evidence that may be looked at after every vote: e, the capital of a gambler who starts with 1 and bets against "neither system is
/// better". If that is true, e ever reaches 1/α with probability α at most, so 20 is a claim at 5 %, whenever it comes.
/// </summary>
/// <remarks>
/// <para>
/// Ville (1939); Ramdas, Grünwald, Vovk and Shafer (2023), "Game-theoretic statistics and safe anytime-valid inference", Stat. Sci.
/// 38. Feed it one score per independent case, as <see cref="ConfidenceSequence"/>.
/// </para>
/// <para>Not safe for use by several threads at once.</para>
/// </remarks>
public abstract class EProcess
{
    private double _highest;

    private protected EProcess(string method) => Method = method;

    /// <summary>Which test, in words.</summary>
    public string Method { get; }

    /// <summary>Number of scores so far.</summary>
    public int Count { get; private set; }

    /// <summary>ln e now; 0 before the first score. Below 0 when the scores speak for no difference.</summary>
    public abstract double LogValue { get; }

    /// <summary>
    /// p-value that stays valid however often it is looked at: 1/the highest e so far, at most 1. It never rises again.
    /// </summary>
    public double PValue => Math.Exp(-_highest);

    /// <summary>Takes in the next score.</summary>
    /// <param name="score">−1 (B) to 1 (A).</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is outside its range.</exception>
    public void Add(double score)
    {
        ConfidenceSequence.CheckScore(score);
        Count++;
        Take(score);
        _highest = Math.Max(_highest, LogValue);
    }

    /// <summary>Takes in all scores in their order and gives the p-value after the last.</summary>
    /// <param name="scores">Each −1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A score is outside its range.</exception>
    public double AddAll(IEnumerable<double> scores)
    {
        foreach (var score in scores)
            Add(score);
        return PValue;
    }

    private protected abstract void Take(double score);
}
