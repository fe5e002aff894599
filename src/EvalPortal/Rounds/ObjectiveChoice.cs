using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What is learnt from preferences, in latents alone or in pixels as well. Equations are those of arXiv 2409.17565.</summary>
public sealed record ObjectiveChoice
{
    /// <summary>Weight of the pixel term that the paper uses for its DiT.</summary>
    public const double PaperPixelWeight = 8;

    public required Objective Objective { get; init; }

    /// <summary>Whether there is a pixel term.</summary>
    public required bool InPixels { get; init; }

    /// <summary>Short name, such as "SimPO + pixel".</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for somebody who has not read the paper.</summary>
    public required string Meaning { get; init; }

    /// <summary>The choices, in the order of the paper.</summary>
    public static IReadOnlyList<ObjectiveChoice> All { get; } =
    [
        Of(Objective.Sft, "SFT", "Learns to draw the chosen images, compared in latents (Eq. 1)."),
        InPixelsOf(Objective.Sft, "SFT + pixel", "The same, compared in decoded pixels as well (Eq. 3)."),
        Of(Objective.Dpo, "DPO", "Learns to prefer the chosen image more than the model did before (Eq. 4). Holds a second copy of the model."),
        InPixelsOf(Objective.Dpo, "DPO + pixel", "The same in latents and in decoded pixels (the paper's ablation)."),
        Of(Objective.SimPo, "SimPO", "Learns to prefer the chosen image, without a second copy of the model (Eq. 5)."),
        InPixelsOf(Objective.SimPo, "SimPO + pixel", "The same in latents and in decoded pixels (Eq. 7): the method the paper proposes."),
    ];

    /// <summary>The choice that settings amount to.</summary>
    public static ObjectiveChoice Of(LoopSettings settings) =>
        All.Single(choice => choice.Objective == settings.Objective && choice.InPixels == settings.PixelWeight > 0);

    private static ObjectiveChoice Of(Objective objective, string name, string meaning) =>
        new() { Objective = objective, InPixels = false, Name = name, Meaning = meaning };

    private static ObjectiveChoice InPixelsOf(Objective objective, string name, string meaning) =>
        Of(objective, name, meaning) with { InPixels = true };
}
