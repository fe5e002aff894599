using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>How what the network's output leads to is compared with what the truth leads to, once both are decoded.</summary>
/// <param name="Frequency">p: an error counts by its frequency to this power; 0 for all alike.</param>
/// <param name="Stages">Stages of the decoder whose features are compared in place of pixels; 0 for pixels.</param>
internal sealed record PixelComparison(double Frequency = 0, int Stages = 0)
{
    private const double LeastVariance = 1e-3; // of a channel, as a share of the mean of all: one that hardly varies says little

    /// <summary>The mean squared difference of images; by frequency, that of their cosine transforms, each coefficient weighted.</summary>
    /// <param name="images">[B, 3, H, W].</param>
    /// <param name="truth">[B, 3, H, W].</param>
    /// <returns>[B]. An error that has all frequencies alike gets the same whatever p is.</returns>
    /// <remarks>
    /// The discrete cosine transform (its second kind, orthonormal) keeps sums of squares, so that p = 0 is the mean squared difference; unlike Fourier's it sees no edge where
    /// an image ends. The weight of a coefficient is its radial frequency to the power p, divided by the mean weight.
    /// </remarks>
    public Tensor OfImages(Tensor images, Tensor truth)
    {
        if (Frequency == 0) return Losses.Error(images, truth);
        using var scope = NewDisposeScope();
        var (height, width) = (truth.shape[2], truth.shape[3]);
        var (rows, columns) = (Cosines(height).to(truth.dtype).to(truth.device), Cosines(width).to(truth.dtype).to(truth.device));
        var transformed = nn.functional.linear(nn.functional.linear(images - truth, columns).transpose(2, 3), rows); // [B, 3, W, H]
        return (transformed.square() * Weights(height, width).t().to(truth.dtype).to(truth.device)).mean([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The mean squared difference of features, each channel in units of its standard deviation over the true image; the mean over stages.</summary>
    /// <param name="features">By stage [B, C, H, W].</param>
    /// <param name="truth">The same, without gradient.</param>
    /// <returns>[B].</returns>
    /// <remarks>After Berrada et al. (2024), arXiv 2411.04873, who compare clean estimates; here it is whatever <see cref="PixelDecoder"/> decodes.</remarks>
    public static Tensor OfFeatures(IReadOnlyList<Tensor> features, IReadOnlyList<Tensor> truth)
    {
        using var scope = NewDisposeScope();
        return stack(features.Zip(truth, (estimate, true_) =>
        {
            var variance = true_.var([2, 3], unbiased: false, keepdim: true);
            return ((estimate - true_).square() / (variance + LeastVariance * variance.mean([1], keepdim: true))).mean([1, 2, 3]);
        }).ToArray()).mean([0]).MoveToOuterDisposeScope();
    }

    /// <summary>[n, n], a row for each frequency, orthonormal.</summary>
    internal static Tensor Cosines(long n)
    {
        using var scope = NewDisposeScope();
        var (frequency, place) = (arange(n, dtype: float64).unsqueeze(1), arange(n, dtype: float64).unsqueeze(0));
        var cosines = cos(Math.PI / n * frequency * (place + 0.5)) * Math.Sqrt(2.0 / n);
        cosines[0] /= Math.Sqrt(2);
        return cosines.MoveToOuterDisposeScope();
    }

    // no frequency at all counts like the lowest
    private Tensor Weights(long height, long width)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (arange(height, dtype: float64).unsqueeze(1) / height, arange(width, dtype: float64).unsqueeze(0) / width);
        var weights = (rows.square() + columns.square()).sqrt().clamp_min(1.0 / Math.Max(height, width)).pow(Frequency);
        return (weights / weights.mean()).MoveToOuterDisposeScope();
    }
}
