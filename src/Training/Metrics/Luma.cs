using static TorchSharp.torch;

namespace PixelPost.Training.Metrics;

/// <summary>Brightness of a picture: 0.299 R + 0.587 G + 0.114 B.</summary>
/// <remarks>ITU-R BT.601.</remarks>
internal static class Luma
{
    /// <summary>[N, H, W] in 0..255, float64.</summary>
    /// <param name="bytes">[N, 3, H, W] bytes.</param>
    public static Tensor Of(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        var colours = bytes.to(ScalarType.Float64).unbind(1);
        return (0.299 * colours[0] + 0.587 * colours[1] + 0.114 * colours[2]).MoveToOuterDisposeScope();
    }
}
