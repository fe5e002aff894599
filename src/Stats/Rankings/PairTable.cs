namespace PixelPost.Stats;

/// <summary>The votes on one ordered pair of systems.</summary>
/// <param name="Left">System shown on the left, counted from 0.</param>
/// <param name="Right">System shown on the right, counted from 0.</param>
/// <param name="LeftWins">Votes for the left image.</param>
/// <param name="Ties">Votes for neither.</param>
/// <param name="RightWins">Votes for the right image.</param>
public readonly record struct PairCount(int Left, int Right, long LeftWins, long Ties, long RightWins)
{
    /// <summary>All votes on the pair in this order.</summary>
    public long Votes => LeftWins + Ties + RightWins;
}

/// <summary>How often each ordered pair of systems was compared and with what outcome: all that a ranking of independent votes needs.</summary>
/// <remarks>Takes memory and time by the square of the number of systems, whatever the number of votes.</remarks>
public sealed class PairTable
{
    /// <summary>Outcomes of a pair, and so counts to an ordered pair, in the order of <see cref="PairOutcome"/>.</summary>
    internal const int Outcomes = 3;

    private readonly long[] _counts;

    /// <summary>Counts votes, in one pass.</summary>
    /// <param name="systems">Number of systems, at least 2.</param>
    /// <param name="votes">Each on two of the systems.</param>
    /// <param name="names">What to call each system in a reason; "system 0" and so on if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two systems, or a vote names a system that is not among them.</exception>
    /// <exception cref="ArgumentException">The number of names is not that of the systems.</exception>
    public PairTable(int systems, IEnumerable<PairVote> votes, IReadOnlyList<string>? names = null)
        : this(systems, names)
    {
        foreach (var vote in votes)
            _counts[Slot(vote.Left, vote.Right, vote.Outcome)]++;
    }

    /// <summary>Adds up counted pairs; an ordered pair may come more than once.</summary>
    /// <param name="systems">Number of systems, at least 2.</param>
    /// <param name="counts">Each of two of the systems.</param>
    /// <param name="names">What to call each system in a reason; "system 0" and so on if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two systems, a system that is not among them, or a negative count.</exception>
    /// <exception cref="ArgumentException">A system is compared with itself, or the number of names is not that of the systems.</exception>
    public PairTable(int systems, IEnumerable<PairCount> counts, IReadOnlyList<string>? names = null)
        : this(systems, names)
    {
        foreach (var count in counts)
        {
            if (count.LeftWins < 0 || count.Ties < 0 || count.RightWins < 0)
                throw new ArgumentOutOfRangeException(nameof(counts), count, "A number of votes must not be negative.");
            _counts[Slot(count.Left, count.Right, PairOutcome.Left)] += count.LeftWins;
            _counts[Slot(count.Left, count.Right, PairOutcome.Tie)] += count.Ties;
            _counts[Slot(count.Left, count.Right, PairOutcome.Right)] += count.RightWins;
        }
    }

    private PairTable(int systems, IReadOnlyList<string>? names)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(systems, 2);
        if (names is not null && names.Count != systems)
            throw new ArgumentException($"There are {systems} systems and {names.Count} names; each system needs one name.", nameof(names));
        Systems = systems;
        Names = names ?? [.. Enumerable.Range(0, systems).Select(system => $"system {system}")];
        _counts = new long[systems * systems * Outcomes];
    }

    /// <summary>Number of systems.</summary>
    public int Systems { get; }

    /// <summary>What each system is called in a reason.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of votes.</summary>
    public long Votes => _counts.Sum();

    /// <summary>The votes on a pair in this order.</summary>
    public PairCount this[int left, int right]
    {
        get
        {
            var slot = Slot(left, right, PairOutcome.Left);
            return new PairCount(left, right, _counts[slot], _counts[slot + 1], _counts[slot + 2]);
        }
    }

    /// <summary>Every ordered pair with a vote.</summary>
    public IEnumerable<PairCount> Pairs =>
        from left in Enumerable.Range(0, Systems)
        from right in Enumerable.Range(0, Systems)
        where left != right
        let pair = this[left, right]
        where pair.Votes > 0
        select pair;

    /// <summary>Counts by (left × systems + right) × 3 + outcome.</summary>
    internal ReadOnlySpan<long> Counts => _counts;

    /// <summary>Where the count of an outcome of an ordered pair lies.</summary>
    internal int Slot(int left, int right, PairOutcome outcome)
    {
        if ((uint)left >= (uint)Systems || (uint)right >= (uint)Systems)
            throw new ArgumentOutOfRangeException(
                nameof(left), (left, right), $"A pair must be of systems from 0 to {Systems - 1}.");
        if (left == right)
            throw new ArgumentException($"System {left} is compared with itself; a pair has two systems.", nameof(left));
        return (left * Systems + right) * Outcomes + (int)outcome;
    }
}
