namespace PixelPost.Stats;

/// <summary>
/// How often each outcome occurred, over votes or over decisions. The parts always add up to <see cref="Total"/>.
/// </summary>
/// <remarks>
/// Every win, tie and lose rate and every net win rate is taken over <see cref="Compared"/>. A split stays in: its images were
/// compared and neither won. A reject stays out: its raters say that there is nothing to compare.
/// </remarks>
public sealed record OutcomeCounts
{
    /// <summary>Counts, each 0 or more.</summary>
    /// <param name="a">Wins of system A.</param>
    /// <param name="b">Wins of system B.</param>
    /// <param name="tie">Neither is better.</param>
    /// <param name="reject">The images could not be compared.</param>
    /// <param name="split">Comparisons without a majority; 0 when votes are counted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public OutcomeCounts(int a, int b, int tie, int reject = 0, int split = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(a);
        ArgumentOutOfRangeException.ThrowIfNegative(b);
        ArgumentOutOfRangeException.ThrowIfNegative(tie);
        ArgumentOutOfRangeException.ThrowIfNegative(reject);
        ArgumentOutOfRangeException.ThrowIfNegative(split);
        (A, B, Tie, Reject, Split) = (a, b, tie, reject, split);
    }

    /// <summary>Wins of system A.</summary>
    public int A { get; }

    /// <summary>Wins of system B.</summary>
    public int B { get; }

    /// <summary>Neither is better.</summary>
    public int Tie { get; }

    /// <summary>The images could not be compared.</summary>
    public int Reject { get; }

    /// <summary>Comparisons without a majority.</summary>
    public int Split { get; }

    /// <summary>A or B won.</summary>
    public int Decided => A + B;

    /// <summary>The base of all rates: everything but the rejects.</summary>
    public int Compared => A + B + Tie + Split;

    /// <summary>Everything.</summary>
    public int Total => Compared + Reject;

    /// <summary>Counts votes, each for itself.</summary>
    public static OutcomeCounts OfVotes(IEnumerable<Outcome> votes)
    {
        var counts = votes.CountBy(vote => vote).ToDictionary();
        return new OutcomeCounts(
            counts.GetValueOrDefault(Outcome.A),
            counts.GetValueOrDefault(Outcome.B),
            counts.GetValueOrDefault(Outcome.Tie),
            counts.GetValueOrDefault(Outcome.Reject));
    }

    /// <summary>Counts decisions, one per comparison (see <see cref="MajorityDecision"/>).</summary>
    public static OutcomeCounts OfDecisions(IEnumerable<Decision> decisions)
    {
        var counts = decisions.CountBy(decision => decision).ToDictionary();
        return new OutcomeCounts(
            counts.GetValueOrDefault(Decision.A),
            counts.GetValueOrDefault(Decision.B),
            counts.GetValueOrDefault(Decision.Tie),
            counts.GetValueOrDefault(Decision.Reject),
            counts.GetValueOrDefault(Decision.Split));
    }
}
