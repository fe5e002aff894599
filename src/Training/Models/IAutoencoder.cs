using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>What the loop needs of a VAE class: images [B, 3, H, W] in [-1, 1] to unscaled latents [B, C, H/f, W/f] and back.</summary>
public interface IAutoencoder
{
    /// <summary>The denoiser sees latents multiplied by this.</summary>
    double ScalingFactor { get; }

    /// <summary>Channels of a latent.</summary>
    int LatentChannels { get; }

    /// <summary>Pixels per latent cell, in each direction.</summary>
    int Compression { get; }

    /// <summary>Images to unscaled latents (the mode of the posterior where there is one).</summary>
    Tensor Encode(Tensor images);

    /// <summary>Unscaled latents to images, not clamped.</summary>
    Tensor Decode(Tensor latents);
}
