using System.ComponentModel;

namespace PixelPost.Training.Contracts;

/// <summary>Every hyper-parameter of post-training: default, unit and meaning. Equations are those of arXiv 2409.17565.</summary>
/// <remarks>In the order in which people are shown them; a category goes on to the next one.</remarks>
public sealed record LoopSettings
{
    /// <summary>The objective of the latent term: Eq. 1, 4 or 5, IPO or KTO.</summary>
    [Category("Objective")]
    public Objective Objective { get; init; } = Objective.SimPo;

    /// <summary>The objective of the pixel term, where it is to be another: Table 6 mixes DPO in latents with SimPO in pixels. Left out, it is <see cref="Objective"/>.</summary>
    public Objective? PixelObjective { get; init; }

    /// <summary>Weight of the latent term; 0 leaves the pixel term alone.</summary>
    public double LatentWeight { get; init; } = 1;

    /// <summary>λ of Eq. 3 or μ of Eq. 7: weight of the pixel-space term; 0 switches it off.</summary>
    public double PixelWeight { get; init; }

    /// <summary>
    /// Length of the pixel term's gradient as a share of the latent term's, at the start: the weight that gives it takes the place of <see cref="PixelWeight"/>, which then
    /// only has to be more than 0. 0 takes the weight as it is.
    /// </summary>
    public double PixelShare { get; init; }

    /// <summary>What the pixel term compares: both sides decoded at the noise level (Eq. 2), clean images (Eq. 8), or, as a control, the former without decoding.</summary>
    public PixelTarget PixelTarget { get; init; }

    /// <summary>
    /// By how much an error counts more where it is fine: the power of its frequency that it is weighted by, in the spectrum of the images' difference; 0 for all frequencies alike.
    /// The weights are 1 on average.
    /// </summary>
    public double PixelFrequency { get; init; }

    /// <summary>
    /// Stages of the decoder, from the latent's side, whose features the pixel term compares in place of pixels, each channel in units of its deviation over the true image: a perceptual error, and cheaper the
    /// fewer they are. 0 compares pixels.
    /// </summary>
    public int PixelFeatures { get; init; }

    /// <summary>
    /// Folder of another decoder that the pixel term uses: a smaller one for the same latents, as <c>distill-decoder</c> makes it. Absolute or relative to the
    /// job's folder; left empty, it is the model's own. With <see cref="PixelControlVariate"/> <c>decoder</c> it stands in where the model's own is left out.
    /// </summary>
    public string PixelDecoder { get; init; } = "";

    /// <summary>β of Eq. 4 and 5, and of IPO and KTO, on latent errors, read as <see cref="BetaConvention"/> says. Only comparable at equal latent size and convention.</summary>
    public double Beta { get; init; } = 500;

    /// <summary>β of the pixel term (Eq. 6), read as <see cref="BetaConvention"/> says. Never taken over from <see cref="Beta"/>.</summary>
    public double PixelBeta { get; init; } = 500;

    /// <summary>What <see cref="Beta"/> and <see cref="PixelBeta"/> multiply: mean errors, summed errors, or half of mean errors as in the DiffusionDPO code.</summary>
    public BetaConvention BetaConvention { get; init; }

    /// <summary>Margin γ of SimPO: −log σ(−β·gap − γ).</summary>
    public double Gamma { get; init; }

    /// <summary>KTO's weight of chosen images.</summary>
    public double DesirableWeight { get; init; } = 1;

    /// <summary>KTO's weight of rejected images.</summary>
    public double UndesirableWeight { get; init; } = 1;

    /// <summary>γ of min-SNR weighting: latent errors of timesteps whose signal-to-noise ratio is above it count for less; 5 is usual, 0 switches it off.</summary>
    public double MinSnrGamma { get; init; }

