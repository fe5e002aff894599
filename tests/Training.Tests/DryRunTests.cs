using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class DryRunTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Short = new()
    {
        Objective = Objective.Dpo,
        PixelWeight = 2,
        Steps = 3,
        BatchSize = 2,
        LearningRate = 1e-3,
        EmaHalfLife = 50,
        HoldOut = 0.34,
        CaptionDropout = 0.3,
    };

    [Fact]
    public void Verb_TrainingJob_LeavesTheFolderAsItIsAndTheRunTheSame()
    {
        var (untried, tried) = (jobs.Train(Short), jobs.Train(Short));
        var before = Contents(tried);

        var (exit, error) = TinyJob.Run("train", "--job", tried.Root, "--dry-run");

        Assert.Equal((WorkerExit.Done, ""), (exit, error));
        Assert.Equal(before, Contents(tried));
        TinyJob.Succeed(untried);
        TinyJob.Succeed(tried);
        TinyJob.AssertSameRun(untried, tried, lastStep: 3);
    }

    [Fact]
    public void Verb_JobThatIsRunning_IsNotDisturbed()
    {
        var folder = jobs.Train(Short);
        using var running = new RunFiles(folder);
        var before = File.ReadAllBytes(folder.Status);

        Assert.Equal(WorkerExit.Done, TinyJob.Run("train", "--dry-run", "--job", folder.Root).Exit);

        Assert.Equal(before, File.ReadAllBytes(folder.Status));
    }

    [Theory]
    [InlineData(Objective.Sft, 1, 8, 0)]
    [InlineData(Objective.Dpo, 1, 8, 2)]
    [InlineData(Objective.Kto, 1, 0, 0)]
    [InlineData(Objective.SimPo, 0, 8, 0)]
    public void Measure_FirstBatch_IsThatOfTheRun(Objective objective, double latentWeight, double pixelWeight, int loraRank)
    {
        var folder = jobs.Train(Short with { Objective = objective, LatentWeight = latentWeight, PixelWeight = pixelWeight, LoraRank = loraRank, Steps = 1 });

        var report = Measure(folder);

        TinyJob.Succeed(folder);
        var loss = TinyJob.Metrics(folder)[0].Loss;
        Assert.Equal(loss, report.Loss, 1e-4 * Math.Abs(loss));
        Assert.All([report.With, report.Without], cost => Assert.True(cost.Seconds > 0));
    }

    [Fact]
    public void Measure_AllWeights_HoldsEveryTensorThatTrainingHolds()
    {
        var report = Measure(jobs.Train(Short));

        var weights = Safetensors.Read(Path.Combine(jobs.Model, "transformer", "diffusion_pytorch_model.safetensors")).Values;
        var trained = weights.Sum(w => w.NumberOfElements);
        var held = report.Held.ToDictionary(part => part.Name, part => part.Bytes);
        Assert.Equal(trained, report.TrainedParameters);
        Assert.Equal((4 * trained, 8 * trained + 4 * weights.Count, 4 * trained), (held["gradients"], held["optimizer's moments"], held["moving average"])); // Adam counts the steps of every weight
        Assert.Equal(held["denoiser"], held["reference"]);
        Assert.Equal((12 * 4 * 4 * 4 * 4, 7 * 12 * 16 * 4), (held["latents of all images"], held["encoded prompts"])); // 12 images of 4 channels; 6 prompts and the empty one, 12 tokens of 16
        Assert.Equal(held.Values.Sum() + report.With.PeakBytes, report.MostBytes); // the job has a pixel term
        Assert.True(report.Parameters > trained);
    }

    [Fact]
    public void Measure_LoraAndAdafactor_HoldsLittleAndNoReference()
    {
        var (all, lora) = (Measure(jobs.Train(Short)), Measure(jobs.Train(Short with { LoraRank = 2, Optimizer = OptimizerKind.Adafactor, EmaHalfLife = 0 })));

        var held = lora.Held.ToDictionary(part => part.Name, part => part.Bytes);
        Assert.Equal(4 * lora.TrainedParameters, held["adapters"]);
        Assert.Equal(held["adapters"], held["gradients"]);
        Assert.True(held["optimizer's moments"] < held["adapters"]);
        Assert.DoesNotContain(held.Keys, name => name is "reference" or "moving average");
        Assert.Equal(all.Parameters + lora.TrainedParameters, lora.Parameters);
    }

    [Fact]
    public void Print_Report_CountsStepsImagesAndEpochs()
    {
        var text = new StringWriter();

        Measure(jobs.Train(Short with { Steps = 5, Accumulation = 3 })).Print(text);

        // 6 pairs less 2 held out; 5 steps of 3 times 2 pairs
        Assert.Contains("4 pairs to train on, 2 held out; 12 different images, 6 prompts", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("5 steps of 12 images: 60 images, 7.5 epochs", text.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"the pixel term makes a pass take \d+\.\d\d times as long", text.ToString());
    }

    [Theory]
    [InlineData("image")]
    [InlineData("setting")]
    [InlineData("layer")]
    [InlineData("kind")]
    public void Verb_JobThatIsWrong_SaysWhatTheRunWouldSay(string wrong)
    {
        var folder = jobs.Train(Short with { BatchSize = wrong == "setting" ? 0 : 2, LoraRank = 1, LoraTargets = wrong == "layer" ? "to_x" : "to_q" });
        if (wrong == "image") File.Delete(Path.Combine(folder.Images, "2a.png"));
        if (wrong == "kind") ContractJson.WriteFile(folder.Job, ContractJson.ReadFile<JobSpec>(folder.Job) with { Kind = JobKind.Sample });
        var before = Contents(folder);

        var (exit, error) = TinyJob.Run("train", "--job", folder.Root, "--dry-run");

        Assert.Equal(WorkerExit.BadJob, exit);
        Assert.Equal(before, Contents(folder));
        Assert.Equal(TinyJob.Fail(folder), error.TrimEnd());
    }

    [Fact]
    public void Variants_EveryJob_NeedNoReferenceThatTheJobHasNot()
    {
        Objective?[] objectives = [null, .. Enum.GetValues<Objective>()];
        var all = from objective in Enum.GetValues<Objective>()
                  from inPixels in objectives
                  from weights in new[] { (1, 0), (0, 1), (1, 1) }
                  let settings = new LoopSettings { Objective = objective, PixelObjective = inPixels, LatentWeight = weights.Item1, PixelWeight = weights.Item2 }
                  where settings.Faults().Count == 0
                  select settings;

        Assert.All(all, settings =>
        {
            var (with, without) = (DryRun.WithPixels(settings), DryRun.WithoutPixels(settings));
            Assert.Equal((true, false), (with.PixelWeight > 0, without.PixelWeight > 0));
            Assert.True(without.LatentWeight > 0);
            Assert.Contains(settings, new[] { with, without });
            Assert.True(settings.NeedsReference() || !(with.NeedsReference() || without.NeedsReference()));
        });
    }

    [SkippableFact]
    public void Cost_WorkOfKnownSize_IsItsPeakAndNotThatOfEarlierWork()
    {
        LibTorch.Load();
        var large = Cost.Of(() => zeros(512 << 20, dtype: ScalarType.Byte).fill_(1).Dispose());
        Skip.If(large.PeakBytes is null, "this system does not tell a process its peak memory");
        var small = Cost.Of(() => zeros(256 << 20, dtype: ScalarType.Byte).fill_(1).Dispose());

        // the system counts pages by and by, and .NET gives some of its own back meanwhile
        Assert.InRange(large.PeakBytes!.Value, 412 << 20, 612 << 20);
        Assert.InRange(small.PeakBytes!.Value, 156 << 20, 356 << 20);
    }

    private static DryRunReport Measure(JobFolder folder) => DryRun.Measure(ContractJson.ReadFile<JobSpec>(folder.Job), folder);

    /// <summary>Every file and folder with what is in it.</summary>
    private static List<string> Contents(JobFolder folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {(File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "")}")];
}
