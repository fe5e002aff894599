using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>How far a training goes over its pairs.</summary>
/// <param name="Trained">Pairs that are trained on.</param>
/// <param name="HeldOut">Pairs that are kept out, about.</param>
/// <param name="PerStep">Pairs that one optimizer step learns from.</param>
/// <param name="Steps">Optimizer steps.</param>
public sealed record TrainPlan(int Trained, int HeldOut, int PerStep, int Steps)
{
    /// <summary>How often each pair is learnt from.</summary>
    public double Epochs => (double)Steps * PerStep / Trained;

    /// <summary>Steps in which each pair is learnt from so many times.</summary>
    public int StepsOf(int epochs) => (int)Math.Min(int.MaxValue, Math.Max(1, Math.Ceiling((double)epochs * Trained / PerStep)));

    /// <summary>The plan of a draft; null while its settings cannot be right, or nothing would be left to train on.</summary>
    public static TrainPlan? Of(TrainDraft draft, int pairs)
    {
        try
        {
            return Of(draft.ToSettings(), pairs);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    /// <summary>The plan of settings; null when nothing would be left to train on.</summary>
    public static TrainPlan? Of(LoopSettings settings, int pairs)
    {
        var heldOut = settings.Objective == Objective.Sft ? 0 : (int)Math.Round(pairs * settings.HoldOut);
        return pairs - heldOut < 1 ? null : new TrainPlan(pairs - heldOut, heldOut, settings.BatchSize * settings.Accumulation, settings.Steps);
    }
}
