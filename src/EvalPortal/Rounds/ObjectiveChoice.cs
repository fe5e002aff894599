using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What is learnt from preferences, in latents, in pixels or in both. Equations are those of arXiv 2409.17565.</summary>
public sealed record ObjectiveChoice
{
    /// <summary>Weight of the pixel term that the paper uses for its DiT.</summary>
    public const double PaperPixelWeight = 8;

    /// <summary>Objective of the latent term; null without one.</summary>
    public required Objective? InLatents { get; init; }

    /// <summary>Objective of the pixel term; null without one.</summary>
    public required Objective? InPixels { get; init; }

    /// <summary>Short name, such as "SimPO + pixel".</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for somebody who has not read the paper.</summary>
    public required string Meaning { get; init; }

    /// <summary>The choices, in the order of the paper; the last is the method it proposes.</summary>
    public static IReadOnlyList<ObjectiveChoice> All { get; } =
    [
        Of(Objective.Sft, null, "Learns to draw the chosen images, compared in latents (Eq. 1)."),
        Of(Objective.Sft, Objective.Sft, "The same, compared in decoded pixels as well (Eq. 3)."),
        Of(null, Objective.Sft, "The same, compared in decoded pixels alone (Eq. 2; the paper's ablation)."),
        Of(Objective.Dpo, null, "Learns to prefer the chosen image more than the model did before (Eq. 4). Holds a second copy of the model."),
        Of(Objective.Dpo, Objective.Dpo, "The same in latents and in decoded pixels (the paper's ablation)."),
        Of(Objective.Dpo, Objective.SimPo, "DPO in latents, SimPO in decoded pixels (the paper's ablation)."),
        Of(Objective.Ipo, null, "Like DPO, but content with a finite preference, so that few or unanimous votes are not followed without end."),
        Of(Objective.Kto, null, "Chosen images are to become likelier and rejected ones less likely, each for itself rather than in pairs. Holds a second copy of the model."),
        Of(Objective.SimPo, null, "Learns to prefer the chosen image, without a second copy of the model (Eq. 5)."),
        Of(Objective.SimPo, Objective.SimPo, "The same in latents and in decoded pixels (Eq. 7): the method the paper proposes."),
    ];

    /// <summary>The choice that settings amount to: one of <see cref="All"/>, or else one named after the settings.</summary>
    public static ObjectiveChoice Of(LoopSettings settings)
    {
        var made = Of(
            settings.LatentWeight > 0 ? settings.Objective : null,
            settings.PixelWeight > 0 ? settings.PixelObjective ?? settings.Objective : null,
            "Put together from the settings.", settings.PixelTarget);
        return All.FirstOrDefault(choice => choice.Name == made.Name) ?? made;
    }

    private static ObjectiveChoice Of(Objective? inLatents, Objective? inPixels, string meaning, PixelTarget target = PixelTarget.Noisy) =>
        new() { InLatents = inLatents, InPixels = inPixels, Name = NameOf(inLatents, inPixels, target), Meaning = meaning };

    private static string NameOf(Objective? inLatents, Objective? inPixels, PixelTarget target)
    {
        if (inPixels is not { } second)
            return NameOf(inLatents!.Value);
        var space = target switch
        {
            PixelTarget.Clean => "clean pixel",
            PixelTarget.ReverseNoised => "reverse-noised",
            _ => "pixel",
        };
        if (inLatents is not { } first)
            return $"{NameOf(second)} {space} only";
        return first == second ? $"{NameOf(first)} + {space}" : $"{NameOf(first)} + {NameOf(second)} {space}";
    }

    private static string NameOf(Objective objective) => objective switch
    {
        Objective.SimPo => "SimPO",
        _ => objective.ToString().ToUpperInvariant(),
    };
}
