using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>What something else than a model's own decoder gives in its place, in a part of the noise schedule.</summary>
/// <param name="Loss">Mean pixel error by the model's decoder.</param>
/// <param name="Bias">Mean error by the other against it, as a share.</param>
/// <param name="Cosine">Between gradients of the two for the network's output; mean over draws.</param>
/// <param name="NormRatio">Of the other's gradient to that of the model's decoder; mean over draws.</param>
internal sealed record DecoderBias(double Loss, double Bias, double Cosine, double NormRatio)
{
    /// <summary>Measures a part of the schedule.</summary>
    /// <param name="exact">By the model's own decoder, whole images: from latents, noise, timesteps and noisy latents to a function from the output to errors, [B].</param>
    /// <param name="other">By whatever stands for it, likewise.</param>
    /// <param name="batches">Latents, noise, timesteps, noisy latents and the network's output.</param>
    public static DecoderBias Of(Func<Tensor, Tensor, Tensor, Tensor, Func<Tensor, Tensor>> exact, Func<Tensor, Tensor, Tensor, Tensor, Func<Tensor, Tensor>> other, IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> batches)
    {
        var (own, others, cosines, ratios) = (0.0, 0.0, new List<float>(), new List<float>());
        foreach (var (latents, noise, timesteps, noisy, output) in batches)
        {
            using var scope = NewDisposeScope();
            var (loss, gradient) = PixelGradients.Of(output, exact(latents, noise, timesteps, noisy));
            var (lossOfOther, gradientOfOther) = PixelGradients.Of(output, other(latents, noise, timesteps, noisy));
            var (cosine, ratio) = PixelGradients.Compare(gradientOfOther, gradient);
            (own, others) = (own + loss.sum().item<float>(), others + lossOfOther.sum().item<float>());
            cosines.AddRange(cosine);
            ratios.AddRange(ratio);
        }
        return new(own / cosines.Count, (others / own) - 1, cosines.Average(), ratios.Average());
    }
}