    /// <summary>Probability of training a sample without its caption, which keeps classifier-free guidance working.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>
    /// What the pixel term may cost, as a share of the time of passes without it: <see cref="PixelEvery"/>, <see cref="PixelBelow"/> and <see cref="PixelAtOnce"/> are then chosen by measurement before
    /// the first step, and whether there is time for a <see cref="PixelControlVariate"/>; 0.1 for a tenth more. 0 takes them as they are.
    /// </summary>
    [Category("Cost of the pixel term")]
    public double PixelBudget { get; init; }

    /// <summary>Examples of which one has the pixel term, which then counts as often: the same on average, and cheaper.</summary>
    public int PixelEvery { get; init; } = 1;

    /// <summary>Share of the noise schedule, from its clean end, in which examples have the pixel term: where there is more noise an estimate is blurred, and its pixels tell little.</summary>
    public double PixelBelow { get; init; } = 1;

    /// <summary>
    /// What stands for the pixel term in every example below the gate, and is taken off again, as often as it counts, where one is decoded: a control variate. The same on average, with less left to chance.
    /// <c>linear</c> is the map of <see cref="PixelDecoding.Linear"/>, at next to no cost; <c>decoder</c> the decoder that <see cref="PixelDecoder"/> names, or else the one in the folder pixel_decoder of the model.
    /// Left out, it is <c>none</c>, and with <see cref="PixelBudget"/> whichever leaves least to chance for what it costs.
    /// </summary>
    public PixelControlVariate? PixelControlVariate { get; init; }

    /// <summary>Whether the pixel term decodes whole images, windows of them, or takes the decoder for a linear map of latent differences that is fitted first and costs next to nothing.</summary>
    public PixelDecoding PixelDecoding { get; init; }

    /// <summary>Side of a window, in cells of the latent.</summary>
    public int PixelWindow { get; init; } = 8;

    /// <summary>Windows in each batch, the same ones in all its images.</summary>
    public int PixelWindows { get; init; } = 1;

    /// <summary>Cells around a window that are decoded too, so that its pixels have what they depend on.</summary>
    public int PixelMargin { get; init; } = 4;

    /// <summary>How much of the pixel term's decoding is in memory at once: all images of a batch, one image, or one block of the decoder for one image.</summary>
    public PixelAtOnce PixelAtOnce { get; init; }

    /// <summary>Optimizer steps.</summary>
    [Category("Data and length")]
    public int Steps { get; init; } = 300;

    /// <summary>Preference pairs, or images (SFT), per micro-step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Micro-steps whose gradients are averaged before one optimizer step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Images keep about their shape: both sides become multiples of this many pixels, with the area the model is made for, and a batch has images of one shape. 0 cuts squares.</summary>
    public int BucketStep { get; init; }

    /// <summary>Share of the pairs kept out of training to measure implicit accuracy on, whole prompts at a time; not used by SFT.</summary>
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Seed of the one generator that every random draw comes from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Step size of the optimizer after warm-up.</summary>
    [Category("Optimizer")]
    public double LearningRate { get; init; } = 1e-5;

    /// <summary>Linear warm-up from 0 to <see cref="LearningRate"/>, in optimizer steps.</summary>
    public int WarmupSteps { get; init; } = 10;

    /// <summary>How the step size goes on after warm-up.</summary>
    public LearningRateSchedule LrSchedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Share of <see cref="LearningRate"/> that a linear or cosine schedule ends with.</summary>
    public double LrFinal { get; init; }

    /// <summary>Adam with L2 in the gradient (the paper), AdamW with decoupled decay, or Adafactor, which needs next to no memory.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>Weight decay; the paper's value by default.</summary>
    public double WeightDecay { get; init; } = 5e-6;

    /// <summary>Adam's decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gradient norm above which gradients are scaled down; 0 switches clipping off.</summary>
    public double GradClip { get; init; } = 1.0;

    /// <summary>Images, both of a pair counted, after which a weight counts half in the moving average that is measured and saved; 0 switches it off. A decay of 0.999 a step with 8 images a step is 5,542 images.</summary>
    public double EmaHalfLife { get; init; }

