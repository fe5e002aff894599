using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class SamplingJobTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly SampleSettings Short = new() { InferenceSteps = 3, BatchSize = 2 };

    private static readonly PromptLine[] Five =
    [
        new() { PromptId = "p1", Prompt = "a red circle", Seed = 1 },
        new() { PromptId = "p1", Prompt = "a red circle", Seed = 2 },
        new() { PromptId = "p2", Prompt = "a blue square", Seed = 1 },
        new() { PromptId = "p2", Prompt = "a blue square", Seed = 2 },
        new() { PromptId = "p3", Prompt = "ein Dreieck, grün", Seed = 1 },
    ];

    [Fact]
    public void Run_FivePrompts_OneImageAndOneManifestLineEach()
    {
        var folder = jobs.Sample(Short, Five);

        TinyJob.Succeed(folder);

        var lines = Manifest(folder);
        Assert.Equal(Five.Select(p => (p.PromptId, p.Prompt, p.Seed)), lines.Select(l => (l.PromptId, l.Prompt, l.Seed)));
        Assert.Equal(5, lines.Select(l => l.Sha256).Distinct().Count());
        Assert.All(lines, l => Assert.Equal((TinyModel.ImageSize, TinyModel.ImageSize, 3, 3.0, "ddim"), (l.Width, l.Height, l.InferenceSteps, l.GuidanceScale, l.Scheduler)));
        Assert.All(lines, l => Assert.True(File.Exists(Path.Combine(folder.Root, l.Image))));
        var result = ContractJson.ReadFile<JobResult>(folder.Result);
        Assert.Equal((5, "samples/manifest.jsonl", lines[0].ModelSha256), (result.Done, result.Output, result.ModelSha256));
    }

    [Fact]
    public void Run_SamePromptAndSeedInOtherBatches_SameImage()
    {
        var together = jobs.Sample(Short with { BatchSize = 5 }, Five);
        var alone = jobs.Sample(Short with { BatchSize = 1 }, [.. Five.Reverse()]);

        TinyJob.Succeed(together);
        TinyJob.Succeed(alone);

        // other batch sizes may sum in another order, which can tip a value over a rounding edge
        foreach (var (first, second) in Manifest(together).Zip(Manifest(alone).AsEnumerable().Reverse()))
            Assert.InRange((Pixels(together, first) - Pixels(alone, second)).abs().max().item<int>(), 0, 1);
    }

    [Theory]
    [InlineData("DDPMScheduler", "ddpm")]
    [InlineData("EulerAncestralDiscreteScheduler", "euler_ancestral")]
    public void Run_SamplerThatAddsNoise_SameImageInOtherBatchesAndItsNameInTheManifest(string className, string name)
    {
        var together = WithScheduler(jobs.Sample(Short with { BatchSize = 5 }, Five), className);
        var alone = WithScheduler(jobs.Sample(Short with { BatchSize = 1 }, [.. Five.Reverse()]), className);

        TinyJob.Succeed(together);
        TinyJob.Succeed(alone);

        Assert.All(Manifest(together), line => Assert.Equal(name, line.Scheduler));
        foreach (var (first, second) in Manifest(together).Zip(Manifest(alone).AsEnumerable().Reverse()))
            Assert.InRange((Pixels(together, first) - Pixels(alone, second)).abs().max().item<int>(), 0, 1);
    }

    [Fact]
    public void Run_SamplerThatIsNotBuilt_SaysSoAndMakesNothing()
    {
        var folder = WithScheduler(jobs.Sample(Short, Five), "DPMSolverMultistepScheduler", """, "solver_order": 3""");

        Assert.Equal("scheduler_config.json: solver_order is '3'; known to DPMSolverMultistepScheduler are 1 and 2.", TinyJob.Fail(folder));
        Assert.False(Directory.Exists(folder.Samples));
    }

    [Fact]
    public void Run_AfterAnInterruption_KeepsWholeBatchesAndMakesTheRest()
    {
        var whole = jobs.Sample(Short, Five);
        TinyJob.Succeed(whole);
        var interrupted = jobs.Copy(whole);
        File.Delete(interrupted.Result);
        File.WriteAllLines(interrupted.SampleManifest, [.. File.ReadLines(whole.SampleManifest).Take(3), "{\"image\":\"sam"]);
        var kept = Path.Combine(interrupted.Samples, "000001.png");
        var before = File.GetLastWriteTimeUtc(kept);

        TinyJob.Succeed(interrupted);

        Assert.Equal(before, File.GetLastWriteTimeUtc(kept));
        Assert.Equal(File.ReadAllText(whole.SampleManifest), File.ReadAllText(interrupted.SampleManifest));
    }

    [Fact]
    public void Run_ImageDamagedSinceTheInterruption_IsMadeAgain()
    {
        var folder = jobs.Sample(Short, Five);
        TinyJob.Succeed(folder);
        var manifest = File.ReadAllText(folder.SampleManifest);
        File.Delete(folder.Result);
        File.WriteAllText(Path.Combine(folder.Samples, "000000.png"), "not a picture");

        TinyJob.Succeed(folder);

        Assert.Equal(manifest, File.ReadAllText(folder.SampleManifest));
        Assert.All(Manifest(folder), l => Pixels(folder, l).Dispose());
    }

    [Fact]
    public void Run_CancelFile_StopsAndSaysSo()
    {
        var folder = jobs.Sample(Short, Five);
        File.WriteAllText(folder.Cancel, "");

        var (exit, _) = TinyJob.Run("sample", "--job", folder.Root);

        Assert.Equal((WorkerExit.Cancelled, JobState.Cancelled), (exit, ContractJson.ReadFile<JobStatus>(folder.Status).State));
        Assert.False(File.Exists(folder.Result));
    }

    [Fact]
    public void Run_NoPrompts_Refuses() =>
        Assert.Equal("prompts.jsonl has no lines: there is nothing to generate.", TinyJob.Fail(jobs.Sample(Short)));

    /// <summary>The job with a copy of the model that has another sampler.</summary>
    private JobFolder WithScheduler(JobFolder folder, string className, string options = "")
    {
        var model = Path.Combine(folder.Root, "model");
        foreach (var file in Directory.EnumerateFiles(jobs.Model, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(model, Path.GetRelativePath(jobs.Model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        File.WriteAllText(Path.Combine(model, "scheduler", "scheduler_config.json"), $$"""{ "_class_name": "{{className}}"{{options}} }""");
        ContractJson.WriteFile(folder.Job, ContractJson.ReadFile<JobSpec>(folder.Job) with { Model = "model" });
        return folder;
    }

    private static List<SampleLine> Manifest(JobFolder folder) => [.. ContractJson.ReadLines<SampleLine>(folder.SampleManifest).Select(l => l.Value)];

    private static Tensor Pixels(JobFolder folder, SampleLine line) => Pictures.ReadBytes(Path.Combine(folder.Root, line.Image), TinyModel.ImageSize).to(ScalarType.Int32);
}
