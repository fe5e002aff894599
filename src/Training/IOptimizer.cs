using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>Moves weights against their gradients.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>Scales the gradients so that their joint norm is at most <paramref name="maxNorm"/>; returns the norm before.</summary>
    /// <param name="maxNorm">0 only measures.</param>
    double ClipGradients(double maxNorm);

    /// <summary>One update of every weight, then clears the gradients.</summary>
    /// <param name="learningRate">Step size.</param>
    void Step(double learningRate);

    /// <summary>What it remembers from step to step, under names that <see cref="Load"/> reads; the live tensors, not copies.</summary>
    Dictionary<string, Tensor> State();

    /// <summary>Sets what it remembers from <see cref="State"/>.</summary>
    void Load(IReadOnlyDictionary<string, Tensor> state);
}

/// <summary>The gradients of weights.</summary>
internal static class Gradients
{
    /// <summary>One for each weight. A weight the loss does not reach still decays, in PyTorch only if it has a gradient: here every weight gets one.</summary>
    public static Tensor[] Of(IEnumerable<Tensor> weights) => [.. weights.Select(w => w.grad ?? zeros_like(w, requires_grad: false))];

    /// <inheritdoc cref="IOptimizer.ClipGradients"/>
    public static double Clip(IEnumerable<Tensor> weights, double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var gradients = Of(weights);
        var norm = stack(gradients.Select(g => g.norm())).norm().item<float>();
        if (maxNorm > 0 && norm > maxNorm)
            foreach (var gradient in gradients) gradient.mul_(maxNorm / (norm + 1e-6));
        return norm;
    }
}
