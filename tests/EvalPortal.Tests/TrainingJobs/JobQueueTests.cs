using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NetVips;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

/// <summary>The queue with real processes; only the clock is fake.</summary>
public sealed class JobQueueTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-jobs-");
    private DataFolder _data = null!;
    private ModelStore _models = null!;
    private SystemStore _systems = null!;
    private ImageStore _images = null!;
    private ImageFiles _files = null!;
    private JobStore _jobs = null!;
    private JobQueue? _queue;
    private long _model;

    public override async Task InitializeAsync()
    {
        Skip.If(OperatingSystem.IsWindows(), "The worker's stand-in is a shell script.");
        await base.InitializeAsync();
        _data = new DataFolder(_folder.FullName);
        _models = new ModelStore(Db, Clock);
        _systems = new SystemStore(Db, Clock);
        _images = new ImageStore(Db, Clock);
        _files = new ImageFiles(_data);
        _jobs = new JobStore(Db, Clock);
        _model = await _models.AddAsync("base", "models/base", "aa");
    }

    public override async Task DisposeAsync()
    {
        if (_queue is not null)
            await StopAsync();
        foreach (var job in await _jobs.ListRunningAsync())
            Process.GetProcessById(job.ProcessId!.Value).Kill(entireProcessTree: true);
        _folder.Delete(recursive: true);
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task Train_Success_RecordsTheModel()
    {
        var id = await TrainAsync();

        await StartAsync("echo hello; status running training 300 300; result checkpoints/000300");

        var job = await UntilAsync(id, RunState.Succeeded);
        Assert.Equal((0, null), (job.ExitCode, job.Error));
        var model = (await _models.FindByJobAsync(id))!;
        Assert.Equal(("tuned", $"{job.Folder}/checkpoints/000300", "ff", _model), (model.Name, model.Folder, model.WeightsSha256, model.ParentModelId));
        Assert.Equal(["hello"], Folder(job).ReadLogTail(5));
    }

    [SkippableFact]
    public async Task Train_NameOfTheModelTakenMeanwhile_AddsTheJobsNumber()
    {
        await _models.AddAsync("tuned", "models/other", "bb");
        var id = await TrainAsync();

        await StartAsync("result checkpoints/000300");

        await UntilAsync(id, RunState.Succeeded);
        Assert.Equal($"tuned (job {id})", (await _models.FindByJobAsync(id))!.Name);
    }

    [SkippableFact]
    public async Task Sample_Success_RecordsASystemWithItsImages()
    {
        var prompts = await new PromptSetStore(Db, Clock).ListPromptsAsync(await Seeds.PromptSetAsync("a fox", "a hen"));
        File.WriteAllBytes(Path.Combine(_folder.FullName, "image.png"), Image.Black(16, 16, bands: 3).PngsaveBuffer(keep: Enums.ForeignKeep.None));
        var id = await Orders().SampleAsync(
            "new images",
            _model,
            [.. prompts.Select(prompt => new PromptLine { PromptId = $"{prompt.PromptId}", Prompt = prompt.Text, Seed = 7 })],
            new SampleSettings { GuidanceScale = 2 },
            createdByAccountId: null);

        await StartAsync("""
            mkdir "$folder/samples"
            i=0
            while read -r line; do
              i=$((i+1)); cp "${0%/*}/image.png" "$folder/samples/$i.png"
              echo "${line%\}},\"image\":\"samples/$i.png\",\"sha256\":\"00\",\"width\":16,\"height\":16,\"inference_steps\":30,\"guidance_scale\":2,\"scheduler\":\"ddim\",\"model_sha256\":\"aa\"}" >> "$folder/samples/manifest.jsonl"
            done < "$folder/prompts.jsonl"
            result samples/manifest.jsonl
            """);

        await UntilAsync(id, RunState.Succeeded);
        var system = (await _systems.FindByJobAsync(id))!;
        Assert.Equal(("new images", _model, 2), (system.Name, system.ModelId, system.ImageCount));
        var images = await _images.ListAsync(system.SystemId);
        Assert.Equal(prompts.Select(prompt => ((long?)prompt.PromptId, (long?)7, (double?)2, (long?)id)), images.Select(image => (image.PromptId, image.Seed, image.GuidanceScale, image.JobId)));
        Assert.True(File.Exists(_files.PathOf(images[0].Sha256)));
    }

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
        var id = await Orders().TrainAsync("tuned", _model, set.PreferenceSetId, new LoopSettings(), createdByAccountId: null);

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
    public async Task Cancel_RunningJob_StopsAndResumes()
    {
        var id = await TrainAsync();
        await StartAsync(FakeWorker.WorksUntilCancelled);
        await UntilAsync(id, job => job.ProcessId is not null);

        await _jobs.CancelAsync(id);
        await UntilAsync(id, job => File.Exists(Folder(job).Cancel));

        var job = await UntilAsync(id, job => job.State == RunState.Cancelled, timePasses: false);
        Assert.Equal((3, null), (job.ExitCode, job.Error));
        await _jobs.ResumeAsync(id);
        await UntilAsync(id, job => job.State == RunState.Running && job.ProcessId is not null);
        Assert.False(File.Exists(Folder(job).Cancel));
    }

    [SkippableFact]
    public async Task Cancel_WorkerThatDoesNotHeed_IsKilledAfterAGraceTime()
    {
        var id = await TrainAsync();
        await StartAsync("status running training 37 300; while :; do sleep 0.05; done");
        await UntilAsync(id, job => job.ProcessId is not null);
        var asked = Clock.GetUtcNow();

        await _jobs.CancelAsync(id);

        var job = await UntilAsync(id, RunState.Cancelled);
        Assert.Equal("The worker did not stop by itself when asked (exit code 137).", job.Error);
        Assert.True(Clock.GetUtcNow() - asked >= JobQueue.CancelGrace);
    }

    [SkippableFact]
    public async Task Portal_StoppedAndStarted_TakesUpTheWorkerThatIsStillAtIt()
    {
        var id = await TrainAsync();
        await StartAsync(FakeWorker.WorksUntilLetGo);
        var before = await UntilAsync(id, job => job.ProcessId is not null);
        await StopAsync();
        Assert.False(Process.GetProcessById(before.ProcessId!.Value).HasExited);

        await StartAsync("exit 1"); // a new worker would fail
        await Task.Delay(100);
        Assert.Equal(before, await _jobs.FindAsync(id));
        File.WriteAllBytes(Path.Combine(Folder(before).Root, "go"), []);

        await UntilAsync(id, RunState.Succeeded);
        Assert.NotNull(await _models.FindByJobAsync(id));
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
        await _jobs.ResumeAsync(id);
        await UntilAsync(id, RunState.Succeeded);
    }

    [SkippableFact]
    public async Task Train_Order_LiesInItsFolderWithImagesAndHash()
    {
        var set = await FreezeAsync();
        var settings = new LoopSettings { Objective = Objective.SimPo, PixelWeight = 8, Steps = 20 };

        var id = await Orders().TrainAsync("tuned", _model, set.PreferenceSetId, settings, createdByAccountId: null);

        var job = (await _jobs.FindAsync(id))!;
        var folder = Folder(job);
        var spec = ContractJson.ReadFile<JobSpec>(folder.Job);
        Assert.Equal((JobKind.Train, "../../models/base", settings), (spec.Kind, spec.Model, spec.Training));
        Assert.Equal(set.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(folder.Preferences))));
        Assert.Equal(2, Directory.GetFiles(folder.Images).Length);
        Assert.Equal((RunState.Queued, set.PreferenceSetId), (job.State, job.PreferenceSetId));
    }

    [SkippableFact]
    public async Task Train_OrderOfFineTuning_CaptionsTheChosenImages()
    {
        var set = await FreezeAsync();

        var id = await Orders().TrainAsync("tuned", _model, set.PreferenceSetId, new LoopSettings { Objective = Objective.Sft }, createdByAccountId: null);

        var folder = Folder((await _jobs.FindAsync(id))!);
        var chosen = (await PreferenceSets().ListPairsAsync(set.PreferenceSetId))[0].ChosenSha256;
        Assert.Equal([$$"""{"image":"images/{{chosen}}.png","sha256":"{{chosen}}","caption":"a fox"}"""], File.ReadLines(folder.Captions));
        Assert.False(File.Exists(folder.Preferences));
    }

    [SkippableFact]
    public async Task Train_OrderWithUnusableSettings_IsRefusedAndLeavesNothing()
    {
        var set = await FreezeAsync();
        var settings = new LoopSettings { Steps = 0, LearningRate = -1 };

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Orders().TrainAsync("tuned", _model, set.PreferenceSetId, settings, createdByAccountId: null));

        Assert.Contains("training.steps is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("training.learning_rate is -1", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_data.Jobs));
    }

    private JobFolder Folder(Job job) => new(_data.Resolve(job.Folder));

    private PreferenceSetStore PreferenceSets() => new(Db, new ComparisonStore(Db), new RecordedPickStore(Db), Clock);

    private JobOrders Orders() => new(_data, _jobs, _models, PreferenceSets(), _files, Clock);

    private async Task<PreferenceSet> FreezeAsync()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "b");
        foreach (var comparison in await new ComparisonStore(Db).ListAsync(study.StudyId))
        {
            foreach (var path in new[] { comparison.ImageASha256, comparison.ImageBSha256 }.Select(_files.PathOf))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, path);
            }
        }
        var id = await PreferenceSets().FreezeAsync("set", study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        return (await PreferenceSets().FindAsync(id))!;
    }

    private Task<long> TrainAsync()
    {
        var folder = new JobFolder(Path.Combine(_data.Jobs, $"{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder.Root);
        return _jobs.AddAsync(new NewJob { Kind = JobKind.Train, Name = "tuned", Folder = _data.Relative(folder.Root), SpecJson = "{}", ModelId = _model });
    }

    private Task StartAsync(string worker) => StartAsync(new PortalOptions { Worker = FakeWorker.Write(_folder.FullName, worker) });

    private Task StartAsync(PortalOptions options)
    {
        var harvest = new JobHarvest(_data, _models, _systems, _images, _files);
        _queue = new JobQueue(options, _data, _jobs, harvest, Clock, NullLogger<JobQueue>.Instance);
        return _queue.StartAsync(default);
    }

    private async Task StopAsync()
    {
        await _queue!.StopAsync(default);
        _queue.Dispose();
        _queue = null;
    }

    private Task<Job> UntilAsync(long id, RunState state) => UntilAsync(id, job => job.State == state);

    /// <summary>Waits until a job is as expected; meanwhile the queue's time passes, many times as fast as ours.</summary>
    private async Task<Job> UntilAsync(long id, Func<Job, bool> expected, bool timePasses = true)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            var job = (await _jobs.FindAsync(id))!;
            if (expected(job))
                return job;
            Assert.True(started.Elapsed < TimeSpan.FromMinutes(2), $"The job stayed {job.State}: {job.Error}");
            if (timePasses)
                Clock.Advance(JobQueue.Beat);
            await Task.Delay(20);
        }
    }
}
