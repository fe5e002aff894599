using static TorchSharp.torch;

namespace PixelPost.Training.Verification;

/// <summary>One tensor against what other software computed.</summary>
/// <param name="Name">Its name in the file of expected values.</param>
/// <param name="LargestDifference">Largest absolute difference of an element, of a gradient as a share of its largest; infinite for another shape or a number that is none.</param>
/// <param name="OfAllowed">Worst difference as a multiple of what is allowed for its element.</param>
public sealed record TensorCheck(string Name, double LargestDifference, double OfAllowed)
{
    /// <summary>Whether every element is within tolerance.</summary>
    public bool Passed => OfAllowed <= 1;

    /// <summary>Compares a gradient, which may be small all over: the absolute part of the tolerance, too, is relative to its largest element.</summary>
    public static TensorCheck OfGradient(string name, Tensor expected, Tensor actual, double atol = 1e-5, double rtol = 1e-3)
    {
        using var scope = NewDisposeScope();
        var (e, a) = (expected.cpu().to(float64), actual.detach().cpu().to(float64));
        var scale = e.abs().max();
        return Of(name, e / scale, a / scale, rtol, atol);
    }

    /// <summary>Compares in float64. Allowed is rtol · |expected| + atol · max(1, largest |expected|), by element.</summary>
    public static TensorCheck Of(string name, Tensor expected, Tensor actual, double rtol = 1e-4, double atol = 1e-5)
    {
        using var scope = NewDisposeScope();
        if (!expected.shape.SequenceEqual(actual.shape)) return new(name, double.PositiveInfinity, double.PositiveInfinity);
        var (e, a) = (expected.cpu().to(float64), actual.detach().cpu().to(float64));
        var difference = (e - a).abs();
        var allowed = e.abs() * rtol + atol * Math.Max(1, e.abs().max().item<double>());
        var (largest, ofAllowed) = (difference.max().item<double>(), (difference / allowed).max().item<double>());
        return double.IsFinite(largest) ? new(name, largest, ofAllowed) : new(name, double.PositiveInfinity, double.PositiveInfinity);
    }
}
