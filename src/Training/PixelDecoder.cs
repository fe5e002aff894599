using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// How a latent becomes pixels inside a loss, by the frozen decoder D, all samples in one batch. Two things are compared: what the truth
/// leads to (ε and z) and what the network's output leads to (ε_θ and ẑ₀).
/// </summary>
/// <param name="vae">Frozen autoencoder.</param>
/// <param name="schedule">Noise schedule of the denoiser.</param>
/// <param name="target">Which images, or for the control latents, are compared.</param>
/// <remarks>
/// Eq. 2 and 8 of arXiv 2409.17565. The clean side of Eq. 8 is D(z), not the picture it was encoded from: what the autoencoder loses is
/// no error of the denoiser.
/// </remarks>
public sealed class PixelDecoder(Autoencoder vae, NoiseSchedule schedule, PixelTarget target = PixelTarget.Noisy)
{
    /// <summary>What the truth leads to; without gradient.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, 3, H, W], about [-1, 1], not clamped; of the control [B, C, h, w].</returns>
    public Tensor Target(Tensor latents, Tensor noise, Tensor timesteps)
    {
        using var noGrad = no_grad();
        return Compared(latents, timesteps, () => noise, () => latents);
    }

    /// <summary>What the network's output leads to; the gradient reaches it through the decoder.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="output">Of the network, whatever it predicts, [B, C, h, w].</param>
    /// <param name="noisyLatents">z_t, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>Like <see cref="Target"/>.</returns>
    public Tensor Predicted(Tensor latents, Tensor output, Tensor noisyLatents, Tensor timesteps) => Compared(latents, timesteps,
        () => Prediction.Noise(schedule, output, noisyLatents, timesteps), () => Prediction.Clean(schedule, output, noisyLatents, timesteps));

    private Tensor Compared(Tensor latents, Tensor timesteps, Func<Tensor> noise, Func<Tensor> clean) => target switch
    {
        PixelTarget.Noisy => Decode(schedule.AddNoise(latents, noise(), timesteps)),
        PixelTarget.Clean => Decode(clean()),
        PixelTarget.ReverseNoised => schedule.AddNoise(latents, noise(), timesteps),
        _ => throw new InvalidOperationException($"{target} is no pixel target."),
    };

    private Tensor Decode(Tensor scaledLatents) => vae.Decode(scaledLatents / vae.ScalingFactor).to(scaledLatents.dtype); // not bfloat16
}
