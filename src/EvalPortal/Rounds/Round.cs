namespace PixelPost.EvalPortal.Rounds;

/// <summary>
/// Once round: the old and the new model draw the same prompts with the same seeds, then a blind study compares the images.
/// </summary>
public sealed record Round
{
    public required long RoundId { get; init; }

    /// <summary>The sampling job of the model that was trained from.</summary>
    public required long OldJobId { get; init; }

    /// <summary>The sampling job of the model that came of it.</summary>
    public required long NewJobId { get; init; }

    /// <summary>The study whose votes trained the new model.</summary>
    public required long ParentStudyId { get; init; }

    /// <summary>Name of the study to come.</summary>
    public required string StudyName { get; init; }

    public required int VotesPerComparison { get; init; }

    /// <summary>Whether raters may begin as soon as there is a study.</summary>
    public required bool OpensAtOnce { get; init; }

    /// <summary>The study; null until all images are there.</summary>
    public long? StudyId { get; init; }

    /// <summary>Why there is no study although all images are there.</summary>
    public string? Error { get; init; }

    public long? CreatedByAccountId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
