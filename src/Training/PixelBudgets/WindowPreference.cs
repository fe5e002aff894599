using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>
/// What windows make of SimPO's loss. It is convex in the errors, so that its mean over windows is above its value at the mean error (Jensen's inequality), and the
/// less so the more windows are averaged first.
/// </summary>
/// <param name="Loss">Mean loss at the errors of whole images.</param>
/// <param name="Bias">Expected loss against it, as a share.</param>
/// <param name="Cosine">Between the expected gradient for the network's outputs, all pairs' together, and that at whole images: a pair whose loss is flat has none to compare.</param>
/// <param name="NormRatio">Of the former to the latter.</param>
internal sealed record WindowPreference(double Loss, double Bias, double Cosine, double NormRatio)
{
    private const int Draws = 256; // of several windows; single ones are all counted

    /// <summary>Measures a part of the schedule. All windows of the partition are computed; whole images are their mean, by the same decoder.</summary>
    /// <param name="pixels">Decodes.</param>
    /// <param name="settings">β and γ.</param>
    /// <param name="batches">Latents, noise, timesteps, noisy latents and the network's output of pairs, each [2B], the preferred images first.</param>
    /// <param name="side">Of a window.</param>
    /// <param name="margin">Around it.</param>
    /// <param name="counts">How many windows are averaged: a result for each.</param>
    /// <param name="generator">Of the draws.</param>
    public static IReadOnlyList<WindowPreference> Of(
        PixelDecoder pixels, LoopSettings settings, IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> batches, int side, int margin, IReadOnlyList<int> counts, Generator generator)
    {
        var sums = new double[counts.Count, 5]; // losses of whole images and expected ones; products of the gradients: of whole images, between, expected
        var pairs = 0L;
        foreach (var (latents, noise, timesteps, noisy, output) in batches)
        {
            using var scope = NewDisposeScope();
            var partition = LatentWindow.Partition(latents.shape[2], latents.shape[3], side);
            var parts = partition.Select(window => PixelGradients.Of(output, o => pixels.WindowErrors(latents, noise, timesteps, [window], margin)(o, noisy))).ToList();
            var (errors, gradients) = (stack(parts.Select(part => part.Loss).ToArray()), stack(parts.Select(part => part.Gradient).ToArray()));
            var beta = settings.BetaOfMeans(settings.PixelBeta, pixels.Elements(latents));
            var shares = tensor(partition.Select(window => (float)window.Area / (latents.shape[2] * latents.shape[3])).ToArray(), device: latents.device);
            pairs += latents.shape[0] / 2;
            var (whole, ofWhole) = Expected(shares.unsqueeze(0), ones(1, device: latents.device));
            foreach (var (at, count) in counts.Index())
            {
                var (loss, gradient) = count == 1 ? Expected(eye(partition.Count, device: latents.device), shares) : Expected(Drawn(partition, count, generator).to(latents.device), full(Draws, 1f / Draws, device: latents.device));
                foreach (var (place, value) in new[] { whole, loss, ofWhole.square(), ofWhole * gradient, gradient.square() }.Index()) sums[at, place] += value.sum().item<float>();
            }

            // weights of windows [N, W], probability of each row [N]; to losses of pairs [B] and gradients for the outputs of both sides [2B, C, h, w]
            (Tensor Loss, Tensor Gradient) Expected(Tensor weights, Tensor probabilities)
            {
                var (leaf, rows) = (weights.mm(errors).requires_grad_(), (int)weights.shape[0]);
                var losses = stack(Enumerable.Range(0, rows).Select(row => Losses.Term(Objective.SimPo, leaf[row], null, beta, settings)).ToArray()); // [N, B]
                var loss = (probabilities.unsqueeze(1) * losses).sum([0]);
                loss.sum().backward();
                var ofWindows = weights.t().mm(leaf.grad!); // [W, 2B]
                return (loss.detach(), (ofWindows.reshape([.. ofWindows.shape, 1, 1, 1]) * gradients).sum([0]));
            }
        }
        return [.. counts.Select((_, at) => new WindowPreference(
            sums[at, 0] / pairs, sums[at, 1] / sums[at, 0] - 1, sums[at, 3] / Math.Sqrt(sums[at, 2] * sums[at, 4]), Math.Sqrt(sums[at, 4] / sums[at, 2])))];
    }

    private static Tensor Drawn(IReadOnlyList<LatentWindow> partition, int count, Generator generator)
    {
        var places = partition.Index().ToDictionary(window => window.Item, window => window.Index);
        var weights = new float[Draws, partition.Count];
        for (var row = 0; row < Draws; row++)
            foreach (var window in LatentWindow.Draw(partition, count, generator)) weights[row, places[window]] += 1f / count;
        return tensor(weights);
    }
}
