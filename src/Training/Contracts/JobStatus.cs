namespace PixelPost.Training.Contracts;

/// <summary><c>status.json</c>: where the worker is now.</summary>
public sealed record JobStatus
{
    /// <summary>State of the work.</summary>
    public required JobState State { get; init; }

    /// <summary>What is being done, as a person would say it: "encoding images", "training".</summary>
    public required string Phase { get; init; }

    /// <summary>Steps (or images) finished.</summary>
    public int Done { get; init; }

    /// <summary>Steps (or images) in all; 0 when not known yet.</summary>
    public int Total { get; init; }

    /// <summary>Training images (both of a pair counted) or generated images per second, over the last steps.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Seconds left at the present speed.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Resident memory of the worker, in bytes.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>The worker's process id.</summary>
    public int ProcessId { get; init; }

    /// <summary>One sentence for the researcher: what went wrong, where, and what would be right.</summary>
    public string? Error { get; init; }

    /// <summary>When this was written, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>States of the work as the worker reports them.</summary>
public enum JobState
{
    /// <summary>Loading models and data.</summary>
    Starting,

    /// <summary>Making steps or images.</summary>
    Running,

    /// <summary>Finished; <c>result.json</c> is there.</summary>
    Succeeded,

    /// <summary>Stopped by an error, named in <see cref="JobStatus.Error"/>.</summary>
    Failed,

    /// <summary>Stopped because <c>cancel</c> appeared or the worker was asked to end (SIGTERM); the same command goes on where it stopped.</summary>
    Cancelled,
}

/// <summary>One line of <c>metrics.jsonl</c>. Values that do not apply to the objective are left out.</summary>
public sealed record MetricsLine
{
    /// <summary>Optimizer step, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Seconds of training so far, over all runs of this job.</summary>
    public required double Elapsed { get; init; }

    /// <summary>The whole loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Its latent term (Eq. 1, 4 or 5) before the weight.</summary>
    public double? LatentLoss { get; init; }

    /// <summary>Its pixel term (Eq. 2 or 6) before the weight.</summary>
    public double? PixelLoss { get; init; }

    /// <summary>Share of this step's pairs whose chosen image has the smaller latent error or, with a reference model, gained more over it.</summary>
    public double? ImplicitAccuracy { get; init; }

    /// <summary>The same over the held-out pairs with fixed noise, when measured at this step.</summary>
    public double? HeldOutAccuracy { get; init; }

    /// <summary>Mean over the pairs of the latent error of the rejected minus that of the chosen image (with a reference model: gained over it).</summary>
    public double? Margin { get; init; }

    /// <summary>Mean squared latent error of the model, with min-SNR weights where they are on.</summary>
    public required double PolicyError { get; init; }

    /// <summary>The same of the reference model (DPO, IPO, KTO).</summary>
    public double? ReferenceError { get; init; }

    /// <summary>The model's latent error on chosen images alone.</summary>
    public double? ChosenError { get; init; }

    /// <summary>The model's latent error on rejected images alone.</summary>
    public double? RejectedError { get; init; }

    /// <summary>The reference model's latent error on chosen images alone.</summary>
    public double? ReferenceChosenError { get; init; }

    /// <summary>The reference model's latent error on rejected images alone.</summary>
    public double? ReferenceRejectedError { get; init; }

    /// <summary>Gradient norm before clipping.</summary>
    public required double GradNorm { get; init; }

    /// <summary>Step size used.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Images (both of a pair counted) per second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Resident memory, in bytes.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Tensors alive after the step; growing from line to line, it would be a leak.</summary>
    public required long LiveTensors { get; init; }

    /// <summary>A sign that the run goes wrong although every number is finite, and what to do; on each line on which it is seen.</summary>
    public string? Warning { get; init; }
}

/// <summary><c>result.json</c>: how it ended.</summary>
public sealed record JobResult
{
    /// <summary>Final model folder (training) or the sample manifest (sampling), relative to the job folder.</summary>
    public required string Output { get; init; }

    /// <summary>Hash of the model that was made (training) or used (sampling): SHA-256 over its weight files' hashes in name order.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>The checkpoint with the highest accuracy on the held-out pairs, the first of equals; left out where none was measured.</summary>
    public BestCheckpoint? Best { get; init; }

    /// <summary>How much longer the pixel term made the last run of this job, as a share of the time without it; left out where steps with and without it cannot be compared.</summary>
    public double? PixelCost { get; init; }

    /// <summary>Steps or images made.</summary>
    public required int Done { get; init; }

    /// <summary>Seconds of work over all runs of this job.</summary>
    public required double Elapsed { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public required DateTimeOffset FinishedAt { get; init; }
}

/// <summary>A checkpoint and how well it agrees with people.</summary>
public sealed record BestCheckpoint
{
    /// <summary>After how many optimizer steps.</summary>
    public required int Step { get; init; }

    /// <summary><see cref="MetricsLine.HeldOutAccuracy"/> at that step.</summary>
    public required double HeldOutAccuracy { get; init; }

    /// <summary>Its model folder, relative to the job folder.</summary>
    public required string Output { get; init; }
}

/// <summary>Exit codes of the worker. An exit by signal is a normal outcome to report.</summary>
public enum WorkerExit
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>A bug: the log has the stack trace.</summary>
    Bug = 1,

    /// <summary>The job, the command or the machine is not as it must be: <see cref="JobStatus.Error"/> and the log's last line say what and what would be right.</summary>
    BadJob = 2,

    /// <summary>Cancelled.</summary>
    Cancelled = 3,

    /// <summary>Out of memory, of the device or of this computer.</summary>
    OutOfMemory = 4,
}
