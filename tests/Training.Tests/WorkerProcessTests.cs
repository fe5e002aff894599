using System.Diagnostics;
using PixelPost.Training.Contracts;
using PixelPost.Training.Native;

namespace PixelPost.Training.Tests;

/// <summary>The worker as the portal runs it: a process of its own, ended by signals.</summary>
public sealed class WorkerProcessTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Train_TerminatedThenKilledThenLeftAlone_GoesOnEachTimeWithoutLosingOrRepeatingAStep()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        var folder = jobs.Train(new LoopSettings { Steps = 200, BatchSize = 1, CheckpointEvery = 40, EvaluateEvery = 200 });

        using (var worker = Start("train", folder))
        {
            await Until(() => File.Exists(folder.Metrics) && TinyJob.Metrics(folder).Count > 5, worker);
            await Signal("TERM", worker);
            Assert.Equal(WorkerExit.Cancelled, (WorkerExit)worker.ExitCode);
        }
        Assert.Equal(JobState.Cancelled, ContractJson.ReadFile<JobStatus>(folder.Status).State);
        var stoppedAt = TinyJob.Metrics(folder)[^1].Step;
        Assert.True(File.Exists(folder.ResumableState(stoppedAt)), $"no state of step {stoppedAt}, the last in metrics.jsonl");

        using (var worker = Start("train", folder))
        {
            await Until(() => TinyJob.Metrics(folder)[^1].Step > stoppedAt + 5, worker);
            await Signal("KILL", worker);
        }
        Assert.Equal(JobState.Running, ContractJson.ReadFile<JobStatus>(folder.Status).State); // a killed worker cannot say so

        using (var worker = Start("train", folder))
        {
            await worker.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, worker.ExitCode);
        }
        Assert.Equal(Enumerable.Range(1, 200), TinyJob.Metrics(folder).Select(m => m.Step));
        var result = ContractJson.ReadFile<JobResult>(folder.Result);
        Assert.Equal((200, ModelFolder.Sha256(Path.Combine(folder.Root, result.Output))), (result.Done, result.ModelSha256));
    }

    /// <summary>Killed between two checkpoints, in the middle of whatever it does: the steps after the last state are done again, bit for bit.</summary>
    [SkippableFact]
    public async Task Train_KilledAndStartedAgain_EndsWithTheBitsOfAnUninterruptedRun()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGKILL");
        var settings = new LoopSettings { Steps = 60, BatchSize = 2, Accumulation = 2, PixelWeight = 2, EmaHalfLife = 40, LearningRate = 1e-3, CheckpointEvery = 15, EvaluateEvery = 20 };
        var (whole, killed) = (jobs.Train(settings), jobs.Train(settings));
        using (var worker = Start("train", whole))
        {
            await worker.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, worker.ExitCode);
        }

        using (var worker = Start("train", killed))
        {
            await Until(() => File.Exists(killed.ResumableState(15)) && TinyJob.Metrics(killed)[^1].Step > 17, worker);
            await Signal("KILL", worker);
        }
        Assert.False(File.Exists(killed.Result), "it was killed too late");
        using (var worker = Start("train", killed))
        {
            await worker.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, worker.ExitCode);
        }

        TinyJob.AssertSameRun(whole, killed, lastStep: 60);
    }

    [Fact]
    public async Task Train_LibTorchFolderWithoutLibTorch_SaysWhatToSet()
    {
        var folder = jobs.Train(new LoopSettings { Steps = 1 });

        using var worker = Start("train", folder, (WorkerVariables.LibTorch, folder.Root));
        var error = await worker.StandardError.ReadToEndAsync();
        await worker.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(WorkerExit.BadJob, (WorkerExit)worker.ExitCode);
        Assert.Matches($@"^libtorch is not in '{folder.Root}' \({WorkerVariables.LibTorch}\): .* is missing\. Set {WorkerVariables.LibTorch} to torch/lib of a PyTorch {LibTorch.BuiltFor}, or unset it\.$", error.Trim());
        Assert.Equal(error.Trim(), ContractJson.ReadFile<JobStatus>(folder.Status).Error);
    }

    private static Process Start(string verb, JobFolder folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "PixelPost.Training.dll"), verb, "--job", folder.Root },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { }; // an unread pipe would fill and hold the worker up
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task Until(Func<bool> holds, Process worker)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.False(worker.HasExited, "the worker ended early");
            Assert.True(clock.Elapsed < Patience, "the worker did not get there in time");
            await Task.Delay(20);
        }
    }

    private static async Task Signal(string name, Process worker)
    {
        using var kill = Process.Start("kill", [$"-{name}", worker.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await worker.WaitForExitAsync().WaitAsync(Patience);
    }
}
