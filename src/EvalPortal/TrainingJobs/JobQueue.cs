using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>
/// Runs the jobs, one at a time. A worker outlives the portal: when it starts again it takes up the worker that is still at a
/// job, or says that the job was interrupted.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "Jobs do queue up here; no collection type is meant.")]
public sealed class JobQueue(
    PortalOptions options, DataFolder data, JobStore jobs, JobHarvest harvest, TimeProvider clock, ILogger<JobQueue> log)
    : BeatingService(Beat, "The job queue failed", clock, log)
{
    /// <summary>How often the queue and requests to cancel are looked at.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a worker may take to stop when asked.</summary>
    public static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(30);

    public override async Task AdvanceAsync(CancellationToken cancel = default)
    {
        foreach (var job in await jobs.ListRunningAsync(cancel))
            await TakeUpAsync(job, cancel);
        while (await jobs.ClaimAsync(cancel) is { } job)
            await RunAsync(job, cancel);
    }

    /// <summary>Goes on with a job that was running when the portal stopped.</summary>
    private async Task TakeUpAsync(Job job, CancellationToken cancel)
    {
        using var worker = job is { ProcessId: { } id, ProcessStartedAt: { } startedAt } ? WorkerProcess.Attach(id, startedAt) : null;
        var exitCode = worker is null ? null : await WatchAsync(job, worker, cancel);
        await RecordAsync(job, exitCode, worker?.LastLines ?? [], wasWatched: worker is not null, cancel);
    }

    private async Task RunAsync(Job job, CancellationToken cancel)
    {
        var folder = new JobFolder(data.Resolve(job.Folder));
        try
        {
            File.Delete(folder.Cancel); // of an earlier run
            using var worker = WorkerProcess.Start(options, job.Kind, folder);
            await NoteProcessAsync(job, worker, cancel);
            var exitCode = await WatchAsync(job, worker, cancel);
            await RecordAsync(job, exitCode, worker.LastLines, wasWatched: true, cancel);
        }
        catch (RefusedException refused)
        {
            await jobs.FinishAsync(job.JobId, RunState.Failed, exitCode: null, refused.Message, cancel);
        }
    }

    private async Task NoteProcessAsync(Job job, WorkerProcess worker, CancellationToken cancel)
    {
        try
        {
            await jobs.SetProcessAsync(job.JobId, worker.Id, worker.StartedAt, cancel);
        }
        catch
        {
            worker.Kill(); // nobody would find it again
            throw;
        }
    }

    /// <summary>Waits for the worker's end; hands on a request to cancel, and kills a worker that does not heed it.</summary>
    private async Task<int?> WatchAsync(Job job, WorkerProcess worker, CancellationToken cancel)
    {
        var end = worker.WaitAsync(cancel);
        DateTimeOffset? killAt = null;
        while (await Task.WhenAny(end, Task.Delay(Beat, Clock, cancel)) != end)
        {
            cancel.ThrowIfCancellationRequested();
            if (killAt is null && (await jobs.FindAsync(job.JobId, cancel))?.CancelRequestedAt is not null)
            {
                await File.WriteAllBytesAsync(new JobFolder(data.Resolve(job.Folder)).Cancel, [], cancel);
                killAt = Clock.GetUtcNow() + CancelGrace;
            }
            else if (killAt < Clock.GetUtcNow())
            {
                worker.Kill();
            }
        }
        return await end;
    }

    private async Task RecordAsync(Job job, int? exitCode, IReadOnlyList<string> lastLines, bool wasWatched, CancellationToken cancel)
    {
        JobEnd end;
        try
        {
            end = await ReadEndAsync(job, exitCode, lastLines, wasWatched, cancel);
        }
        catch (Exception exception) when (exception is RefusedException or IOException or JsonException)
        {
            end = new JobEnd(RunState.Failed, $"What the worker left cannot be taken in: {exception.Message}");
        }
        await jobs.FinishAsync(job.JobId, end.State, exitCode, end.Error, cancel);
    }

    private async Task<JobEnd> ReadEndAsync(Job job, int? exitCode, IReadOnlyList<string> lastLines, bool wasWatched, CancellationToken cancel)
    {
        var folder = new JobFolder(data.Resolve(job.Folder));
        var result = folder.ReadResult();
        if (result is not null)
            await harvest.TakeInAsync(job, result, cancel);
        var cancelRequested = (await jobs.FindAsync(job.JobId, cancel))?.CancelRequestedAt is not null;
        var free = new DriveInfo(folder.Root).AvailableFreeSpace;
        return JobEnd.Of(exitCode, cancelRequested, folder.ReadStatus(), result is not null, lastLines, free, wasWatched);
    }
}
