using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

/// <summary>The queue with real processes; only the clock is fake.</summary>
public abstract class JobQueueTestBase() : DatabaseTests(DatabaseKind.Sqlite)
{
    private protected DirectoryInfo Work { get; } = Directory.CreateTempSubdirectory("pixelpost-jobs-");
    private JobQueue? _queue;

    protected DataFolder Data { get; private set; } = null!;

    protected ModelStore Models { get; private set; } = null!;

    protected SystemStore Systems { get; private set; } = null!;

    protected ImageStore Images { get; private set; } = null!;

    protected ImageFiles Files { get; private set; } = null!;

    protected JobStore Jobs { get; private set; } = null!;

    /// <summary>The model that is trained.</summary>
    protected long BaseModel { get; private set; }

    public override async Task InitializeAsync()
    {
        Skip.If(OperatingSystem.IsWindows(), "The worker's stand-in is a shell script.");
        await base.InitializeAsync();
        Data = new DataFolder(Work.FullName);
        Models = new ModelStore(Db, Clock);
        Systems = new SystemStore(Db, Clock);
        Images = new ImageStore(Db, Clock);
        Files = new ImageFiles(Data);
        Jobs = new JobStore(Db, Clock);
        BaseModel = await Models.AddAsync("base", "models/base", "aa");
    }

    public override async Task DisposeAsync()
    {
        if (_queue is not null)
            await StopAsync();
        foreach (var job in await Jobs.ListRunningAsync())
            Process.GetProcessById(job.ProcessId!.Value).Kill(entireProcessTree: true);
        Work.Delete(recursive: true);
        await base.DisposeAsync();
    }

    private protected JobFolder Folder(Job job) => new(Data.Resolve(job.Folder));

    private protected PreferenceSetStore PreferenceSets() => new(Db, new ComparisonStore(Db), new RecordedPickStore(Db), new AskedImageStore(Db), Clock);

    private protected JobOrders Orders() => new(Data, Jobs, Models, PreferenceSets(), Files, Clock);

    private protected async Task<PreferenceSet> FreezeAsync()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "b");
        foreach (var comparison in await new ComparisonStore(Db).ListAsync(study.StudyId))
        {
            foreach (var path in new[] { comparison.ImageASha256, comparison.ImageBSha256 }.Select(Files.PathOf))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, path);
            }
        }
        var id = await PreferenceSets().FreezeAsync("set", study.StudyId, AxisRule.Flaws, VoteSource.Real, createdByAccountId: null);
        return (await PreferenceSets().FindAsync(id))!;
    }

    private protected Task<long> TrainAsync()
    {
        var folder = new JobFolder(Path.Combine(Data.Jobs, $"{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder.Root);
        return Jobs.AddAsync(new NewJob { Kind = JobKind.Train, Name = "tuned", Folder = Data.Relative(folder.Root), SpecJson = "{}", ModelId = BaseModel });
    }

    private protected Task StartAsync(string worker, TimeProvider? clock = null) => StartAsync(new PortalOptions { Worker = FakeWorker.Write(Work.FullName, worker) }, clock);

    private protected Task StartAsync(PortalOptions options, TimeProvider? clock = null)
    {
        var harvest = new JobHarvest(Data, Models, Systems, Images, Files);
        _queue = new JobQueue(options, Data, Jobs, harvest, clock ?? Clock, NullLogger<JobQueue>.Instance);
        return _queue.StartAsync(default);
    }

    private protected async Task StopAsync()
    {
        await _queue!.StopAsync(default);
        _queue.Dispose();
        _queue = null;
    }

    private protected Task<Job> UntilAsync(long id, RunState state) => UntilAsync(id, job => job.State == state);

    /// <summary>Waits until a job is as expected; meanwhile the queue's time passes, many times as fast as ours.</summary>
    private protected async Task<Job> UntilAsync(long id, Func<Job, bool> expected, bool timePasses = true)
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            var job = (await Jobs.FindAsync(id))!;
            if (expected(job))
                return job;
            Assert.True(started.Elapsed < TimeSpan.FromMinutes(2), $"The job stayed {job.State}: {job.Error}");
            if (timePasses)
                Clock.Advance(JobQueue.Beat);
            await Task.Delay(20);
        }
    }
}
