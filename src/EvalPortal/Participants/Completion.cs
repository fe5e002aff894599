using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Participants;

/// <summary>How a rater's part in a study ended, which decides pay. Whether their votes are used is decided elsewhere.</summary>
public enum CompletionStatus
{
    /// <summary>They answered everything there was for them.</summary>
    Completed,

    /// <summary>They could not go on, for a reason.</summary>
    ScreenedOut,
}

/// <summary>Why a rater could not go on.</summary>
public enum ScreenOutReason
{
    /// <summary>Others had taken every place before their first answer.</summary>
    StudyFull,

    /// <summary>The study was closed before they were through.</summary>
    StudyClosed,

    /// <summary>They missed the pass mark of the training round twice, before any pair of the study.</summary>
    TrainingFailed,
}

/// <summary>The end of a rater's part.</summary>
public sealed record Completion
{
    public required CompletionStatus Status { get; init; }

    /// <summary>Null exactly when they completed it.</summary>
    public ScreenOutReason? Reason { get; init; }

    /// <summary>Answers of theirs that counted then.</summary>
    public required int Answers { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>The reason as rater and researcher read it, each in their language.</summary>
    public static string Words(ScreenOutReason reason) => reason switch
    {
        ScreenOutReason.StudyFull => Say("Reason_StudyFull"),
        ScreenOutReason.StudyClosed => Say("Reason_StudyClosed"),
        ScreenOutReason.TrainingFailed => Say("Reason_TrainingFailed"),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "There are no words for this reason."),
    };
}