    /// <summary>Rank of the low-rank matrices that are trained in place of the weights (LoRA): less memory, and no second model for DPO; 0 trains all weights.</summary>
    [Category("LoRA")]
    public int LoraRank { get; init; }

    /// <summary>The matrices' product counts <c>lora_alpha</c> / <see cref="LoraRank"/> times; 0 takes the rank, so once.</summary>
    public double LoraAlpha { get; init; }

    /// <summary>Layers with low-rank matrices: names, or ends of names, separated by commas; the attention projections by default.</summary>
    public string LoraTargets { get; init; } = "to_q,to_k,to_v,to_out.0";

    /// <summary>Whether blocks are computed a second time in the backward pass instead of being kept: much less memory, about a third more time, the same gradients up to their last bit.</summary>
    [Category("Memory and precision")]
    public bool GradientCheckpointing { get; init; }

    /// <summary>Arithmetic of the networks' forward passes; losses, weights, gradients and moments are float32 always.</summary>
    public Precision Precision { get; init; } = Precision.Full;

    /// <summary>Whether a GPU multiplies float32 numbers with 10 bits of mantissa, several times as fast; without meaning on the CPU.</summary>
    public bool Tf32 { get; init; } = true;

    /// <summary>Optimizer steps between two measurements on the held-out pairs; the first step, the last and every checkpoint always make one.</summary>
    [Category("Reports and checkpoints")]
    public int EvaluateEvery { get; init; } = 50;

    /// <summary>Optimizer steps between two lines of metrics.jsonl.</summary>
    public int LogEvery { get; init; } = 1;

    /// <summary>Optimizer steps between two checkpoints; the last step always makes one.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>How many of the last checkpoints are kept; the one with the best held-out accuracy is kept besides. 0 keeps all.</summary>
    public int KeepCheckpoints { get; init; } = 5;

    /// <summary>Optimizer steps between two sets of preview images; the last step always makes one. 0 draws none.</summary>
    public int PreviewEvery { get; init; }

    /// <summary>Preview images in a set: of as many prompts of the data, the held-out ones first.</summary>
    public int Previews { get; init; } = 4;

    /// <summary>Whether a term compares with the model that training began with, of which a second copy is then held.</summary>
    public bool NeedsReference() =>
        (LatentWeight > 0 && NeedsReference(Objective)) || (PixelWeight > 0 && NeedsReference(PixelObjective ?? Objective));

    /// <summary>Whether an objective compares with the model that training began with.</summary>
    public static bool NeedsReference(Objective objective) => objective is Objective.Dpo or Objective.Ipo or Objective.Kto;

    /// <summary>What a β stands for as a multiplier of mean errors without ½, as <c>Losses</c> takes it.</summary>
    /// <param name="beta"><see cref="Beta"/> or <see cref="PixelBeta"/>.</param>
    /// <param name="elements">Elements that an error is over: of a latent, or of an image.</param>
    public double BetaOfMeans(double beta, long elements) => BetaConvention switch
    {
        BetaConvention.Sum => beta * elements,
        BetaConvention.DiffusionDpo => beta / 2,
        _ => beta,
    };

    /// <summary>How the two β are to be read, in a sentence; printed with every run.</summary>
    public string BetaMeaning() => BetaConvention switch
    {
        BetaConvention.Sum => "β multiplies errors summed over the elements of a latent (pixel_beta: of an image), as the paper writes them; where errors are averaged, β is larger by the number of elements.",
        BetaConvention.DiffusionDpo => "β multiplies half of the errors averaged over the elements of a latent (pixel_beta: of an image), as in the DiffusionDPO code; in the convention 'mean' it is half as large.",
        _ => "β multiplies errors averaged over the elements of a latent (pixel_beta: of an image), without the factor ½ of the DiffusionDPO code, whose β 5000 is 2500 here; where errors are summed, β is smaller by the number of elements.",
    };

    /// <summary>How decoded, for people.</summary>
    internal static string InWords(PixelAtOnce atOnce) => atOnce switch
    {
        PixelAtOnce.Image => "image by image",
        PixelAtOnce.Block => "block by block",
        _ => "all at once",
    };

