using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class JobStoreOnSqlite() : JobStoreTests(DatabaseKind.Sqlite);

public sealed class JobStoreOnPostgres() : JobStoreTests(DatabaseKind.Postgres);

public abstract class JobStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private long _model;

    private JobStore Jobs => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _model = await new ModelStore(Db, Clock).AddAsync("base", "models/base", "aa");
    }

    [SkippableFact]
    public async Task Claim_QueuedJobs_GivesTheOldestFirst()
    {
        var first = await AddAsync("first");
        var second = await AddAsync("second");

        Assert.Equal((first, RunState.Running, Clock.GetUtcNow()), await ClaimAsync());
        Assert.Equal((second, RunState.Running, Clock.GetUtcNow()), await ClaimAsync());
        Assert.Null(await Jobs.ClaimAsync());
        Assert.Equal([first, second], (await Jobs.ListRunningAsync()).Select(job => job.JobId));
        Assert.Equal([second, first], (await Jobs.ListAsync()).Select(job => job.JobId));
    }

    [SkippableFact]
    public async Task Move_WaitingJobs_ChangesTheirOrderAndNothingElse()
    {
        long[] ids = [await AddAsync("a"), await AddAsync("b"), await AddAsync("c"), await AddAsync("d")];

        await Jobs.MoveAsync(ids[3], forward: true);
        await Jobs.MoveAsync(ids[3], forward: true);
        await Jobs.MoveAsync(ids[0], forward: true); // the first stays
        await Jobs.MoveAsync(ids[2], forward: false); // the last stays
        await Jobs.MoveAsync(99, forward: true);
        Assert.Equal(["a", "d", "b", "c"], (await Jobs.ListQueueAsync()).Select(job => job.Name));

        await Jobs.CancelAsync(ids[1]);
        await AddAsync("e");
        Assert.Equal(["a", "d", "c", "e"], (await Jobs.ListQueueAsync()).Select(job => job.Name));
        await Jobs.ResumeAsync(ids[1]); // to where it was
        Assert.Equal(["a", "d", "b", "c", "e"], (await Jobs.ListQueueAsync()).Select(job => job.Name));
        Assert.Equal([ids[0], ids[3], ids[1]], [(await Jobs.ClaimAsync())!.JobId, (await Jobs.ClaimAsync())!.JobId, (await Jobs.ClaimAsync())!.JobId]);
        await Jobs.MoveAsync(ids[3], forward: false); // it runs
        Assert.Equal(["c", "e"], (await Jobs.ListQueueAsync()).Select(job => job.Name));
    }

    [SkippableFact]
    public async Task Claim_ByTenAtOnce_GivesEachJobToOne()
    {
        for (var i = 0; i < 5; i++)
            await AddAsync($"job {i}");

        var claimed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < 5; i++)
            {
                if (await Jobs.ClaimAsync() is { } job)
                    mine.Add(job.JobId);
            }
            return mine;
        })));

        Assert.Equal(5, claimed.Sum(mine => mine.Count));
        Assert.Equal(5, claimed.SelectMany(mine => mine).Distinct().Count());
    }

    [SkippableFact]
    public async Task Finish_RunningJob_KeepsHowItEnded()
    {
        var id = await AddAsync("job");
        await Jobs.ClaimAsync();
        await Jobs.SetProcessAsync(id, 4711, Clock.GetUtcNow());
        Clock.Advance(TimeSpan.FromMinutes(5));

        await Jobs.FinishAsync(id, RunState.Failed, exitCode: 2, "preferences.jsonl line 3: …");

        Assert.Equal(
            new Job
            {
                JobId = id,
                Kind = JobKind.Train,
                Name = "job",
                State = RunState.Failed,
                Folder = "jobs/job",
                SpecJson = "{}",
                ModelId = _model,
                ProcessId = 4711,
                ProcessStartedAt = Clock.GetUtcNow().AddMinutes(-5),
                ExitCode = 2,
                Error = "preferences.jsonl line 3: …",
                CreatedAt = Clock.GetUtcNow().AddMinutes(-5),
                StartedAt = Clock.GetUtcNow().AddMinutes(-5),
                FinishedAt = Clock.GetUtcNow(),
            },
            await Jobs.FindAsync(id));
    }

    [SkippableFact]
    public async Task Cancel_QueuedJob_IsCancelledAtOnce()
    {
        var id = await AddAsync("job");

        await Jobs.CancelAsync(id);

        var job = (await Jobs.FindAsync(id))!;
        Assert.Equal((RunState.Cancelled, Clock.GetUtcNow()), (job.State, job.FinishedAt));
        Assert.Null(await Jobs.ClaimAsync());
    }

    [SkippableFact]
    public async Task Cancel_RunningJob_IsARequest()
    {
        var id = await AddAsync("job");
        await Jobs.ClaimAsync();

        await Jobs.CancelAsync(id);

        var job = (await Jobs.FindAsync(id))!;
        Assert.Equal((RunState.Running, Clock.GetUtcNow()), (job.State, job.CancelRequestedAt));
        Assert.Null(job.FinishedAt);
    }

    [SkippableTheory]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Cancelled)]
    [InlineData(RunState.Interrupted)]
    public async Task Resume_StoppedJob_WaitsAgainWithACleanSlate(RunState state)
    {
        var id = await AddAsync("job");
        await Jobs.ClaimAsync();
        await Jobs.SetProcessAsync(id, 4711, Clock.GetUtcNow());
        await Jobs.CancelAsync(id);
        await Jobs.FinishAsync(id, state, exitCode: 137, "killed");
        Assert.True((await Jobs.FindAsync(id))!.CanResume);

        await Jobs.ResumeAsync(id);

        var job = (await Jobs.FindAsync(id))!;
        Assert.Equal(RunState.Queued, job.State);
        Assert.Equal((null, null, null, null, null), (job.ProcessId, job.ExitCode, job.Error, job.CancelRequestedAt, job.FinishedAt));
    }

    [SkippableFact]
    public async Task Resume_SucceededJob_IsRefused()
    {
        var id = await AddAsync("job");
        await Jobs.ClaimAsync();
        await Jobs.FinishAsync(id, RunState.Succeeded, exitCode: 0, error: null);

        await Assert.ThrowsAsync<RefusedException>(() => Jobs.ResumeAsync(id));
    }

    private Task<long> AddAsync(string name) =>
        Jobs.AddAsync(new NewJob { Kind = JobKind.Train, Name = name, Folder = $"jobs/{name}", SpecJson = "{}", ModelId = _model });

    private async Task<(long, RunState, DateTimeOffset?)> ClaimAsync()
    {
        var job = (await Jobs.ClaimAsync())!;
        return (job.JobId, job.State, job.StartedAt);
    }
}
