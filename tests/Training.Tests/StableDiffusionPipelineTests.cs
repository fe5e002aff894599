using PixelPost.Training.Contracts;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A whole Stable Diffusion folder is post-trained and sampled.</summary>
public sealed class StableDiffusionPipelineTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    [SkippableTheory]
    [InlineData("epsilon")]
    [InlineData("v_prediction")]
    public void Train_SimPoWithPixels_ChangesTheUNetAndNothingElse(string predictionType)
    {
        var original = ModelThatPredicts(predictionType);
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

    private string ModelThatPredicts(string predictionType)
    {
        var (source, model) = (Golden.Reference("sd15"), Path.Combine(Path.GetDirectoryName(jobs.Model)!, predictionType));
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(model, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file));
        }
        var scheduler = Path.Combine(model, "scheduler", "scheduler_config.json");
        File.WriteAllText(scheduler, File.ReadAllText(scheduler).Replace("\"prediction_type\": \"epsilon\"", $"\"prediction_type\": \"{predictionType}\"", StringComparison.Ordinal));
        return model;
    }
}
