using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>A pair of the training round that waits for an answer.</summary>
public sealed record TrainingPair
{
    public required Guid TrainingPairId { get; init; }

    /// <summary>What the rater is asked.</summary>
    public required string Question { get; init; }

    /// <summary>The prompt where the question shows it, otherwise null.</summary>
    public string? Prompt { get; init; }
}

/// <summary>What became of an answer in training: feedback on it, or why it is not stored.</summary>
public sealed record TrainingVerdict
{
    /// <summary>Null when it is refused.</summary>
    public TrainingFeedback? Feedback { get; init; }

    /// <summary>Null when it is stored.</summary>
    public Refusal? Refusal { get; init; }

    internal static TrainingVerdict Refused(Refusal refusal) => new() { Refusal = refusal };
}

/// <summary>What a rater learns after an answer. Sides are those of the screen.</summary>
public sealed record TrainingFeedback
{
    public required bool Correct { get; init; }

    /// <summary>The right answer.</summary>
    public required Choice Answer { get; init; }

    public required string Explanation { get; init; }

    public FlawType? FlawType { get; init; }

    public FlawSeverity? FlawSeverity { get; init; }

    /// <summary>Where the flaw is; null where it was not pointed out.</summary>
    public FlawPlace? Flaw { get; init; }

    /// <summary>How the try went; null before its last answer.</summary>
    public TrainingResult? Result { get; init; }
}

/// <summary>A point of an image: 0 to 1 from its left and upper edge.</summary>
public sealed record FlawPlace(Side Side, double X, double Y);

/// <summary>How a try of the training round went.</summary>
/// <param name="Correct">Right answers.</param>
/// <param name="Pairs">Answers.</param>
/// <param name="PassMark">Right answers that are needed.</param>
/// <param name="Passed">Whether the rater goes on to the study's own pairs.</param>
public sealed record TrainingResult(int Correct, int Pairs, int PassMark, bool Passed);
