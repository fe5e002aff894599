using static TorchSharp.torch;

namespace PixelPost.Training.Metrics;

/// <summary>
/// SSIM: (2 μₓμᵧ + C₁)(2 σₓᵧ + C₂) / ((μₓ² + μᵧ² + C₁)(σₓ² + σᵧ² + C₂)) with the moments under a Gaussian window of 11 × 11 pixels,
/// σ = 1.5, C₁ = (0.01 · 255)² and C₂ = (0.03 · 255)²; averaged over every place the whole window fits and over the colours.
/// </summary>
/// <remarks>Wang et al. (2004), IEEE TIP 13(4), Eq. 13, on each colour by itself.</remarks>
public static class StructuralSimilarity
{
    private const int Radius = 5;
    private const double Sigma = 1.5, C1 = 0.01 * 255 * 0.01 * 255, C2 = 0.03 * 255 * 0.03 * 255;

    /// <summary>Of each picture, [N] float64; 1 where two are equal.</summary>
    /// <param name="images">[N, 3, H, W] bytes, H and W at least 11.</param>
    /// <param name="originals">[N, 3, H, W] bytes.</param>
    public static Tensor Of(Tensor images, Tensor originals)
    {
        using var scope = NewDisposeScope();
        var (x, y) = (images.to(ScalarType.Float64), originals.to(ScalarType.Float64));
        var (rows, columns) = (Window(x.shape[2]), Window(x.shape[3]));
        Tensor Mean(Tensor of) => nn.functional.linear(nn.functional.linear(of, columns).transpose(2, 3), rows);
        var (meanX, meanY) = (Mean(x), Mean(y));
        var (varianceX, varianceY, covariance) = (Mean(x * x) - meanX * meanX, Mean(y * y) - meanY * meanY, Mean(x * y) - meanX * meanY);
        var similarity = (2 * meanX * meanY + C1) * (2 * covariance + C2) / ((meanX * meanX + meanY * meanY + C1) * (varianceX + varianceY + C2));
        return similarity.mean([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The Gaussian filter of a line of <paramref name="length"/> pixels as a matrix, [length − 10, length].</summary>
    private static Tensor Window(long length)
    {
        if (length <= 2 * Radius) throw new ArgumentException($"A side of {length} pixels is too short; the window has {2 * Radius + 1}.");
        var taps = (-arange(-Radius, Radius + 1, ScalarType.Float64).square() / (2 * Sigma * Sigma)).exp();
        taps /= taps.sum();
        return stack(Enumerable.Range(0, (int)length - 2 * Radius).Select(i => nn.functional.pad(taps, [i, length - 2 * Radius - 1 - i])).ToArray());
    }
}