    /// <summary>Images that one optimizer step learns from, both of a pair counted.</summary>
    internal int ImagesPerStep => BatchSize * Accumulation * (Objective == Objective.Sft ? 1 : 2);

    /// <summary>Whether the pixel term needs the linear map that is fitted before the first step.</summary>
    internal bool NeedsLinearMap => PixelWeight > 0 && (PixelDecoding == PixelDecoding.Linear || ChoosesControlVariate || ((PixelEvery > 1 || PixelBudget > 0) && PixelControlVariate == Contracts.PixelControlVariate.Linear));

    /// <summary>Whether it is to be measured what stands in for the decoder.</summary>
    internal bool ChoosesControlVariate => PixelControlVariate is null && PixelWeight > 0 && PixelBudget > 0 && HasPlainErrors;

    /// <summary>Whether errors are such as a control variate has too: of decoded pixels, all frequencies alike.</summary>
    internal bool HasPlainErrors => PixelDecoding != PixelDecoding.Linear && PixelTarget != PixelTarget.ReverseNoised && PixelFrequency == 0 && PixelFeatures == 0;

    /// <summary><see cref="LoraTargets"/>, one by one.</summary>
    internal IReadOnlyList<string> LoraTargetNames => LoraTargets.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What makes these settings unusable, one sentence each; empty when they are fine.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        void Require(bool holds, string key, object value, string rule)
        {
            if (!holds) faults.Add(FormattableString.Invariant($"training.{key} is {value}; it must be {rule}."));
        }

