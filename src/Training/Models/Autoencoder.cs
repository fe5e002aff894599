using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>What the loop needs of a VAE class: images [B, 3, H, W] in [-1, 1] to unscaled latents [B, C, H/f, W/f] and back.</summary>
public abstract class Autoencoder(string name) : nn.Module(name)
{
    /// <summary>The denoiser sees latents multiplied by this.</summary>
    public abstract double ScalingFactor { get; }

    /// <summary>Channels of a latent.</summary>
    public abstract int LatentChannels { get; }

    /// <summary>Pixels per latent cell, in each direction.</summary>
    public abstract int Compression { get; }

    /// <summary>Whether a decoding with gradient computes blocks twice to save memory (<see cref="Checkpointed"/>).</summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>Images to unscaled latents (the mode of the posterior where there is one).</summary>
    public abstract Tensor Encode(Tensor images);

    /// <summary>Unscaled latents to images, not clamped.</summary>
    public abstract Tensor Decode(Tensor latents);
}
