using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// How a latent becomes pixels inside a loss: both sides of Eq. 2 are decoded at the current noise level,
/// D(√ᾱ_t z + √(1−ᾱ_t) ε), by the frozen decoder, all samples in one batch.
/// </summary>
/// <param name="vae">Frozen autoencoder.</param>
/// <param name="schedule">Noise schedule of the denoiser.</param>
/// <remarks>Eq. 2 of arXiv 2409.17565.</remarks>
public sealed class PixelDecoder(Autoencoder vae, NoiseSchedule schedule)
{
    /// <summary>The images the true noise leads to; without gradient.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, 3, H, W], about [-1, 1], not clamped.</returns>
    public Tensor Target(Tensor latents, Tensor noise, Tensor timesteps)
    {
        using var noGrad = no_grad();
        return Decode(latents, noise, timesteps);
    }

    /// <summary>The images a predicted noise leads to; the gradient reaches the prediction through the decoder.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="prediction">ε_θ(z_t, t), [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, 3, H, W], about [-1, 1], not clamped.</returns>
    public Tensor Decode(Tensor latents, Tensor prediction, Tensor timesteps) =>
        vae.Decode(schedule.AddNoise(latents, prediction, timesteps) / vae.ScalingFactor).to(latents.dtype); // not bfloat16
}
