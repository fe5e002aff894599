using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A whole Stable Diffusion folder: it samples as diffusers' pipeline does, is post-trained, and samples again.</summary>
public sealed class StableDiffusionPipelineTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly string[] Prompts = ["a photo of an astronaut riding a horse on mars", "A watercolor painting of a fox, detailed"];
    private static readonly string[] NegativePrompts = ["", "blurry, low quality"];

    [SkippableFact]
    public void Sample_SameNoise_FollowsThePipelineToTheSameImages()
    {
        using var model = TextToImageModel.Load(Golden.Reference("sd15"));
        var golden = Safetensors.Read(Golden.Reference("sd15", "expected", "pipeline_ddim.safetensors"));
        var (text, negative) = (model.EncodePrompts(Prompts), model.EncodePrompts(NegativePrompts));
        Golden.AssertClose(golden["out.prompt_embeds"], text, what: "prompts");
        Golden.AssertClose(golden["out.negative_prompt_embeds"], negative, what: "negative prompts");
        var guidance = golden["const.guidance_scale"].to(float64).item<double>();
        var (context, step) = (cat([negative, text]), 0);
        using var noGrad = no_grad();

        var latents = DdimSampler.Sample(model.Schedule, golden["in.latents"], (int)golden["const.num_inference_steps"].to(int64).item<long>(), (x, timestep) =>
        {
            var halves = model.Denoiser.Predict(cat([x, x]), full(2 * x.shape[0], timestep, dtype: int64), context).chunk(2, 0);
            return halves[0] + guidance * (halves[1] - halves[0]);
        }, x => Golden.AssertClose(golden["out.trajectory"][step], x, what: $"latents after step {++step}"));

        var image = (model.Vae.Decode(latents / model.Vae.ScalingFactor) / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1);
        Golden.AssertClose(golden["out.image_nhwc_0_1"], image, what: "images");
    }

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

        var samples = jobs.Sample(new SampleSettings { InferenceSteps = 2 }, new PromptLine { PromptId = "p1", Prompt = Prompts[0], Seed = 1 });
        ContractJson.WriteFile(samples.Job, ContractJson.ReadFile<JobSpec>(samples.Job) with { Model = trained });
        TinyJob.Succeed(samples);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(samples.Root, "samples"), "*.png"));

        static Dictionary<string, Tensor> UNet(string model) => Safetensors.Read(Path.Combine(model, "unet", "diffusion_pytorch_model.safetensors"));
    }

    [SkippableFact]
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
