using MudBlazor;
using PixelPost.EvalPortal.Shell;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>The state of a job as a person would say it.</summary>
/// <param name="Icon">Supports the word.</param>
/// <param name="State">One word.</param>
/// <param name="Details">How far it is, and what can be done; empty when there is nothing to add.</param>
public sealed record JobWords(string Icon, string State, string Details)
{
    /// <summary>The worker writes its status twice a second; after this silence something holds it up.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    /// <summary>Puts a state into words.</summary>
    /// <param name="job">The job.</param>
    /// <param name="status">What its worker last said.</param>
    /// <param name="before">Number of jobs that come first.</param>
    /// <param name="now">The time.</param>
    public static JobWords Of(Job job, JobStatus? status, int before, DateTimeOffset now) => job.State switch
    {
        RunState.Queued => new(Icons.Material.Outlined.Schedule, "Waiting", before switch { 0 => "", 1 => "1 job comes first", _ => $"{before} jobs come first" }),
        RunState.Running when job.CancelRequestedAt is not null => new(Icons.Material.Outlined.StopCircle, "Stopping", Progress(job, status)),
        RunState.Running => new(Icons.Material.Outlined.PlayCircle, "Running", Running(job, status, now)),
        RunState.Succeeded => new(Icons.Material.Outlined.CheckCircle, "Done", Progress(job, status)),
        RunState.Failed => new(Icons.Material.Outlined.ErrorOutline, "Failed", Progress(job, status)),
        RunState.Cancelled => new(Icons.Material.Outlined.Cancel, "Cancelled", Progress(job, status)),
        _ => new(Icons.Material.Outlined.PauseCircle, "Interrupted", Progress(job, status)),
    };

    /// <summary>What is counted.</summary>
    public static string Unit(JobKind kind) => kind == JobKind.Train ? "step" : "image";

    private static string Running(Job job, JobStatus? status, DateTimeOffset now)
    {
        if (status is null)
            return "starting the worker";
        if (now - status.UpdatedAt > Silence)
            return $"{Progress(job, status)}; no word from the worker for {TimeText.Duration(now - status.UpdatedAt)}";
        var left = status.SecondsLeft is { } seconds ? $", {TimeText.Duration(TimeSpan.FromSeconds(seconds))} left" : "";
        return Progress(job, status) + left;
    }

    private static string Progress(Job job, JobStatus? status) => status switch
    {
        null => "",
        { Total: 0 } => status.Phase,
        { State: JobState.Starting } => $"{status.Phase}, {status.Done} of {status.Total}",
        _ => $"{Unit(job.Kind)} {status.Done} of {status.Total}",
    };
}
