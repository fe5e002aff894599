using PixelPost.Training.Contracts;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A whole Stable Diffusion folder is post-trained and sampled.</summary>
public sealed class StableDiffusionPipelineTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    [SkippableFact]
    public void Train_SimpoWithPixels_ChangesTheUNetAndNothingElse()
    {
        var original = Golden.Reference("sd15");
        var folder = jobs.Train(new LoopSettings { Objective = Objective.SimPo, PixelWeight = 2, Steps = 2, BatchSize = 2, LearningRate = 1e-4, WarmupSteps = 0 }, pairs: 4);
        var job = ContractJson.ReadFile<JobSpec>(folder.Job);
        ContractJson.WriteFile(folder.Job, job with { Model = original });

        TinyJob.Succeed(folder);

        var trained = folder.Checkpoint(2);
        var (before, after) = (UNet(original), UNet(trained));
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.Contains(before, weight => !weight.Value.Equals(after[weight.Key]));
        foreach (var part in (string[])["vae", "text_encoder"])
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(original, part)))
                Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(trained, part, Path.GetFileName(file))));
        }

        var samples = jobs.Sample(new SampleSettings { InferenceSteps = 2 }, new PromptLine { PromptId = "p1", Prompt = "a fox", Seed = 1 });
        ContractJson.WriteFile(samples.Job, ContractJson.ReadFile<JobSpec>(samples.Job) with { Model = trained });
        TinyJob.Succeed(samples);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(samples.Root, "samples"), "*.png"));

        static Dictionary<string, Tensor> UNet(string model) => Safetensors.Read(Path.Combine(model, "unet", "diffusion_pytorch_model.safetensors"));
    }

    [Fact]
    public void Load_TwoTextEncoders_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-sdxl-").FullName;
        File.WriteAllText(Path.Combine(folder, "model_index.json"), """{ "_class_name": "StableDiffusionXLPipeline" }""");
        Directory.CreateDirectory(Path.Combine(folder, "text_encoder_2"));

        var problem = Assert.Throws<BadJobException>(() => TextToImageModel.Load(folder));

        Assert.Contains("two text encoders", problem.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
