using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>What windows give in place of the whole image, in a part of the noise schedule.</summary>
/// <param name="From">First timestep.</param>
/// <param name="Until">The one after the last.</param>
/// <param name="Loss">Mean pixel error of whole images.</param>
/// <param name="Bias">Expected error over windows against that of whole images by the same decoder, as a share: what the margin leaves.</param>
/// <param name="Frozen">Error by the decoder with norms of the true image against that of the decoder as it is, as a share; 0 without norms.</param>
/// <param name="Cosine">Between the expected gradient over windows and that of whole images by the decoder as it is; mean over draws.</param>
/// <param name="NormRatio">Of the former to the latter; mean over draws.</param>
/// <param name="Variance">Mean square of a single window's gradient over the square of the expected one: 1 is none.</param>
internal sealed record WindowBias(int From, int Until, double Loss, double Bias, double Frozen, double Cosine, double NormRatio, double Variance)
{
    /// <summary>Measures a part of the schedule. Every window of the partition is computed, so that expectations are exact.</summary>
    /// <param name="vae">Frozen autoencoder.</param>
    /// <param name="schedule">Of the noise.</param>
    /// <param name="batches">Latents, noise, timesteps, noisy latents and the network's output.</param>
    /// <param name="from">First timestep.</param>
    /// <param name="until">The one after the last.</param>
    /// <param name="side">Of a window.</param>
    /// <param name="margin">Around it.</param>
    public static WindowBias Of(
        Autoencoder vae, NoiseSchedule schedule, IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> batches, int from, int until, int side, int margin)
    {
        var pixels = new PixelDecoder(vae, schedule);
        var (wholes, frozens, expected) = (0.0, 0.0, 0.0);
        var (cosines, ratios, variances) = (new List<float>(), new List<float>(), new List<float>());
        foreach (var (latents, noise, timesteps, noisy, output) in batches)
        {
            using var scope = NewDisposeScope();
            var all = new LatentWindow(0, 0, latents.shape[2], latents.shape[3]);
            var truth = pixels.Target(latents, noise, timesteps);
            var (whole, ofWhole) = PixelGradients.Of(output, o => Losses.Error(pixels.Predicted(latents, o, noisy, timesteps), truth));
            var frozen = vae.HasNorms ? Gradient(output, pixels, latents, noise, timesteps, noisy, all, 0).Loss : whole;

            var (mean, gradient, square) = (zeros_like(whole), zeros_like(ofWhole), zeros_like(whole));
            foreach (var window in LatentWindow.Partition(all.Height, all.Width, side))
            {
                var (share, (loss, own)) = ((double)window.Area / all.Area, Gradient(output, pixels, latents, noise, timesteps, noisy, window, margin));
                mean += share * loss;
                gradient += share * own;
                square += share * own.square().sum([1, 2, 3]);
            }
            (wholes, frozens, expected) = (wholes + Sum(whole), frozens + Sum(frozen), expected + Sum(mean));
            var (cosine, ratio) = PixelGradients.Compare(gradient, ofWhole);
            cosines.AddRange(cosine);
            ratios.AddRange(ratio);
            variances.AddRange((square / gradient.square().sum([1, 2, 3])).cpu().data<float>());
        }
        return new(from, until, wholes / cosines.Count, expected / frozens - 1, frozens / wholes - 1, cosines.Average(), ratios.Average(), variances.Average());
    }

    private static (Tensor Loss, Tensor Gradient) Gradient(
        Tensor output, PixelDecoder pixels, Tensor latents, Tensor noise, Tensor timesteps, Tensor noisy, LatentWindow window, int margin) =>
        PixelGradients.Of(output, o => pixels.WindowErrors(latents, noise, timesteps, [window], margin)(o, noisy));

    private static double Sum(Tensor values) => values.sum().item<float>();
}
