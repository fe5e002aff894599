using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>
/// What each group norm of a decoder subtracted and divided by when a whole latent was decoded. With these numbers in place of its own a norm
/// is the same function of every pixel, so that a part of the latent can be decoded by itself.
/// </summary>
/// <param name="beside">The tensors belong to the scope that this one belongs to.</param>
public sealed class GroupStatistics(Tensor beside)
{
    private readonly Dictionary<GroupNorm2d, (Tensor Mean, Tensor Inverse)> _known = [];

    /// <summary>Whether norms are watched, which use their own numbers meanwhile; afterwards they use what was seen.</summary>
    public bool IsRecording { get; private set; } = true;

    /// <summary>Ends watching.</summary>
    public void Freeze() => IsRecording = false;

    /// <summary>Notes the numbers of a norm.</summary>
    /// <param name="norm">Whose they are.</param>
    /// <param name="mean">Means, [B, groups].</param>
    /// <param name="inverse">1 / √(variance + ε), [B, groups].</param>
    internal void Note(GroupNorm2d norm, Tensor mean, Tensor inverse) => _known[norm] = (mean.MoveToOtherDisposeScope(beside), inverse.MoveToOtherDisposeScope(beside));

    /// <summary>The numbers of a norm, [B, groups] each.</summary>
    /// <exception cref="InvalidOperationException">It was not met while these were recorded.</exception>
    internal (Tensor Mean, Tensor Inverse) Of(GroupNorm2d norm) =>
        _known.TryGetValue(norm, out var known) ? known : throw new InvalidOperationException("A norm has no recorded statistics: they are of another decoder.");
}
