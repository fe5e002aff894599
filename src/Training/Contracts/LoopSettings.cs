using System.Text.Json.Serialization;

namespace PixelPost.Training.Contracts;

/// <summary>Every hyper-parameter of post-training: default, unit and meaning. Equations are those of arXiv 2409.17565.</summary>
public sealed record LoopSettings
{
    /// <summary>How <see cref="Beta"/> and <see cref="PixelBeta"/> are to be read; printed with every run.</summary>
    public const string BetaConvention =
        "β multiplies errors averaged over the elements of a latent (pixel_beta: of an image), without the factor ½ of the DiffusionDPO code, whose β 5000 is 2500 here; where errors are summed, β is smaller by the number of elements.";

    /// <summary>The latent objective: Eq. 1, 4 or 5.</summary>
    public Objective Objective { get; init; } = Objective.SimPo;

    /// <summary>λ of Eq. 3 or μ of Eq. 7: weight of the pixel-space term; 0 switches it off.</summary>
    public double PixelWeight { get; init; }

    /// <summary>Rank of the low-rank matrices that are trained in place of the weights (LoRA): less memory, and no second model for DPO; 0 trains all weights.</summary>
    public int LoraRank { get; init; }

    /// <summary>The matrices' product counts <c>lora_alpha</c> / <see cref="LoraRank"/> times; 0 takes the rank, so once.</summary>
    public double LoraAlpha { get; init; }

    /// <summary>Layers with low-rank matrices: names, or ends of names, separated by commas; the attention projections by default.</summary>
    public string LoraTargets { get; init; } = "to_q,to_k,to_v,to_out.0";

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Pairs (DPO, SimPO) or images (SFT) per micro-step.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Micro-steps whose gradients are averaged before one optimizer step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Step size of the optimizer after warm-up.</summary>
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

    /// <summary>β of Eq. 4 and 5, for errors averaged (not summed) over the elements of a latent. Only comparable at equal latent size and convention.</summary>
    public double Beta { get; init; } = 500;

    /// <summary>β of Eq. 6, for errors averaged over the elements of an image. Never taken over from <see cref="Beta"/>.</summary>
    public double PixelBeta { get; init; } = 500;

    /// <summary>Margin γ of SimPO: −log σ(−β·gap − γ).</summary>
    public double Gamma { get; init; }

    /// <summary>Probability of training a sample without its caption, which keeps classifier-free guidance working.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>Share of the pairs kept out of training to measure implicit accuracy on, whole prompts at a time; not used by SFT.</summary>
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Optimizer steps between two measurements on the held-out pairs; the first step, the last and every checkpoint always make one.</summary>
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

    /// <summary>Seed of the one generator that every random draw comes from.</summary>
    public long Seed { get; init; } = 1;

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

        Require(PixelWeight >= 0, "pixel_weight", PixelWeight, "0 or more");
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
        Require(CaptionDropout is >= 0 and < 1, "caption_dropout", CaptionDropout, "at least 0 and below 1");
        Require(HoldOut is >= 0 and < 1, "hold_out", HoldOut, "at least 0 and below 1");
        Require(EvaluateEvery >= 1, "evaluate_every", EvaluateEvery, "1 or more");
        Require(LogEvery >= 1, "log_every", LogEvery, "1 or more");
        Require(CheckpointEvery >= 1, "checkpoint_every", CheckpointEvery, "1 or more");
        Require(KeepCheckpoints >= 0, "keep_checkpoints", KeepCheckpoints, "0 or more");
        Require(PreviewEvery >= 0, "preview_every", PreviewEvery, "0 or more");
        Require(Previews >= 1, "previews", Previews, "1 or more");
        Require(Seed >= 0, "seed", Seed, "0 or more");
        return faults;
    }
}

/// <summary>The latent objectives.</summary>
public enum Objective
{
    /// <summary>Supervised fine-tuning, Eq. 1 (with the pixel term Eq. 3).</summary>
    Sft,

    /// <summary>Diffusion-DPO, Eq. 4.</summary>
    Dpo,

    /// <summary>SimPO, Eq. 5 (with the pixel term Eq. 7).</summary>
    [JsonStringEnumMemberName("simpo")]
    SimPo,
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
