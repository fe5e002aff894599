using static TorchSharp.torch;

namespace PixelPost.Training.Metrics;

/// <summary>Sharpness: the variance, over the pixels, of the Laplacian (four neighbours − 4 · centre) of the brightness in 0..255.</summary>
/// <remarks>Pech-Pacheco et al. (2000), ICPR, "Diatom autofocusing in brightfield microscopy", measure LAP4/variance.</remarks>
public static class Sharpness
{
    /// <summary>Of each picture, [N] float64.</summary>
    /// <param name="bytes">[N, 3, H, W] bytes, H and W at least 3.</param>
    public static Tensor Of(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        var luma = Luma.Of(bytes);
        var laplacian = luma[.., ..^2, 1..^1] + luma[.., 2.., 1..^1] + luma[.., 1..^1, ..^2] + luma[.., 1..^1, 2..] - 4 * luma[.., 1..^1, 1..^1];
        return (laplacian - laplacian.mean([1, 2], keepdim: true)).square().mean([1, 2]).MoveToOuterDisposeScope();
    }
}
