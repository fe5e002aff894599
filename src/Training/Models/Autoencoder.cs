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

    /// <summary>Stages of the decoder, each of twice the size of the one before it.</summary>
    public abstract int Stages { get; }

    /// <summary>What the residual blocks of the decoder's first stages give, and nothing of the stages behind them.</summary>
    /// <param name="latents">Unscaled, [B, C, h, w].</param>
    /// <param name="stages">From 1 to <see cref="Stages"/>, coarsest first.</param>
    /// <returns>By stage [B, C, h · 2ⁱ, w · 2ⁱ].</returns>
    public abstract IReadOnlyList<Tensor> DecodeFeatures(Tensor latents, int stages);

    /// <summary>Cells around a window that its pixels depend on by convolutions: with such a margin a window is decoded as in the whole, to rounding.</summary>
    public abstract int Reach { get; }

    /// <summary>Whether pixels depend on statistics of the whole image, so that windows need those of <see cref="DecodeWatched"/>.</summary>
    public abstract bool HasNorms { get; }

    /// <summary>Like <see cref="Decode"/>, with what the norms met, in the scope of <paramref name="latents"/>; null for a decoder without norms.</summary>
    public abstract (Tensor Images, GroupStatistics? Statistics) DecodeWatched(Tensor latents);

    /// <summary>Parts of an image, without decoding the rest of it.</summary>
    /// <param name="latents">Unscaled, [B, C, h, w], whole.</param>
    /// <param name="windows">Which parts.</param>
    /// <param name="margin">Cells around each that are decoded too and thrown away; <see cref="Reach"/> makes it exact.</param>
    /// <param name="statistics">For the norms, of the whole image or of one like it; null where there are no norms.</param>
    /// <returns>By window [B, 3, height · f, width · f].</returns>
    public abstract IReadOnlyList<Tensor> DecodeWindows(Tensor latents, IReadOnlyList<LatentWindow> windows, int margin, GroupStatistics? statistics);

    /// <summary>The reach of convolutions of 3 × 3 with doublings between them.</summary>
    /// <param name="convolutions">Their number at each size, finest first.</param>
    private protected static int Reached(IReadOnlyList<int> convolutions)
    {
        var pixels = convolutions[0];
        foreach (var count in convolutions.Skip(1))
            pixels = (pixels + 1) / 2 + count; // of a coarser pixel a part is enough to need it
        return pixels;
    }
}
