using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Settings to begin with. What a preset leaves open stays as it is.</summary>
public sealed record TrainPreset
{
    /// <summary>Epochs of preference tuning in arXiv 2409.17565, and of fine-tuning.</summary>
    private const int PaperEpochs = 100, PaperFineTuningEpochs = 140;

    /// <summary>Its name in addresses.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>What it sets, in a sentence.</summary>
    public required string About { get; init; }

    /// <summary>What is learnt, and in which space.</summary>
    public required ObjectiveChoice Choice { get; init; }

    /// <summary>Weight of the pixel term, where there is one.</summary>
    public double PixelWeight { get; init; } = ObjectiveChoice.PaperPixelWeight;

    /// <summary>What the pixel term may cost, as a share of the time without it; 0 for whatever it does.</summary>
    public double PixelBudget { get; init; }

    /// <summary>How often each pair is learnt from.</summary>
    public required int Epochs { get; init; }

    /// <summary>The presets, in the order in which they are offered. The paper does not give learning rate, batch size and β: it tuned them for each model.</summary>
    public static IReadOnlyList<TrainPreset> All { get; } =
    [
        Of("paper-dit", "Paper, DiT: SimPO + pixel", Objective.SimPo, Objective.SimPo, PaperEpochs, ObjectiveChoice.PaperPixelWeight),
        Of("budget", "Paper, DiT, pixels for a tenth more time", Objective.SimPo, Objective.SimPo, PaperEpochs, ObjectiveChoice.PaperPixelWeight, pixelBudget: 0.1),
        Of("paper-emu", "Paper, Emu: SimPO + pixel", Objective.SimPo, Objective.SimPo, PaperEpochs, pixelWeight: 2),
        Of("paper-dpo", "Paper, baseline: DPO in latents", Objective.Dpo, null, PaperEpochs),
        Of("paper-dpo-pixel", "Paper, ablation: DPO + pixel", Objective.Dpo, Objective.Dpo, PaperEpochs),
        Of("paper-dpo-simpo", "Paper, ablation: DPO + SimPO pixel", Objective.Dpo, Objective.SimPo, PaperEpochs),
        Of("paper-sft-pixel", "Paper, DiT: SFT + pixel", Objective.Sft, Objective.Sft, PaperFineTuningEpochs),
        Of("paper-sft", "Paper, baseline: SFT in latents", Objective.Sft, null, PaperFineTuningEpochs),
    ];

    /// <summary>The preset of this key, or null.</summary>
    public static TrainPreset? Find(string? key) => All.FirstOrDefault(preset => preset.Key == key);

    /// <summary>Sets a draft as the preset says.</summary>
    /// <param name="draft">What is not in the paper stays.</param>
    /// <param name="pairs">Pairs of the set, those that will be held out among them.</param>
    public void Apply(TrainDraft draft, int pairs)
    {
        draft.Choose(Choice);
        if (Choice.InLatents is not null)
            draft["latent_weight"] = "1";
        if (Choice.InPixels is not null)
            draft["pixel_weight"] = PixelWeight.ToString(CultureInfo.InvariantCulture);
        draft["pixel_budget"] = PixelBudget.ToString(CultureInfo.InvariantCulture);
        if (PixelBudget > 0)
            (draft["pixel_every"], draft["pixel_below"]) = ("1", "1"); // it chooses these
        draft["optimizer"] = "adam";
        draft["weight_decay"] = new LoopSettings().WeightDecay.ToString("0.############", CultureInfo.InvariantCulture); // the paper's
        if (TrainPlan.Of(draft, pairs) is { } plan)
            draft["steps"] = plan.StepsOf(Epochs).ToString(CultureInfo.InvariantCulture);
    }

    private static TrainPreset Of(
        string key, string name, Objective inLatents, Objective? inPixels, int epochs, double pixelWeight = ObjectiveChoice.PaperPixelWeight, double pixelBudget = 0) => new()
        {
            Key = key,
            Name = name,
            About = (inPixels is null ? "No pixel term" : string.Create(CultureInfo.InvariantCulture, $"Pixel weight {pixelWeight}{(pixelBudget > 0 ? $", computed as often as {pixelBudget:P0} more time allows, which is measured first" : "")}"))
                + $", Adam with weight decay 5e-6, {epochs} epochs. Learning rate, batch size and β are not in the paper and stay as they are.",
            Choice = ObjectiveChoice.All.Single(choice => choice.InLatents == inLatents && choice.InPixels == inPixels),
            PixelWeight = pixelWeight,
            PixelBudget = pixelBudget,
            Epochs = epochs,
        };
}
