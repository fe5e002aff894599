using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>What the loop needs of a denoiser class.</summary>
public abstract class Denoiser(string name) : nn.Module(name)
{
    /// <summary>Channels of a latent.</summary>
    public abstract int LatentChannels { get; }

    /// <summary>Side of a latent it was made for.</summary>
    public abstract int SampleSize { get; }

    /// <summary>What the sides of a latent must be multiples of.</summary>
    public virtual int SideMultiple => 1;

    /// <summary>Whether it takes latents of other shapes than the square it was made for.</summary>
    public virtual bool TakesAnyShape => true;

    /// <summary>Whether training computes blocks twice to save memory (<see cref="Checkpointed"/>).</summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>The network's prediction (noise, unless its scheduler says otherwise), without a learnt variance.</summary>
    /// <param name="noisyLatents">[B, C, H, W], scaled.</param>
    /// <param name="timesteps">[B], training timesteps.</param>
    /// <param name="conditioning">What it is told of each sample, as its kind needs it.</param>
    /// <returns>[B, C, H, W].</returns>
    /// <exception cref="ArgumentException">Something that this kind of model must be told is missing.</exception>
    public abstract Tensor Predict(Tensor noisyLatents, Tensor timesteps, Conditioning conditioning);

    /// <summary>A part of a conditioning that this kind of model cannot do without.</summary>
    private protected Tensor Needed(Tensor? part, string name) =>
        part ?? throw new ArgumentException($"{GetName()} must be told {name}, and the conditioning has none.", nameof(part));
}
