namespace PixelPost.EvalPortal.Rating;

/// <summary>One rater in one study, from consent on.</summary>
public sealed record RaterSession
{
    public required long SessionId { get; init; }

    public required long RaterId { get; init; }

    public required long StudyId { get; init; }

    /// <summary>True when a program votes, which has places of its own.</summary>
    public required bool Simulated { get; init; }

    /// <summary>When the rater had read the instructions.</summary>
    public DateTimeOffset? InstructedAt { get; init; }

    /// <summary>When there was first nothing left for the rater to judge.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>True when the rater has left and their votes are erased.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>True when the personal link by which they came was revoked.</summary>
    public bool Revoked { get; init; }
}
