using PixelPost.Training.Metrics;

namespace PixelPost.Training.Ablation;

/// <summary>Settings of <c>ablate</c>. All but the first three fix what a number means; a folder that was begun with others is refused.</summary>
public sealed record AblationSettings
{
    /// <summary>Names of the methods to compare, with commas between them, or <c>all</c>.</summary>
    public string Methods { get; init; } = "all";

    /// <summary>Training runs of each method, with seeds 1, 2, …; 3 give the first interval worth looking at.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Whether the weights of measured runs are kept, about 100 MB each with the shipped models.</summary>
    public bool KeepCheckpoints { get; init; }

    /// <summary>Captions to train on, evenly spread over the pictures that are not held out.</summary>
    public int TrainingPrompts { get; init; } = 300;

    /// <summary>Images drawn for each of them, of which the best and the worst make a pair; the paper's number.</summary>
    public int ImagesPerPrompt { get; init; } = 5;

    /// <summary>Held-out captions to measure on, evenly spread; no more than there are.</summary>
    public int HeldOutPrompts { get; init; } = 160;

    /// <summary>Optimizer steps of each run.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Images (SFT) or pairs (DPO, SimPO) per step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Step size of supervised fine-tuning.</summary>
    public double SftLearningRate { get; init; } = 1e-5;

    /// <summary>Step size of DPO and SimPO.</summary>
    public double PreferenceLearningRate { get; init; } = 1e-5;

    /// <summary>β of latent errors.</summary>
    public double Beta { get; init; } = 500;

    /// <summary>β of pixel errors.</summary>
    public double PixelBeta { get; init; } = 500;

    /// <summary>λ and μ outside the sweep; the paper's value for its DiT.</summary>
    public double PixelWeight { get; init; } = 8;

    /// <summary>Of the methods within a budget: examples of which one has the pixel term. By default about what <c>pixel-budget</c> chooses for the shipped U-Net and a tenth more time.</summary>
    public int BudgetEvery { get; init; } = 13;

    /// <summary>Of the methods within a budget: share of the noise schedule, from its clean end, with the pixel term.</summary>
    public double BudgetBelow { get; init; } = 0.4;

    /// <summary>Of the methods with a control variate: folder of a decoder that stands in, as <c>distill-decoder</c> makes it; empty for the linear map.</summary>
    public string BudgetDecoder { get; init; } = "";

    /// <summary>DDIM steps of every drawn image.</summary>
    public int InferenceSteps { get; init; } = 30;

    /// <summary>Classifier-free guidance scale of every drawn image.</summary>
    public double GuidanceScale { get; init; } = 3.0;

    /// <summary>What makes these settings unusable, one sentence each; empty when they are fine.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        void Require(bool holds, string name, object value, string rule)
        {
            if (!holds) faults.Add(FormattableString.Invariant($"--{name} is {value}; it must be {rule}."));
        }

        Require(Seeds is >= 1 and <= MeanInterval.MostValues, "seeds", Seeds, $"1 to {MeanInterval.MostValues}");
        Require(TrainingPrompts >= 1, "training-prompts", TrainingPrompts, "1 or more");
        Require(ImagesPerPrompt >= 2, "images-per-prompt", ImagesPerPrompt, "2 or more");
        Require(HeldOutPrompts >= 2, "held-out-prompts", HeldOutPrompts, "2 or more");
        Require(BudgetEvery >= 1, "budget-every", BudgetEvery, "1 or more");
        Require(BudgetBelow is > 0 and <= 1, "budget-below", BudgetBelow, "more than 0 and at most 1");
        Require(PixelWeight > 0, "pixel-weight", PixelWeight, "more than 0");
        return faults;
    }

    /// <summary>What a folder's numbers depend on: these settings without those that may change from run to run.</summary>
    internal AblationSettings Fixed() => this with { Methods = new AblationSettings().Methods, Seeds = new AblationSettings().Seeds, KeepCheckpoints = false };
}
