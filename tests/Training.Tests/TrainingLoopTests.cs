using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class TrainingLoopTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Six = new()
    {
        Objective = Objective.Dpo,
        PixelWeight = 2,
        Steps = 6,
        BatchSize = 2,
        Accumulation = 2,
        LearningRate = 1e-3,
        WarmupSteps = 3,
        EmaHalfLife = 50,
        HoldOut = 0.34,
        EvaluateEvery = 4,
        CheckpointEvery = 3,
    };

    [Theory]
    [InlineData(0, OptimizerKind.Adam)]
    [InlineData(2, OptimizerKind.AdamW)]
    [InlineData(0, OptimizerKind.Adafactor)]
    [InlineData(0, OptimizerKind.Adam, true)]
    public void Run_StoppedHalfWayAndResumed_SameBitsAsUninterrupted(int loraRank, OptimizerKind optimizer, bool cheapPixels = false)
    {
        var settings = Six with { LoraRank = loraRank, Optimizer = optimizer };
        var whole = jobs.Train(!cheapPixels ? settings : settings with { PixelWeight = 8, PixelDecoding = PixelDecoding.Windows, PixelWindow = 2, PixelMargin = 1, PixelWindows = 2, PixelEvery = 2, PixelBelow = 0.7 });
        TinyJob.Succeed(whole);
        var resumed = jobs.CopyBefore(whole, 6);
        File.AppendAllText(resumed.Metrics, """{"step":7,"el"""); // as a kill in mid-write leaves it

        TinyJob.Succeed(resumed);

        Assert.Equal(6, TinyJob.Metrics(resumed).Count);
        TinyJob.AssertSameRun(whole, resumed, lastStep: 6);
        Assert.Equal(ContractJson.ReadFile<JobResult>(whole.Result).Best, ContractJson.ReadFile<JobResult>(resumed.Result).Best);
        Assert.Equal(ContractJson.ReadFile<JobResult>(whole.Result).ModelSha256, ContractJson.ReadFile<JobResult>(resumed.Result).ModelSha256);
    }

    [Theory]
    [InlineData(Objective.Sft, 1, 0)]
    [InlineData(Objective.Sft, 1, 8)]
    [InlineData(Objective.Sft, 0, 8)]
    [InlineData(Objective.Dpo, 1, 0)]
    [InlineData(Objective.Dpo, 1, 8)]
    [InlineData(Objective.Dpo, 1, 8, Objective.SimPo)]
    [InlineData(Objective.SimPo, 1, 0)]
    [InlineData(Objective.SimPo, 1, 8)]
    [InlineData(Objective.SimPo, 1, 8, null, PixelTarget.ReverseNoised)]
    [InlineData(Objective.SimPo, 0, 8, Objective.Dpo)]
    public void Run_EachObjective_LossOnAFixedBatchFalls(Objective objective, double latentWeight, double pixelWeight, Objective? pixelObjective = null, PixelTarget target = PixelTarget.Noisy)
    {
        var settings = new LoopSettings { Objective = objective, LatentWeight = latentWeight, PixelWeight = pixelWeight, PixelObjective = pixelObjective, PixelTarget = target, Steps = 30, BatchSize = 4, LearningRate = 1e-3, HoldOut = 0, CaptionDropout = 0, Beta = 100, PixelBeta = 100 };
        var folder = jobs.Train(settings, pairs: 4);

        TinyJob.Succeed(folder);

        var (before, after) = (FixedLoss(folder, settings, jobs.Model), FixedLoss(folder, settings, folder.Checkpoint(30)));
        if (latentWeight > 0) Assert.True(after.Latent < before.Latent, $"latent term rose from {before.Latent} to {after.Latent}");
        if (pixelWeight > 0) Assert.True(after.Pixel < before.Pixel, $"pixel term rose from {before.Pixel} to {after.Pixel}");
        var (pairs, reference) = (objective != Objective.Sft, settings.NeedsReference());
        Assert.All(TinyJob.Metrics(folder), m => Assert.Equal(
            (latentWeight > 0, pixelWeight > 0, pairs, pairs, pairs, reference, reference, reference),
            (m.LatentLoss is not null, m.PixelLoss is not null, m.Margin is not null, m.ChosenError is not null, m.RejectedError is not null, m.ReferenceError is not null, m.ReferenceChosenError is not null, m.ReferenceRejectedError is not null)));
    }

    [Theory]
    [InlineData(Objective.Ipo)]
    [InlineData(Objective.Kto)]
    public void Run_IpoAndKto_PixelLossOnAFixedBatchFalls(Objective objective)
    {
        var settings = new LoopSettings { Objective = objective, LatentWeight = 0, PixelWeight = 1, Steps = 30, BatchSize = 4, LearningRate = 3e-4, HoldOut = 0, CaptionDropout = 0, PixelBeta = 20 };
        var folder = jobs.Train(settings, pairs: 4);

        TinyJob.Succeed(folder);

        var (before, after) = (FixedLoss(folder, settings, jobs.Model), FixedLoss(folder, settings, folder.Checkpoint(30)));
        Assert.True(after.Pixel < before.Pixel, $"pixel term rose from {before.Pixel} to {after.Pixel}");
    }

    [Theory]
    [InlineData(Objective.Ipo, 0.25)]
    [InlineData(Objective.Kto, 0.5)]
    public void Run_IpoAndKto_BeginWithoutAMarginAndThenMove(Objective objective, double beginning)
    {
        var folder = jobs.Train(Six with { Objective = objective, Steps = 2 });

        TinyJob.Succeed(folder);

        var (first, second) = (TinyJob.Metrics(folder)[0], TinyJob.Metrics(folder)[1]);
        Assert.Equal((beginning, beginning), (first.LatentLoss!.Value, first.PixelLoss!.Value), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-4 && Math.Abs(a.Item2 - b.Item2) < 1e-4);
        Assert.NotEqual(0, second.Margin!.Value);
    }

    [Fact]
    public void Run_Metrics_TheLossIsTheWeightedSumOfItsTermsAndErrorsAreTheMeanOfBothSides()
    {
        var folder = jobs.Train(Six with { LatentWeight = 0.5, PixelWeight = 3, PixelObjective = Objective.SimPo, MinSnrGamma = 5, Steps = 2 });

        TinyJob.Succeed(folder);

        Assert.All(TinyJob.Metrics(folder), m =>
        {
            Assert.Equal(0.5 * m.LatentLoss!.Value + 3 * m.PixelLoss!.Value, m.Loss, 1e-5);
            Assert.Equal((m.ChosenError!.Value + m.RejectedError!.Value) / 2, m.PolicyError, 1e-5);
            Assert.Equal((m.ReferenceChosenError!.Value + m.ReferenceRejectedError!.Value) / 2, m.ReferenceError!.Value, 1e-5);
            Assert.Equal(m.RejectedError.Value - m.ReferenceRejectedError.Value - (m.ChosenError.Value - m.ReferenceChosenError.Value), m.Margin!.Value, 1e-5);
        });
    }

    [Theory]
    [InlineData(BetaConvention.Sum, 100.0 / (4 * 4 * 4), 100.0 / (3 * 32 * 32))]
    [InlineData(BetaConvention.DiffusionDpo, 200, 200)]
    public void Run_OtherConvention_SameRunAtTheTranslatedBeta(BetaConvention convention, double beta, double pixelBeta)
    {
        var plain = Six with { Steps = 3, Beta = 100, PixelBeta = 100 };
        var (mean, other) = (jobs.Train(plain), jobs.Train(plain with { BetaConvention = convention, Beta = beta, PixelBeta = pixelBeta }));

        TinyJob.Succeed(mean);
        TinyJob.Succeed(other);

        Assert.All(TinyJob.Metrics(mean).Zip(TinyJob.Metrics(other)), m => Assert.Equal((m.First.LatentLoss!.Value, m.First.PixelLoss!.Value), (m.Second.LatentLoss!.Value, m.Second.PixelLoss!.Value), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-5 && Math.Abs(a.Item2 - b.Item2) < 1e-5));
        Assert.NotEqual(ContractJson.ReadFile<JobOptions>(mean.Options).Convention, ContractJson.ReadFile<JobOptions>(other.Options).Convention);
    }

    [Fact]
    public void Run_ErrorsGrowOnBothSides_WarnsInMetrics()
    {
        var folder = jobs.Train(Six with { Steps = 42, Accumulation = 1, LearningRate = 0.05, WarmupSteps = 0, GradClip = 0, HoldOut = 0, PixelWeight = 0, Beta = 5000, CheckpointEvery = 30 });

        TinyJob.Succeed(folder);

        Assert.Null(TinyJob.Metrics(folder)[0].Warning);
        Assert.Contains("forgetting how to draw", TinyJob.Metrics(folder)[^1].Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StepAfterStep_NoTensorIsLeftBehind()
    {
        var folder = jobs.Train(Six with { Steps = 8, CheckpointEvery = 2, EvaluateEvery = 3 });

        TinyJob.Succeed(folder);

        var alive = TinyJob.Metrics(folder).Select(m => m.LiveTensors).ToList();
        Assert.All(alive.Skip(1), count => Assert.InRange(count, 0, alive[1])); // fewer when the collector takes what others left to it
    }

    [Fact]
    public void Run_Warmup_LearningRateRisesLinearlyToItsValue()
    {
        var folder = jobs.Train(Six with { Steps = 5 });

        TinyJob.Succeed(folder);

        Assert.Equal([1e-3 / 3, 2e-3 / 3, 1e-3, 1e-3, 1e-3], TinyJob.Metrics(folder).Select(m => m.LearningRate), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Run_Checkpoints_AreWholeModelsOfTheAverageAndTwoStatesAreKept()
    {
        var folder = jobs.Train(Six with { Steps = 4, CheckpointEvery = 1, EvaluateEvery = 2 });

        TinyJob.Succeed(folder);

        Assert.Equal(["000001", "000002", "000003", "000004"], Directory.EnumerateDirectories(folder.Checkpoints).Select(Path.GetFileName).Order());
        Assert.Equal([folder.ResumableState(3), folder.ResumableState(4)], Directory.EnumerateFiles(folder.Checkpoints).Order());
        using var model = TextToImageModel.Load(folder.Checkpoint(4));
        var state = Safetensors.Read(folder.ResumableState(4));
        foreach (var (name, value) in WeightLoader.Collect(model.Denoiser)) Assert.True(value.bytes.SequenceEqual(state[$"average.{name}"].bytes), name);
    }

    [Fact]
    public void Run_HeldOutPairs_AreMeasuredAtTheFirstStepTheLastEveryFewAndEveryCheckpoint()
    {
        var folder = jobs.Train(Six with { Steps = 7, CheckpointEvery = 3, EvaluateEvery = 4 });

        TinyJob.Succeed(folder);

        Assert.Equal([1, 3, 4, 6, 7], TinyJob.Metrics(folder).Where(m => m.HeldOutAccuracy is not null).Select(m => m.Step));
    }

    [Fact]
    public void Run_KeepOneCheckpoint_KeepsTheLastAndTheFirstOfTheBest()
    {
        var folder = jobs.Train(Six with { Objective = Objective.SimPo, Steps = 4, CheckpointEvery = 1, KeepCheckpoints = 1 });

        TinyJob.Succeed(folder);

        var measured = TinyJob.Metrics(folder);
        var best = measured.MaxBy(m => m.HeldOutAccuracy)!; // the first of equals
        Assert.Equal(new BestCheckpoint { Step = best.Step, HeldOutAccuracy = best.HeldOutAccuracy!.Value, Output = Path.GetRelativePath(folder.Root, folder.Checkpoint(best.Step)) }, ContractJson.ReadFile<JobResult>(folder.Result).Best);
        Assert.Equal(new[] { best.Step, 4 }.Distinct().Select(folder.Checkpoint), Directory.EnumerateDirectories(folder.Checkpoints).Order());
    }

    [Fact]
    public void Run_NothingHeldOut_NamesNoBest()
    {
        var folder = jobs.Train(Six with { Steps = 1, HoldOut = 0 });

        TinyJob.Succeed(folder);

        Assert.Null(ContractJson.ReadFile<JobResult>(folder.Result).Best);
    }

    /// <summary>The images are those a sampling job draws from that step's checkpoint, and the training does not notice them.</summary>
    [Fact]
    public void Run_WithPreviews_DrawsThemWithTheAverageAndTrainsTheSame()
    {
        var (with, without) = (jobs.Train(Six with { PreviewEvery = 4, Previews = 2 }), jobs.Train(Six));

        TinyJob.Succeed(with);
        TinyJob.Succeed(without);

        TinyJob.AssertSameRun(without, with, lastStep: 6);
        Assert.Equal([with.Preview(4), with.Preview(6)], Directory.EnumerateDirectories(with.Samples).Order());
        var sampled = jobs.Sample(new SampleSettings(), [.. ContractJson.ReadLines<PromptLine>(with.PreviewPrompts).Select(l => l.Value)]);
        File.WriteAllText(sampled.Job, File.ReadAllText(sampled.Job).Replace(jobs.Model, with.Checkpoint(6), StringComparison.Ordinal));
        TinyJob.Succeed(sampled);
        foreach (var name in (string[])["000000.png", "000001.png"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(sampled.Samples, name)), File.ReadAllBytes(Path.Combine(with.Preview(6), name)));
            Assert.NotEqual(File.ReadAllBytes(Path.Combine(with.Preview(4), name)), File.ReadAllBytes(Path.Combine(with.Preview(6), name)));
        }
        Assert.False(Directory.Exists(without.Samples));
    }

    /// <summary>A leak of 100 kB a step would be 35 MB over the steps compared; the collector's own ups and downs are less.</summary>
    [Fact]
    public void Run_FiveHundredSteps_TensorsAndMemoryStayFlat()
    {
        var folder = jobs.Train(new LoopSettings { Steps = 500, BatchSize = 1, PixelWeight = 2, EmaHalfLife = 50, EvaluateEvery = 500, CheckpointEvery = 500 });

        TinyJob.Succeed(folder);

        var lines = TinyJob.Metrics(folder);
        Assert.All(lines.Skip(1), line => Assert.InRange(line.LiveTensors, 0, lines[1].LiveTensors));
        double Resident(int from) => lines.Skip(from).Take(50).Average(line => line.ResidentBytes) / 1e6;
        Assert.True(Resident(450) - Resident(100) < 25, $"{Resident(100):F0} MB after 100 steps, {Resident(450):F0} MB at the end");
    }

    [Fact]
    public void Run_DoneAlready_DoesNothing()
    {
        var folder = jobs.Train(Six with { Steps = 1 });
        TinyJob.Succeed(folder);
        var written = File.GetLastWriteTimeUtc(folder.ResumableState(1));

        TinyJob.Succeed(folder);

        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.ResumableState(1)));
        Assert.Equal(JobState.Succeeded, ContractJson.ReadFile<JobStatus>(folder.Status).State);
    }

    [Fact]
    public void Run_WeightZero_LeavesThePairOut()
    {
        var folder = jobs.Train(Six with { Steps = 1, HoldOut = 0 });
        var lines = ContractJson.ReadLines<PreferencePair>(folder.Preferences).Select(l => l.Value).ToList();
        TinyJob.WriteLines(folder.Preferences, lines.Select((line, i) => line with { Weight = i < 2 ? 0 : 1 }));

        TinyJob.Succeed(folder);

        Assert.Equal(4, ContractJson.ReadFile<JobOptions>(folder.Options).Examples);
    }

    [Fact]
    public void Run_PixelTermOfSomeExamples_IsMeasuredWhereItIs()
    {
        var settings = Six with { Accumulation = 1, PixelWeight = 8, PixelEvery = 4, PixelDecoding = PixelDecoding.Windows, PixelWindow = 2 }; // two examples a step
        var folder = jobs.Train(settings);

        TinyJob.Succeed(folder);

        Assert.Equal([true, false, true, false, true, false], TinyJob.Metrics(folder).Select(line => line.PixelLoss is not null));
    }

    /// <summary>A window as large as the image, at every step and for every example, is the whole image.</summary>
    [Fact]
    public void Run_WindowOfTheWholeImage_IsTheRunWithoutWindows()
    {
        var settings = Six with { PixelWeight = 8, Steps = 2, Accumulation = 1 };
        var (whole, windows) = (jobs.Train(settings), jobs.Train(settings with { PixelDecoding = PixelDecoding.Windows, PixelWindow = 4 }));

        TinyJob.Succeed(whole);
        TinyJob.Succeed(windows);

        Assert.Equal(TinyJob.Metrics(whole)[0].PixelLoss!.Value, TinyJob.Metrics(windows)[0].PixelLoss!.Value, 1e-6);
    }

    /// <summary>Both terms of a model's loss on all examples, with the same noise every time.</summary>
    private (double Latent, double Pixel) FixedLoss(JobFolder folder, LoopSettings settings, string modelFolder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var files = new RunFiles(folder);
        using var original = TextToImageModel.Load(jobs.Model);
        using var measured = TextToImageModel.Load(modelFolder);
        using var data = TrainingSet.Load(settings, original, files);
        using var generator = new Generator(11);
        var count = data.Training.Count;
        var batch = new NoisyBatch(data, data.Training, randn([count, 4, 4, 4], generator: generator), randint(0, 1000, [count], generator: generator), new bool[count], original.Schedule, new PixelTerm(new PixelDecoder(original.Vae, original.Schedule, settings.PixelTarget)));
        var (policy, reference) = (batch.Errors(measured.Denoiser), batch.Errors(original.Denoiser));
        return (Losses.Term(settings.Objective, policy.Latent, reference.Latent, settings.Beta, settings).mean().item<float>(),
            Losses.Term(settings.PixelObjective ?? settings.Objective, policy.Pixel!, reference.Pixel, settings.PixelBeta, settings).mean().item<float>());
    }
}
