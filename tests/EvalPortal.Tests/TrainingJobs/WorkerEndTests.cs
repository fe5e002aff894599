using System.Diagnostics;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

/// <summary>The ways in which a worker ends, also while the portal is away.</summary>
public sealed class WorkerEndTests : JobQueueTestBase
{
    [SkippableFact]
    public async Task Worker_RefusesTheJob_ItsSentenceIsKept()
    {
        var id = await TrainAsync();

        await StartAsync("status failed 'reading pairs' 0 0 'preferences.jsonl line 1: image x.png does not exist.'; exit 2");

        var job = await UntilAsync(id, RunState.Failed);
        Assert.Equal((2, "preferences.jsonl line 1: image x.png does not exist."), (job.ExitCode, job.Error));
    }

    [SkippableFact]
    public async Task Worker_KilledByASignal_IsNamedWithItsLastStep()
    {
        var id = await TrainAsync();

        await StartAsync("status running training 37 300; kill -9 $$");

        var job = await UntilAsync(id, RunState.Interrupted);
        Assert.Equal(137, job.ExitCode);
        Assert.StartsWith("The worker was killed (signal 9, SIGKILL) at 37 of 300 (training)", job.Error, StringComparison.Ordinal);
    }

    /// <summary>With the real clock: the page reads every second, so that a person sees it within five.</summary>

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)] // the worker of an earlier portal
    public async Task Worker_KilledFromOutside_IsNoticedWithinFourSecondsAndCanBeResumed(bool portalWasRestarted)
    {
        var id = await TrainAsync();
        await StartAsync(FakeWorker.WorksUntilLetGo, TimeProvider.System);
        if (portalWasRestarted)
        {
            await UntilAsync(id, job => job.ProcessId is not null && Folder(job).ReadStatus() is not null);
            await StopAsync();
            await StartAsync("result checkpoints/000300", TimeProvider.System);
        }
        var job = await UntilAsync(id, job => job.ProcessId is not null && Folder(job).ReadStatus() is not null);
        await Task.Delay(JobQueue.Beat); // the second portal has to find it alive

        Process.GetProcessById(job.ProcessId!.Value).Kill(entireProcessTree: true);
        var killed = Stopwatch.StartNew();

        job = await UntilAsync(id, RunState.Interrupted);
        Assert.InRange(killed.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.StartsWith(
            portalWasRestarted ? "The worker was ended from outside at 37 of 300 (training)" : "The worker was killed (signal 9, SIGKILL) at 37 of 300 (training)",
            job.Error, StringComparison.Ordinal);
        Assert.EndsWith("Resume the job to go on from its last checkpoint.", job.Error, StringComparison.Ordinal);
        Assert.True(job.CanResume);
    }

    /// <summary>Where nobody collects the ends of orphans, the system lists a dead worker for ever.</summary>

    [SkippableFact]
    public async Task Worker_DeadAndStillListed_IsNoticed()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux says so in /proc.");
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 60 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        var child = int.Parse((await parent.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(child);
        using var worker = WorkerProcess.Attach(child, process.StartTime.ToUniversalTime())!;
        var end = worker.WaitAsync();
        Assert.False(end.IsCompleted);

        process.Kill(); // its parent, which became something else, never asks how it ended

        Assert.Null(await end.WaitAsync(TimeSpan.FromSeconds(4)));
        Assert.Contains(") Z ", File.ReadAllText($"/proc/{child}/stat"), StringComparison.Ordinal);
        parent.Kill();
    }

    [SkippableFact]
    public async Task Worker_FullDisk_IsNamed()
    {
        var id = await TrainAsync();

        await StartAsync("status running training 37 300; echo 'IOException: No space left on device' >&2; exit 1");

        Assert.StartsWith("The disk is full", (await UntilAsync(id, RunState.Failed)).Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Worker_NotThere_SaysWhereItShouldBe()
    {
        var id = await TrainAsync();

        await StartAsync(new PortalOptions { Worker = "/nowhere/PixelPost.Training.dll" });

        Assert.Contains("/nowhere/PixelPost.Training.dll", (await UntilAsync(id, RunState.Failed)).Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Worker_TheRealOne_RefusesAJobWithoutAModel()
    {
        var set = await FreezeAsync();
        var id = await Orders().TrainAsync("tuned", BaseModel, set.PreferenceSetId, new LoopSettings(), createdByAccountId: null);

        await StartAsync(new PortalOptions());

        var job = await UntilAsync(id, RunState.Failed);
        Assert.Equal((int)WorkerExit.BadJob, job.ExitCode);
        Assert.Contains("models/base' is not a model folder", job.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Worker_WritesNonsense_FailsTheJobAndNotTheQueue()
    {
        var first = await TrainAsync();
        var second = await TrainAsync();

        await StartAsync("""
            [ -e "$folder/../once" ] && result checkpoints/000300 || echo nonsense > "$folder/result.json"
            touch "$folder/../once"
            """);

        Assert.StartsWith("What the worker left cannot be taken in", (await UntilAsync(first, RunState.Failed)).Error, StringComparison.Ordinal);
        await UntilAsync(second, RunState.Succeeded);
    }

    [SkippableFact]
    public async Task Portal_StoppedAndStarted_TakesUpTheWorkerThatIsStillAtIt()
    {
        var id = await TrainAsync();
        await StartAsync(FakeWorker.WorksUntilLetGo);
        var before = await UntilAsync(id, job => job.ProcessId is not null && Folder(job).ReadStatus() is not null);
        await StopAsync();
        Assert.False(Process.GetProcessById(before.ProcessId!.Value).HasExited);

        await StartAsync("exit 1"); // a new worker would fail
        await Task.Delay(100);
        Assert.Equal(before, await Jobs.FindAsync(id));
        File.WriteAllBytes(Path.Combine(Folder(before).Root, "go"), []);

        await UntilAsync(id, RunState.Succeeded);
        Assert.NotNull(await Models.FindByJobAsync(id));
    }

    [SkippableFact]
    public async Task Portal_StartedAfterTheWorkerDied_SaysInterruptedAndResumes()
    {
        var id = await TrainAsync();
        await StartAsync(FakeWorker.WorksUntilLetGo);
        var before = await UntilAsync(id, job => job.ProcessId is not null && Folder(job).ReadStatus() is not null);
        await StopAsync();
        Process.GetProcessById(before.ProcessId!.Value).Kill(entireProcessTree: true);

        await StartAsync("result checkpoints/000300");

        var job = await UntilAsync(id, RunState.Interrupted);
        Assert.StartsWith("The worker ended while the portal was not running at 37 of 300", job.Error, StringComparison.Ordinal);
        await Jobs.ResumeAsync(id);
        await UntilAsync(id, RunState.Succeeded);
    }
}