        Require(LatentWeight >= 0, "latent_weight", LatentWeight, "0 or more");
        Require(PixelWeight >= 0, "pixel_weight", PixelWeight, "0 or more");
        Require(PixelFrequency is >= 0 and <= 4, "pixel_frequency", PixelFrequency, "from 0 to 4");
        Require(PixelFeatures >= 0, "pixel_features", PixelFeatures, "0 or more");
        Require(PixelShare >= 0, "pixel_share", PixelShare, "0 or more");
        Require(PixelBudget is 0 or >= 0.001, "pixel_budget", PixelBudget, "0, or 0.001 or more");
        Require(PixelEvery >= 1, "pixel_every", PixelEvery, "1 or more");
        Require(PixelBelow is > 0 and <= 1, "pixel_below", PixelBelow, "more than 0 and at most 1");
        Require(PixelWindow >= 1, "pixel_window", PixelWindow, "1 or more");
        Require(PixelWindows >= 1, "pixel_windows", PixelWindows, "1 or more");
        Require(PixelMargin >= 0, "pixel_margin", PixelMargin, "0 or more");
        if (LatentWeight == 0 && PixelWeight > 0 && (PixelEvery > 1 || PixelBelow < 1))
            faults.Add("training.latent_weight is 0, so that every step and every example needs the pixel term: pixel_every and pixel_below must be 1.");
        if (PixelWeight == 0 && (PixelBudget > 0 || PixelShare > 0))
            faults.Add("training.pixel_budget and training.pixel_share are about a pixel term, and pixel_weight 0 switches it off: it must be more than 0.");
        if (LatentWeight == 0 && (PixelBudget > 0 || PixelShare > 0))
            faults.Add("training.latent_weight is 0, and pixel_budget and pixel_share compare with a latent term: both must be 0.");
        if (PixelBudget > 0 && (PixelEvery > 1 || PixelBelow < 1))
            faults.Add("training.pixel_budget chooses pixel_every and pixel_below: leave them at 1, or pixel_budget at 0.");
        if (PixelDecoding != PixelDecoding.Whole && PixelTarget == PixelTarget.ReverseNoised)
            faults.Add($"training.pixel_decoding is {PixelDecoding.ToString().ToLowerInvariant()}, and pixel_target reverse_noised decodes nothing: leave one of them as it is.");
        if (PixelFrequency > 0 && PixelFeatures > 0)
            faults.Add("training.pixel_frequency weights errors of pixels, and pixel_features compares none: one of them must be 0.");
        if ((PixelFrequency > 0 || PixelFeatures > 0) && (PixelDecoding != PixelDecoding.Whole || PixelTarget == PixelTarget.ReverseNoised))
            faults.Add("training.pixel_frequency and training.pixel_features need whole decodings: with them pixel_decoding is whole, and pixel_target noisy or clean.");
        if (PixelControlVariate is { } control and not Contracts.PixelControlVariate.None && !HasPlainErrors)
            faults.Add($"training.pixel_control_variate is {control.ToString().ToLowerInvariant()}, which stands in for errors of decoded pixels: with it pixel_decoding is whole or windows, pixel_target noisy or clean, pixel_frequency 0 and pixel_features 0.");
        if (LatentWeight == 0 && PixelWeight == 0) faults.Add("training.latent_weight and training.pixel_weight are both 0; one of them must be more.");
        if (PixelObjective is { } inPixels && inPixels == Objective.Sft != (Objective == Objective.Sft))
            faults.Add("training.pixel_objective and training.objective learn from different data: sft from captioned images, the others from pairs; both or neither must be sft.");
        Require(MinSnrGamma >= 0, "min_snr_gamma", MinSnrGamma, "0 or more");
        Require(LoraRank >= 0, "lora_rank", LoraRank, "0 or more");
        Require(LoraAlpha >= 0, "lora_alpha", LoraAlpha, "0 or more");
        Require(LoraTargetNames.Count > 0, "lora_targets", "empty", "names of layers, such as to_q,to_v");
        Require(Steps >= 1, "steps", Steps, "1 or more");
        Require(BatchSize >= 1, "batch_size", BatchSize, "1 or more");
        Require(Accumulation >= 1, "accumulation", Accumulation, "1 or more");
        Require(LearningRate > 0, "learning_rate", LearningRate, "more than 0");
        Require(WarmupSteps >= 0, "warmup_steps", WarmupSteps, "0 or more");
        Require(LrFinal is >= 0 and <= 1, "lr_final", LrFinal, "0 to 1");
        Require(WeightDecay >= 0, "weight_decay", WeightDecay, "0 or more");
        Require(Beta1 is >= 0 and < 1, "beta1", Beta1, "at least 0 and below 1");
        Require(Beta2 is >= 0 and < 1, "beta2", Beta2, "at least 0 and below 1");
        Require(GradClip >= 0, "grad_clip", GradClip, "0 or more");
        Require(EmaHalfLife >= 0, "ema_half_life", EmaHalfLife, "0 or more");
        Require(Beta > 0, "beta", Beta, "more than 0");
        Require(PixelBeta > 0, "pixel_beta", PixelBeta, "more than 0");
        Require(Gamma >= 0, "gamma", Gamma, "0 or more");
        Require(DesirableWeight > 0, "desirable_weight", DesirableWeight, "more than 0");
        Require(UndesirableWeight > 0, "undesirable_weight", UndesirableWeight, "more than 0");
        Require(CaptionDropout is >= 0 and < 1, "caption_dropout", CaptionDropout, "at least 0 and below 1");
        Require(HoldOut is >= 0 and < 1, "hold_out", HoldOut, "at least 0 and below 1");
        Require(EvaluateEvery >= 1, "evaluate_every", EvaluateEvery, "1 or more");
        Require(LogEvery >= 1, "log_every", LogEvery, "1 or more");
        Require(CheckpointEvery >= 1, "checkpoint_every", CheckpointEvery, "1 or more");
        Require(KeepCheckpoints >= 0, "keep_checkpoints", KeepCheckpoints, "0 or more");
        Require(PreviewEvery >= 0, "preview_every", PreviewEvery, "0 or more");
        Require(Previews >= 1, "previews", Previews, "1 or more");
        Require(BucketStep >= 0, "bucket_step", BucketStep, "0 or more");
        Require(Seed >= 0, "seed", Seed, "0 or more");
        return faults;
    }
}
