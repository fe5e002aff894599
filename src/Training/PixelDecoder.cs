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
    /// <summary>What stands in for decoding; null where that is not asked for.</summary>
    internal LocalMetric? Metric { get; init; }

    /// <summary>What is compared of two decodings, and how.</summary>
    internal PixelComparison Comparison { get; init; } = new();

    /// <summary>What the truth leads to; without gradient.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, 3, H, W], about [-1, 1], not clamped; of the control [B, C, h, w].</returns>
    public Tensor Target(Tensor latents, Tensor noise, Tensor timesteps)
    {
        using var noGrad = no_grad();
        return Decode(True(latents, noise, timesteps));
    }

    /// <summary>What the network's output leads to; the gradient reaches it through the decoder.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="output">Of the network, whatever it predicts, [B, C, h, w].</param>
    /// <param name="noisyLatents">z_t, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>Like <see cref="Target"/>.</returns>
    public Tensor Predicted(Tensor latents, Tensor output, Tensor noisyLatents, Tensor timesteps) => Decode(Estimated(latents, output, noisyLatents, timesteps));

    /// <summary>How far the network's output leads from the truth, by <see cref="Comparison"/>.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>From output and noisy latents to [B], as often as models are compared: the truth is decoded once.</returns>
    internal Func<Tensor, Tensor, Tensor> Errors(Tensor latents, Tensor noise, Tensor timesteps)
    {
        if (Comparison.Stages == 0)
        {
            var images = Target(latents, noise, timesteps);
            return (output, noisyLatents) => Comparison.OfImages(Predicted(latents, output, noisyLatents, timesteps), images);
        }
        IReadOnlyList<Tensor> truth;
        using (no_grad()) truth = Features(True(latents, noise, timesteps));
        return (output, noisyLatents) => PixelComparison.OfFeatures(Features(Estimated(latents, output, noisyLatents, timesteps)), truth);
    }

    /// <summary>How far the latent that the network's output leads to is from the one that the truth leads to: what is decoded to an error.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="output">Of the network, [B, C, h, w].</param>
    /// <param name="noisyLatents">z_t, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <returns>[B, C, h, w] scaled.</returns>
    public Tensor Difference(Tensor latents, Tensor noise, Tensor output, Tensor noisyLatents, Tensor timesteps) =>
        Estimated(latents, output, noisyLatents, timesteps) - True(latents, noise, timesteps);

    /// <summary>Elements of what is compared: of an image, or of the control's latent.</summary>
    /// <param name="latents">[B, C, h, w].</param>
    public long Elements(Tensor latents) => target == PixelTarget.ReverseNoised ? latents[0].NumberOfElements : 3 * latents.shape[2] * latents.shape[3] * vae.Compression * vae.Compression;

    /// <summary>
    /// The mean squared difference over windows: of the network's output from the truth, whose decoding gives the norms their statistics, so
    /// that a window is decoded as the whole image would be with these.
    /// </summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    /// <param name="windows">Which parts; the mean over them counts.</param>
    /// <param name="margin">Cells around each that are decoded too.</param>
    /// <param name="norms">Statistics from elsewhere (<see cref="Norms"/>), which save decoding the whole of the truth.</param>
    /// <returns>From output and noisy latents to [B], as often as models are compared. Expected over <see cref="LatentWindow.Draw"/> it is the mean over the whole image.</returns>
    public Func<Tensor, Tensor, Tensor> WindowErrors(Tensor latents, Tensor noise, Tensor timesteps, IReadOnlyList<LatentWindow> windows, int margin, GroupStatistics? norms = null)
    {
        var statistics = norms;
        IReadOnlyList<Tensor> truth;
        using (no_grad())
        {
            var unscaled = True(latents, noise, timesteps) / vae.ScalingFactor;
            Tensor? images = null;
            if (vae.HasNorms && norms is null) (images, statistics) = vae.DecodeWatched(unscaled);
            truth = images is null ? vae.DecodeWindows(unscaled, windows, margin, statistics) : [.. windows.Select(window => window.Pixels(images, vae.Compression))];
        }
        return (output, noisyLatents) =>
        {
            var parts = vae.DecodeWindows(Estimated(latents, output, noisyLatents, timesteps) / vae.ScalingFactor, windows, margin, statistics);
            return stack(parts.Zip(truth, (part, true_) => Losses.Error(part.to(latents.dtype), true_.to(latents.dtype))).ToArray()).mean([0]);
        };
    }

    /// <summary>What the norms of the decoder meet in what the truth leads to; null where it has none.</summary>
    /// <param name="latents">z, [B, C, h, w] scaled.</param>
    /// <param name="noise">ε, [B, C, h, w].</param>
    /// <param name="timesteps">t, [B].</param>
    internal GroupStatistics? Norms(Tensor latents, Tensor noise, Tensor timesteps)
    {
        using var noGrad = no_grad();
        return vae.DecodeWatched(True(latents, noise, timesteps) / vae.ScalingFactor).Statistics;
    }

    /// <summary>The latent that the truth leads to.</summary>
    private Tensor True(Tensor latents, Tensor noise, Tensor timesteps) => target == PixelTarget.Clean ? latents : schedule.AddNoise(latents, noise, timesteps);

    /// <summary>The latent that the network's output leads to.</summary>
    private Tensor Estimated(Tensor latents, Tensor output, Tensor noisyLatents, Tensor timesteps) => target == PixelTarget.Clean
        ? Prediction.Clean(schedule, output, noisyLatents, timesteps)
        : schedule.AddNoise(latents, Prediction.Noise(schedule, output, noisyLatents, timesteps), timesteps);

    private IReadOnlyList<Tensor> Features(Tensor scaledLatents) => [.. vae.DecodeFeatures(scaledLatents / vae.ScalingFactor, Comparison.Stages).Select(features => features.to(scaledLatents.dtype))];

    private Tensor Decode(Tensor scaledLatents) =>
        target == PixelTarget.ReverseNoised ? scaledLatents : vae.Decode(scaledLatents / vae.ScalingFactor).to(scaledLatents.dtype); // not bfloat16
}
