using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>Gradients of pixel errors for a network's output, and how alike two of them are.</summary>
internal static class PixelGradients
{
    /// <summary>Errors [B], and of each the gradient for the network's output, [B, C, h, w].</summary>
    /// <param name="output">Of the network, [B, C, h, w].</param>
    /// <param name="errors">To [B], each of its own image alone.</param>
    public static (Tensor Loss, Tensor Gradient) Of(Tensor output, Func<Tensor, Tensor> errors)
    {
        using var scope = NewDisposeScope();
        var leaf = output.detach().clone().requires_grad_();
        var loss = errors(leaf);
        loss.sum().backward();
        return (loss.detach().MoveToOuterDisposeScope(), leaf.grad!.MoveToOuterDisposeScope());
    }

    /// <summary>Cosine of the angle between gradients, and ratio of their lengths, of each example.</summary>
    /// <param name="gradient">[B, C, h, w].</param>
    /// <param name="exact">[B, C, h, w].</param>
    public static (IReadOnlyList<float> Cosines, IReadOnlyList<float> Ratios) Compare(Tensor gradient, Tensor exact)
    {
        using var scope = NewDisposeScope();
        var (length, ofExact) = (gradient.square().sum([1, 2, 3]).sqrt(), exact.square().sum([1, 2, 3]).sqrt());
        return ([.. ((gradient * exact).sum([1, 2, 3]) / (length * ofExact)).cpu().data<float>()], [.. (length / ofExact).cpu().data<float>()]);
    }
}
