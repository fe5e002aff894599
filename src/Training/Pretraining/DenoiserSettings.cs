using System.Text.Json.Serialization;

namespace PixelPost.Training.Pretraining;

/// <summary>Settings of <c>pretrain denoiser</c>.</summary>
public sealed record DenoiserSettings
{
    /// <summary>Side of a training image, in pixels.</summary>
    public int ImageSize { get; init; } = 128;

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 16_000;

    /// <summary>Peak step size; linear warm-up over 300 steps, then cosine to a hundredth.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>What kind of denoiser: a transformer with a text encoder trained along, or a U-Net on the text encoder of the folder, which begins with the U-Net that may be there.</summary>
    public PretrainedNetwork Network { get; init; }

    /// <summary>The U-Net: channels of its finer stage, a multiple of 32.</summary>
    public int UnetWidth { get; init; } = 64;

    /// <summary>The U-Net: channels of its coarser stage, a multiple of 32.</summary>
    public int UnetInnerWidth { get; init; } = 160;

    /// <summary>The U-Net: residual blocks of a stage on the way down.</summary>
    public int UnetLayers { get; init; } = 1;

    /// <summary>Transformer blocks.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Attention heads of 64 channels.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Layers of the text encoder, which is trained along.</summary>
    public int TextLayers { get; init; } = 3;

    /// <summary>Channels of the text encoder.</summary>
    public int TextWidth { get; init; } = 192;

    /// <summary>Longest prompt, in tokens.</summary>
    public int MaxTokens { get; init; } = 24;

    /// <summary>Merges of the vocabulary.</summary>
    public int Merges { get; init; } = 1200;

    /// <summary>Probability of training without the caption, for classifier-free guidance.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>γ of min-SNR weighting, which holds back the least noisy timesteps (Hang et al. 2023, arXiv 2303.09556).</summary>
    public double MinSnrGamma { get; init; } = 5;

    /// <summary>Decay of the weights' moving average, which is what is saved.</summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Matrix products in bfloat16: about twice as fast on processors that have instructions for it, slower on others.</summary>
    public bool Bfloat16 { get; init; }

    /// <summary>Seed of every random draw.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>The denoisers that can be trained from random weights.</summary>
public enum PretrainedNetwork
{
    /// <summary>PixArt's transformer, and a text encoder with it.</summary>
    Transformer,

    /// <summary>Stable Diffusion's U-Net, on a text encoder that is there already and stays as it is.</summary>
    [JsonStringEnumMemberName("unet")]
    UNet,
}
