using System.Text.Json.Serialization;

namespace PixelPost.Training.Contracts;

/// <summary>The objectives, each for the latent and the pixel term.</summary>
public enum Objective
{
    /// <summary>Supervised fine-tuning, Eq. 1 (with the pixel term Eq. 3).</summary>
    Sft,

    /// <summary>Diffusion-DPO, Eq. 4.</summary>
    Dpo,

    /// <summary>SimPO, Eq. 5 (with the pixel term Eq. 7).</summary>
    [JsonStringEnumMemberName("simpo")]
    SimPo,

    /// <summary>IPO: DPO with a square instead of the logarithm, which stops pulling at a finite margin.</summary>
    Ipo,

    /// <summary>Diffusion-KTO: chosen images are desirable, rejected ones are not, each for itself.</summary>
    Kto,
}

/// <summary>What the pixel term compares.</summary>
public enum PixelTarget
{
    /// <summary>Both sides decoded at the current noise level, Eq. 2 and 6: the paper's method.</summary>
    Noisy,

    /// <summary>The decoded one-step estimate of the clean latent with the decoded clean latent, Eq. 8: the ablation that the paper rejects.</summary>
    Clean,

    /// <summary>Both sides of <see cref="Noisy"/> as latents, not decoded: the control that tells what decoding is worth.</summary>
    ReverseNoised,
}

/// <summary>How much of an image the pixel term decodes.</summary>
public enum PixelDecoding
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>
    /// Windows that are drawn anew for each batch, by the decoder with the norms' statistics of the true image: on average the same as that decoder's
    /// whole image. A decoder without norms is the same decoder up to <see cref="LoopSettings.PixelMargin"/>.
    /// </summary>
    Windows,

    /// <summary>Nothing: the decoder is taken for a linear map of latent differences, fitted before the first step. Nearly free, and only about right.</summary>
    Linear,
}

/// <summary>What stands for the pixel term in examples that are left out (<see cref="LoopSettings.PixelEvery"/>).</summary>
public enum PixelControlVariate
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The linear map of <see cref="PixelDecoding.Linear"/>, at next to no cost.</summary>
    Linear,

    /// <summary>The decoder that <see cref="LoopSettings.PixelDecoder"/> names, or else the one in the model's folder.</summary>
    Decoder,
}

/// <summary>How much of the pixel term's decoding is in memory at once. Losses and gradients are the same up to how sums are rounded.</summary>
public enum PixelAtOnce
{
    /// <summary>All images of a batch.</summary>
    Batch,

    /// <summary>One image: its gradient is taken before the next one is decoded.</summary>
    Image,

    /// <summary>One block of the decoder for one image; blocks are computed a second time in the backward pass.</summary>
    Block,
}

/// <summary>What β multiplies.</summary>
public enum BetaConvention
{
    /// <summary>Errors averaged over elements, as in diffusers.</summary>
    Mean,

    /// <summary>Errors summed over elements, as the papers write them.</summary>
    Sum,

    /// <summary>Half of errors averaged over elements, as in the DiffusionDPO code: 5000 there is 2500 of <see cref="Mean"/>.</summary>
    DiffusionDpo,
}

/// <summary>The arithmetics.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    [JsonStringEnumMemberName("float32")]
    Full,

    /// <summary>Matrix products and convolutions in bfloat16, on GPUs and on processors that have instructions for it.</summary>
    Bfloat16,
}

/// <summary>Shapes of the step size over a run.</summary>
public enum LearningRateSchedule
{
    /// <summary>The same to the end.</summary>
    Constant,

    /// <summary>Down in a straight line.</summary>
    Linear,

    /// <summary>Down along half a cosine.</summary>
    Cosine,
}

/// <summary>The optimizers.</summary>
public enum OptimizerKind
{
    /// <summary>Adam, weight decay added to the gradient.</summary>
    Adam,

    /// <summary>AdamW, decoupled weight decay.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Adafactor with factored second moments and no first, decoupled weight decay.</summary>
    Adafactor,
}
