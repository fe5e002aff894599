using System.Text.Json.Serialization;

namespace PixelPost.Training.Contracts;

/// <summary>Every hyper-parameter of post-training: default, unit and meaning. Equations are those of arXiv 2409.17565.</summary>
public sealed record LoopSettings
{
    /// <summary>The latent objective: Eq. 1, 4 or 5.</summary>
    public Objective Objective { get; init; } = Objective.SimPo;

    /// <summary>λ of Eq. 3 or μ of Eq. 7: weight of the pixel-space term; 0 switches it off.</summary>
    public double PixelWeight { get; init; }

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

    /// <summary>Adam with L2 in the gradient (the paper) or AdamW with decoupled decay.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>Weight decay; the paper's value by default.</summary>
    public double WeightDecay { get; init; } = 5e-6;

    /// <summary>Adam's decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gradient norm above which gradients are scaled down; 0 switches clipping off.</summary>
    public double GradClip { get; init; } = 1.0;

    /// <summary>Decay of the moving average of the weights, per optimizer step; 0 switches it off.</summary>
    public double EmaDecay { get; init; }

    /// <summary>β of Eq. 4 and 5, for errors averaged (not summed) over the elements of a latent. Only comparable at equal latent size and convention.</summary>
    public double Beta { get; init; } = 500;

    /// <summary>β of Eq. 6, for errors averaged over the elements of an image. Never taken over from <see cref="Beta"/>.</summary>
    public double PixelBeta { get; init; } = 500;

    /// <summary>Margin γ of SimPO: −log σ(−β·gap − γ).</summary>
    public double Gamma { get; init; }

    /// <summary>Probability of training a sample without its caption, which keeps classifier-free guidance working.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>Share of the pairs kept out of training to measure implicit accuracy on.</summary>
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Optimizer steps between two lines of metrics.jsonl.</summary>
    public int LogEvery { get; init; } = 1;

    /// <summary>Optimizer steps between two checkpoints; the last step always makes one.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>Seed of the one generator that every random draw comes from.</summary>
    public long Seed { get; init; } = 1;
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

/// <summary>The optimizers.</summary>
public enum OptimizerKind
{
    /// <summary>Adam, weight decay added to the gradient.</summary>
    Adam,

    /// <summary>AdamW, decoupled weight decay.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}
