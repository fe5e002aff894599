namespace PixelPost.EvalPortal.Rating;

/// <summary>What a rater's browser knows of a vote it made.</summary>
public enum StatedState
{
    /// <summary>It has not been answered: it is on the rater's device.</summary>
    Waiting,

    /// <summary>The portal has said that it is stored.</summary>
    Received,

    /// <summary>The portal has said that it will not be stored.</summary>
    Refused,
}

/// <summary>A browser's word on one vote.</summary>
public sealed record StatedVote
{
    public required Guid VoteId { get; init; }

    public required StatedState State { get; init; }

    /// <summary>Whether the rater has taken the vote back, as far as the portal has confirmed it.</summary>
    public bool Retracted { get; init; }
}

/// <summary>
/// People's votes in a study: what their browsers say they made against what is stored. Every vote that either side knows of is in
/// exactly one of <see cref="Stored"/>, <see cref="Erased"/>, <see cref="Refused"/>, <see cref="Waiting"/> and <see cref="Lost"/>.
/// </summary>
public sealed record LossLedger
{
    /// <summary>Votes that are stored, with those that were replaced or taken back later.</summary>
    public required int Stored { get; init; }

    /// <summary>Votes of raters who left the study and had them erased.</summary>
    public required int Erased { get; init; }

    /// <summary>Votes that were not stored, for a reason that the rater was told.</summary>
    public required IReadOnlyList<RefusedVotes> Refused { get; init; }

    /// <summary>Votes that browsers say they have not sent yet.</summary>
    public required int Waiting { get; init; }

    /// <summary>When the oldest of <see cref="Waiting"/> was last heard of; null when there is none.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Votes that a browser was told are stored, and that are not. There must be none.</summary>
    public required IReadOnlyList<LostVote> Lost { get; init; }

    /// <summary>Every vote that was made.</summary>
    public int Made => Stored + Erased + Refused.Sum(refused => refused.Votes) + Waiting + Lost.Count(lost => !lost.IsRetraction);
}

/// <summary>Votes that were refused for one reason.</summary>
public sealed record RefusedVotes
{
    /// <summary>Null where the vote itself was not as it must be.</summary>
    public Refusal? Reason { get; init; }

    public required int Votes { get; init; }
}

/// <summary>A vote, or its retraction, that should be stored and is not.</summary>
public sealed record LostVote
{
    public required Guid VoteId { get; init; }

    public required string Pseudonym { get; init; }

    /// <summary>True when the vote is there and what is missing is that it was taken back.</summary>
    public required bool IsRetraction { get; init; }
}
