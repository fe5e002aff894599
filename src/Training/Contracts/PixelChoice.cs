namespace PixelPost.Training.Contracts;

/// <summary>What was chosen by measurement for a job's pixel term before its first step (<see cref="LoopSettings.PixelBudget"/>, <see cref="LoopSettings.PixelShare"/>). A run that goes on from a checkpoint keeps it.</summary>
public sealed record PixelChoice
{
    /// <summary><see cref="LoopSettings.PixelBudget"/> that it was made for.</summary>
    public required double Budget { get; init; }

    /// <summary><see cref="LoopSettings.PixelShare"/> that it was made for.</summary>
    public required double Share { get; init; }

    /// <summary>See <see cref="LoopSettings.PixelWeight"/>.</summary>
    public required double PixelWeight { get; init; }

    /// <summary>See <see cref="LoopSettings.PixelEvery"/>.</summary>
    public required int PixelEvery { get; init; }

    /// <summary>See <see cref="LoopSettings.PixelBelow"/>.</summary>
    public required double PixelBelow { get; init; }

    /// <summary>See <see cref="LoopSettings.PixelAtOnce"/>.</summary>
    public required PixelAtOnce PixelAtOnce { get; init; }

    /// <summary>See <see cref="LoopSettings.PixelControlVariate"/>.</summary>
    public PixelControlVariate PixelControlVariate { get; init; }

    /// <summary>Expected cost as a share of the time of passes without a pixel term; null without a budget.</summary>
    public double? Cost { get; init; }

    /// <summary>Of <see cref="Cost"/>, that of what stands in for the decoder; null where nothing does.</summary>
    public double? StandInCost { get; init; }

    /// <summary>Mean square of the difference of its gradient from the decoder's, over that of the decoder's: what of leaving examples out is still left to chance. Null where nothing stands in.</summary>
    public double? StandInVariance { get; init; }

    /// <summary>Length of the latent term's mean gradient; null without a share.</summary>
    public double? LatentGradient { get; init; }

    /// <summary>Length of the pixel term's mean gradient at weight 1; null without a share.</summary>
    public double? PixelGradient { get; init; }

    /// <summary>A job's settings with what was chosen.</summary>
    public LoopSettings Of(LoopSettings settings) =>
        settings with { PixelWeight = PixelWeight, PixelEvery = PixelEvery, PixelBelow = PixelBelow, PixelAtOnce = PixelAtOnce, PixelControlVariate = PixelControlVariate };
}
