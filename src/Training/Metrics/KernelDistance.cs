using static TorchSharp.torch;

namespace PixelPost.Training.Metrics;

/// <summary>
/// How far apart two sets of pictures are in a feature space: the unbiased squared maximum mean discrepancy with the polynomial kernel
/// k(x, y) = (xᵀy / d + 1)³. It is the formula of the kernel inception distance; under that name it is only comparable with
/// other numbers where the features are those of the same Inception network.
/// </summary>
/// <remarks>Bińkowski et al. (2018), arXiv 1801.01401, section 3; the estimator is Gretton et al. (2012), JMLR 13, Eq. 3.</remarks>
public static class KernelDistance
{
    /// <summary>Estimate from samples; about 0, and as often below as above, where both come from one distribution.</summary>
    /// <param name="first">[M, d] features, M ≥ 2.</param>
    /// <param name="second">[N, d] features, N ≥ 2.</param>
    public static double Between(Tensor first, Tensor second)
    {
        if (first.shape[0] < 2 || second.shape[0] < 2) throw new ArgumentException($"There are {first.shape[0]} and {second.shape[0]} pictures; both sets need two.");
        using var scope = NewDisposeScope();
        var (x, y) = (first.to(ScalarType.Float64), second.to(ScalarType.Float64));
        return WithoutDiagonal(Kernel(x, x)) + WithoutDiagonal(Kernel(y, y)) - 2 * Kernel(x, y).mean().item<double>();
    }

    private static Tensor Kernel(Tensor x, Tensor y) => (mm(x, y.t()) / x.shape[1] + 1).pow(3);

    private static double WithoutDiagonal(Tensor kernel)
    {
        var n = kernel.shape[0];
        return ((kernel.sum() - kernel.diagonal().sum()) / (n * (n - 1))).item<double>();
    }
}
