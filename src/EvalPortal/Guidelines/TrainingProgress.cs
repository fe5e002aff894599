namespace PixelPost.EvalPortal.Guidelines;

/// <summary>Where a rater stands with the training round.</summary>
public enum TrainingState
{
    /// <summary>The study has none.</summary>
    None,

    /// <summary>They have not begun.</summary>
    Due,

    /// <summary>A try is under way.</summary>
    Running,

    /// <summary>The first try was missed, and a second is open to them.</summary>
    Missed,

    Passed,

    /// <summary>Both tries were missed.</summary>
    Failed,
}

/// <summary>A rater's try of the training round.</summary>
public sealed record TrainingAttempt
{
    /// <summary>1 or 2.</summary>
    public required int Attempt { get; init; }

    /// <summary>Pairs that are asked in it.</summary>
    public required int Pairs { get; init; }

    public required int Answered { get; init; }

    /// <summary>Right answers.</summary>
    public required int Correct { get; init; }

    /// <summary>Whether every pair is answered.</summary>
    public bool IsOver => Answered == Pairs;
}

/// <summary>How far a rater has got with the training round. No single answer ends anything: a try counts as a whole, and there are two.</summary>
public sealed record TrainingProgress
{
    /// <summary>Tries that a rater has.</summary>
    public const int Tries = 2;

    private const double StandardShare = 0.8; // four in five

    /// <summary>Pairs of the training round; 0 where the study has none.</summary>
    public required int Pairs { get; init; }

    /// <summary>Right answers that are needed.</summary>
    public required int PassMark { get; init; }

    /// <summary>The rater's tries, first to last.</summary>
    public IReadOnlyList<TrainingAttempt> Attempts { get; init; } = [];

    /// <summary>The latest try; null before the first.</summary>
    public TrainingAttempt? Last => Attempts.Count > 0 ? Attempts[^1] : null;

    public TrainingState State => Last switch
    {
        _ when Pairs == 0 => TrainingState.None,
        null => TrainingState.Due,
        { IsOver: false } => TrainingState.Running,
        { Correct: var correct } when correct >= PassMark => TrainingState.Passed,
        { Attempt: < Tries } => TrainingState.Missed,
        _ => TrainingState.Failed,
    };

    /// <summary>Whether the rater may judge the study's own pairs.</summary>
    public bool LetsOn => State is TrainingState.None or TrainingState.Passed;

    /// <summary>The right answers that are needed of so many pairs.</summary>
    /// <param name="chosen">What the researcher chose; null for four in five. It is never more than there are pairs.</param>
    public static int PassMarkOf(int? chosen, int pairs) =>
        Math.Clamp(chosen ?? (int)Math.Ceiling(StandardShare * pairs), Math.Min(1, pairs), pairs);
}
