using static TorchSharp.torch;

namespace PixelPost.Training.Metrics;

/// <summary>Peak signal-to-noise ratio on 8-bit RGB: 10 · log₁₀(255² / mean squared error), in dB.</summary>
public static class PeakSignalToNoise
{
    /// <summary>Of each picture, [N] float64; ∞ where two are equal.</summary>
    /// <param name="images">[N, 3, H, W] bytes.</param>
    /// <param name="originals">[N, 3, H, W] bytes.</param>
    public static Tensor Of(Tensor images, Tensor originals)
    {
        using var scope = NewDisposeScope();
        var mse = (images.to(ScalarType.Float64) - originals.to(ScalarType.Float64)).square().mean([1, 2, 3]);
        return (10 * log10(255.0 * 255.0 / mse)).MoveToOuterDisposeScope();
    }
}
