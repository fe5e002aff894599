using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>How a worker ended, in a state and a sentence for the researcher.</summary>
/// <param name="State">The job's state from now on.</param>
/// <param name="Error">What went wrong, where, and what to do; null when nothing did.</param>
public sealed record JobEnd(RunState State, string? Error = null)
{
    private const long LittleSpace = 32 << 20; // bytes; less than any checkpoint

    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [15] = "SIGTERM",
    };

    /// <summary>Reads the traces that a worker left.</summary>
    /// <param name="exitCode">Exit code, 128 + n after signal n; null when the process was not this portal's child.</param>
    /// <param name="cancelRequested">Whether somebody had asked for it to stop.</param>
    /// <param name="status">The last <c>status.json</c>.</param>
    /// <param name="hasResult">Whether <c>result.json</c> is there: the worker writes it last.</param>
    /// <param name="log">The last lines it printed.</param>
    /// <param name="freeBytes">Free space on the disk of the job's folder.</param>
    /// <param name="wasWatched">Whether the portal ran when the worker ended.</param>
    public static JobEnd Of(
        int? exitCode, bool cancelRequested, JobStatus? status, bool hasResult, IReadOnlyList<string> log, long freeBytes, bool wasWatched = false)
    {
        const string GoOn = "Resume the job to go on from its last checkpoint.";
        if (hasResult)
            return new(RunState.Succeeded);
        if (cancelRequested)
            return new(RunState.Cancelled, exitCode is null or (int)WorkerExit.Cancelled ? null : $"The worker did not stop by itself when asked (exit code {exitCode}).");
        if (exitCode == (int)WorkerExit.BadJob || (exitCode is null && status?.State == JobState.Failed))
            return new(RunState.Failed, status?.Error ?? "The worker refused the job without saying why. Its log has the details.");
        if (freeBytes < LittleSpace || log.Any(line => line.Contains("No space left on device", StringComparison.Ordinal)))
            return new(RunState.Failed, $"The disk is full: the worker stopped{At(status)}. Make room, then resume the job.");
        return exitCode switch
        {
            null when wasWatched => new(RunState.Interrupted, $"The worker was ended from outside{At(status)}. The portal had been restarted meanwhile, so that the system does not say how. {GoOn}"),
            null => new(RunState.Interrupted, $"The worker ended while the portal was not running{At(status)}. {GoOn}"),
            (int)WorkerExit.OutOfMemory => new(RunState.Failed, status?.Error ?? $"The device ran out of memory{At(status)}. Choose a smaller batch size."),
            128 + 9 => new(RunState.Interrupted, $"The worker was killed ({Name(9)}){At(status)}; the system does that when memory runs out. {GoOn}"),
            (int)WorkerExit.Cancelled or 128 + 1 or 128 + 2 or 128 + 15 => new(RunState.Interrupted, $"The worker was stopped from outside{At(status)}. {GoOn}"),
            > 128 => new(RunState.Failed, $"The worker crashed ({Name(exitCode.Value - 128)}){At(status)}. Its log has the details."),
            _ => new(RunState.Failed, status?.Error ?? $"The worker failed{At(status)}: {Reason(exitCode.Value, log)}"),
        };
    }

    private static string Name(int signal) => Signals.TryGetValue(signal, out var name) ? $"signal {signal}, {name}" : $"signal {signal}";

    private static string Reason(int exitCode, IReadOnlyList<string> log)
    {
        var exception = log.FirstOrDefault(line => line.Contains("Exception", StringComparison.Ordinal));
        return (exception, log) switch
        {
            ({ }, _) => exception.Trim(),
            (_, [.., var last]) => last.Trim(),
            _ => $"exit code {exitCode} and not a word.",
        };
    }

    private static string At(JobStatus? status) => status switch
    {
        null => " before it began",
        { Total: 0 } => $" while {status.Phase}",
        _ => $" at {status.Done} of {status.Total} ({status.Phase})",
    };
}
