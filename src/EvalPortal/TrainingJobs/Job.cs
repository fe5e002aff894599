using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Where a job is, as the portal sees it.</summary>
public enum RunState
{
    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>A worker is at it.</summary>
    Running,

    /// <summary>Done; what it made is recorded.</summary>
    Succeeded,

    /// <summary>Stopped by an error.</summary>
    Failed,

    /// <summary>Stopped because somebody asked for it.</summary>
    Cancelled,

    /// <summary>Stopped from outside, with work left that can be resumed.</summary>
    Interrupted,
}

/// <summary>A piece of work for the training worker.</summary>
public sealed record Job
{
    public required long JobId { get; init; }

    public required JobKind Kind { get; init; }

    public required string Name { get; init; }

    public required RunState State { get; init; }

    /// <summary>Its files; see <see cref="DataFolder.Resolve"/>.</summary>
    public required string Folder { get; init; }

    /// <summary>The job's <c>job.json</c>.</summary>
    public required string SpecJson { get; init; }

    /// <summary>The model it starts from.</summary>
    public required long ModelId { get; init; }

    /// <summary>What it trains on.</summary>
    public long? PreferenceSetId { get; init; }

    /// <summary>The worker's process, while it runs and after.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When that process started: with its id it names the process, as ids are used again.</summary>
    public DateTimeOffset? ProcessStartedAt { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>One sentence about what went wrong.</summary>
    public string? Error { get; init; }

    public DateTimeOffset? CancelRequestedAt { get; init; }

    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>True when the work can be taken up again from its last checkpoint.</summary>
    public bool CanResume => Ended && State != RunState.Succeeded;

    /// <summary>Whether no worker is at it and none will be unless somebody asks.</summary>
    public bool Ended => State is not (RunState.Queued or RunState.Running);
}
