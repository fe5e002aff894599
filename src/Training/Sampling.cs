using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>Prompts and seeds to images, with classifier-free guidance.</summary>
/// <remarks>Ho and Salimans (2022), arXiv 2207.12598: guided = uncond + scale · (cond − uncond).</remarks>
public static class Sampling
{
    /// <summary>Generates one image per prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="encoderHiddenStates">[B, S, C], one row per image.</param>
    /// <param name="unconditional">[1, S, C], the states of the empty prompt.</param>
    /// <param name="seeds">Seed of each image's noise; an image depends on its own seed only, whatever else is in the batch.</param>
    /// <param name="steps">DDIM steps.</param>
    /// <param name="guidanceScale">1 switches guidance off.</param>
    /// <returns>[B, 3, H, W] bytes.</returns>
    public static Tensor Generate(TextToImageModel model, Tensor encoderHiddenStates, Tensor unconditional, IReadOnlyList<long> seeds, int steps, double guidanceScale)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var latents = Latents(model.Denoiser, model.Schedule, encoderHiddenStates, unconditional, seeds, steps, guidanceScale);
        return Pictures.ToBytes(model.Vae.Decode(latents / model.Vae.ScalingFactor)).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>The scaled latents of <see cref="Generate"/>, [B, C, h, w].</summary>
    internal static Tensor Latents(Denoiser denoiser, NoiseSchedule schedule, Tensor encoderHiddenStates, Tensor unconditional, IReadOnlyList<long> seeds, int steps, double guidanceScale)
    {
        var noise = cat(seeds.Select(s => Noise(denoiser, s)).ToArray()).to(encoderHiddenStates.device); // drawn on the CPU, so the same on every device
        var guided = guidanceScale != 1;
        var context = guided ? cat([unconditional.expand(seeds.Count, -1, -1), encoderHiddenStates]) : encoderHiddenStates;
        return DdimSampler.Sample(schedule, noise, steps, (latents, timestep) =>
        {
            var doubled = guided ? cat([latents, latents]) : latents;
            var prediction = denoiser.Predict(doubled, full([doubled.shape[0]], timestep, dtype: int64, device: doubled.device), context);
            if (!guided) return prediction;
            var halves = prediction.chunk(2, 0);
            return halves[0] + guidanceScale * (halves[1] - halves[0]);
        });
    }

    /// <summary>Initial noise of a seed, [1, C, h, w]; the same in every model of this latent size.</summary>
    private static Tensor Noise(Denoiser denoiser, long seed)
    {
        using var generator = new Generator((ulong)seed);
        return randn([1, denoiser.LatentChannels, denoiser.SampleSize, denoiser.SampleSize], generator: generator);
    }
}
