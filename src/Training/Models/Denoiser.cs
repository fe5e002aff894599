using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>What the loop needs of a denoiser class.</summary>
public abstract class Denoiser(string name) : nn.Module(name)
{
    /// <summary>Channels of a latent.</summary>
    public abstract int LatentChannels { get; }

    /// <summary>Side of a latent it was made for.</summary>
    public abstract int SampleSize { get; }

    /// <summary>The network's prediction (noise, unless its scheduler says otherwise), without a learnt variance.</summary>
    /// <param name="noisyLatents">[B, C, H, W], scaled.</param>
    /// <param name="timesteps">[B], training timesteps.</param>
    /// <param name="encoderHiddenStates">[B, S, channels] of the text encoder.</param>
    /// <returns>[B, C, H, W].</returns>
    public abstract Tensor Predict(Tensor noisyLatents, Tensor timesteps, Tensor encoderHiddenStates);
}
