namespace PixelPost.Stats;

/// <summary>The place of an image on the screen.</summary>
public enum Side
{
    Left,
    Right,
}

/// <summary>
/// One answer of a rater on one axis, with what tells about the rater: what the functions of this folder take.
/// </summary>
/// <remarks>
/// <see cref="Outcome"/> is told by system, so a mirrored repeat needs no turning back. A rater has at most one vote on a
/// comparison; a repeat is a comparison of its own that names the first one in <see cref="RepeatOf"/>.
/// </remarks>
public sealed record RaterVote
{
    /// <summary>Any number that identifies the comparison.</summary>
    public required long Comparison { get; init; }

    /// <summary>Any number that identifies the rater.</summary>
    public required long Rater { get; init; }

    /// <summary>The answer.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Whether system A's image stood left.</summary>
    public required bool AOnLeft { get; init; }

    /// <summary>Place in the order in which this rater answered; only streaks depend on it.</summary>
    public int Order { get; init; }

    /// <summary>From images shown to answer, in milliseconds, 0 or more; null when it was not measured.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int? ResponseMs
    {
        get;
        init => field = value is not < 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A response time must be 0 ms or more.");
    }

    /// <summary>The right answer, where one is known beforehand; null on the comparisons of the study itself.</summary>
    public Outcome? Gold { get; init; }

    /// <summary>The comparison that this one shows once more; null unless it is a repeat.</summary>
    public long? RepeatOf { get; init; }

    /// <summary>Whether the vote speaks about the systems: gold and repeats speak about the rater only.</summary>
    public bool IsOfStudy => Gold is null && RepeatOf is null;

    /// <summary>The side that was chosen; null for a tie or a reject.</summary>
    public Side? Chosen => Outcome switch
    {
        Outcome.A => AOnLeft ? Side.Left : Side.Right,
        Outcome.B => AOnLeft ? Side.Right : Side.Left,
        _ => null,
    };
}
