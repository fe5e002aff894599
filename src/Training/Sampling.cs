using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>Prompts and seeds to images, by the model's own sampler with classifier-free guidance.</summary>
/// <remarks>Ho and Salimans (2022), arXiv 2207.12598: guided = uncond + scale · (cond − uncond).</remarks>
public static class Sampling
{
    /// <summary>Generates one image per prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">One row per image.</param>
    /// <param name="unconditional">One row: what the model is told where there is no prompt.</param>
    /// <param name="seeds">Seed of each image's noise; an image depends on its own seed only, whatever else is in the batch.</param>
    /// <param name="steps">Inference steps.</param>
    /// <param name="guidanceScale">1 switches guidance off.</param>
    /// <returns>[B, 3, H, W] bytes.</returns>
    public static Tensor Generate(TextToImageModel model, Conditioning prompts, Conditioning unconditional, IReadOnlyList<long> seeds, int steps, double guidanceScale)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var latents = Latents(model.Denoiser, model.Schedule, prompts, unconditional, seeds, steps, guidanceScale);
        return Pictures.ToBytes(model.Vae.Decode(latents / model.Vae.ScalingFactor)).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>The scaled latents of <see cref="Generate"/>, [B, C, h, w].</summary>
    internal static Tensor Latents(Denoiser denoiser, NoiseSchedule schedule, Conditioning prompts, Conditioning unconditional, IReadOnlyList<long> seeds, int steps, double guidanceScale)
    {
        var generators = seeds.Select(seed => new Generator((ulong)seed)).ToArray();
        try
        {
            using var sampler = Samplers.Create(schedule, steps);
            return sampler.Walk(Noise(), Guided(denoiser, unconditional, prompts, guidanceScale), Noise);
        }
        finally
        {
            Array.ForEach(generators, generator => generator.Dispose());
        }

        // the next of every image's own noise, drawn on the CPU and so the same on every device; the first is the same in every model of this latent size
        Tensor Noise() => cat(generators.Select(g => randn([1, denoiser.LatentChannels, denoiser.SampleSize, denoiser.SampleSize], generator: g)).ToArray()).to(prompts.Device);
    }

    /// <summary>The network under guidance: (noisy latents [B, C, h, w], timestep) → prediction, in one pass over both conditions.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="unconditional">1 or B rows, what guidance leads away from.</param>
    /// <param name="prompts">B rows.</param>
    /// <param name="scale">Guidance scale; 1 needs the prompts alone.</param>
    internal static Func<Tensor, double, Tensor> Guided(Denoiser denoiser, Conditioning unconditional, Conditioning prompts, double scale)
    {
        if (scale == 1) return (latents, timestep) => denoiser.Predict(latents, full([latents.shape[0]], timestep, dtype: float32, device: latents.device), prompts);
        var both = Conditioning.Cat([unconditional.Repeat(prompts.Count / unconditional.Count), prompts]);
        return (latents, timestep) =>
        {
            var halves = denoiser.Predict(cat([latents, latents]), full([both.Count], timestep, dtype: float32, device: latents.device), both).chunk(2, 0);
            return halves[0] + scale * (halves[1] - halves[0]);
        };
    }
}
