using PixelPost.Training.Contracts;
using PixelPost.Training.Weights;

namespace PixelPost.Training.Tests;

/// <summary>Whole folders of SDXL, PixArt with T5 and DiT are post-trained and sampled.</summary>
public sealed class PipelineTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    [Theory]
    [InlineData("sdxl", "unet", "text_encoder_2", "tokenizer_2")]
    [InlineData("pixart", "transformer", "text_encoder", "tokenizer")]
    [InlineData("dit", "transformer", "vae", "scheduler")]
    public void Train_SimPoWithPixels_ChangesTheDenoiserAndKeepsEveryOtherPart(string kind, string denoiser, params string[] kept)
    {
        var original = Write(kind);
        var folder = jobs.Train(new LoopSettings { Objective = Objective.SimPo, PixelWeight = 2, Steps = 3, BatchSize = 2, LearningRate = 1e-4, WarmupSteps = 0, CaptionDropout = 0.3 }, pairs: 4);
        ContractJson.WriteFile(folder.Job, ContractJson.ReadFile<JobSpec>(folder.Job) with { Model = original });

        TinyJob.Succeed(folder);

        Assert.All(TinyJob.Metrics(folder), line => Assert.True(double.IsFinite(line.Loss) && line.GradNorm > 0));
        var trained = folder.Checkpoint(3);
        var weights = Path.Combine(denoiser, "diffusion_pytorch_model.safetensors");
        var files = Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(original, f)).Order().ToList();
        Assert.Equal(files, Directory.EnumerateFiles(trained, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(trained, f)).Order());
        Assert.All(kept, part => Assert.Contains(files, f => f.StartsWith(part + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
        foreach (var file in files.Where(f => f != weights)) Assert.Equal(File.ReadAllBytes(Path.Combine(original, file)), File.ReadAllBytes(Path.Combine(trained, file)));
        var (before, after) = (Safetensors.Read(Path.Combine(original, weights)), Safetensors.Read(Path.Combine(trained, weights)));
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.Contains(before, weight => !weight.Value.Equals(after[weight.Key]));
    }

    [Theory]
    [InlineData("sdxl")]
    [InlineData("pixart")]
    [InlineData("dit")]
    public void Sample_TwoPrompts_OneImageEachAndNotTheSame(string kind)
    {
        var folder = jobs.Sample(new SampleSettings { InferenceSteps = 2, GuidanceScale = 4 },
            new PromptLine { PromptId = "p1", Prompt = "a red circle 0", Seed = 1 }, new PromptLine { PromptId = "p2", Prompt = "a blue circle 0", Seed = 1 });
        ContractJson.WriteFile(folder.Job, ContractJson.ReadFile<JobSpec>(folder.Job) with { Model = Write(kind) });

        TinyJob.Succeed(folder);

        var lines = ContractJson.ReadLines<SampleLine>(folder.SampleManifest).Select(l => l.Value).ToList();
        Assert.Equal(2, lines.Select(l => l.Sha256).Distinct().Count());
        Assert.All(lines, l => Assert.Equal((TinyModel.ImageSize, TinyModel.ImageSize), (l.Width, l.Height)));
    }

    [Fact]
    public void Sample_PromptThatIsNoClass_IsRefusedByName()
    {
        var folder = jobs.Sample(new SampleSettings { InferenceSteps = 2 }, new PromptLine { PromptId = "p1", Prompt = "a fox", Seed = 1 });
        ContractJson.WriteFile(folder.Job, ContractJson.ReadFile<JobSpec>(folder.Job) with { Model = Write("dit") });

        Assert.StartsWith("'a fox' is no class: the classes of this model are 0 to 4", TinyJob.Fail(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_RefinerOfSdxl_IsRefused()
    {
        var model = Write("sdxl");
        File.WriteAllText(Path.Combine(model, "model_index.json"), """{ "_class_name": "StableDiffusionXLImg2ImgPipeline", "requires_aesthetics_score": true }""");

        Assert.Contains("refiner", Assert.Throws<BadJobException>(() => TextToImageModel.Load(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SdxlWithoutItsSecondTextEncoder_SaysWhatIsMissing()
    {
        var model = Write("sdxl");
        Directory.Delete(Path.Combine(model, "text_encoder_2"), recursive: true);

        Assert.Contains("has no text_encoder_2", Assert.Throws<BadJobException>(() => TextToImageModel.Load(model)).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("dit", "sampling_ddim", "out.trajectory", "out.decoded")]
    [InlineData("pixart", "pipeline_dpmpp", "out.prompt_embeds", "out.negative_prompt_embeds", "out.trajectory", "out.image_nhwc_0_1")]
    public void Verify_WholeWalk_GivesDiffusersLatents(string folder, string file, params string[] compared)
    {
        var checks = Verification.ModelVerification.Run(Golden.Reference(folder)).Single(f => f.Name == file + ".safetensors").Checks;

        Assert.Equal(compared, checks.Select(c => c.Name));
        Assert.All(checks, c => Assert.True(c.Passed, $"{c.Name}: {c.OfAllowed}"));
    }

    private string Write(string kind)
    {
        var folder = Path.Combine(Path.GetDirectoryName(jobs.Model)!, $"{kind}-{Guid.NewGuid():N}");
        return kind switch { "sdxl" => TinyPipeline.Sdxl(folder), "pixart" => TinyPipeline.PixArtWithT5(folder), _ => TinyPipeline.DitOfClasses(folder) };
    }
}
