using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What speaks against a training before it is queued.</summary>
/// <param name="Faults">What keeps it from being queued, a sentence each.</param>
/// <param name="Notes">What can be meant and had better be known.</param>
public sealed record TrainCheck(IReadOnlyList<string> Faults, IReadOnlyList<string> Notes)
{
    // More often, and a small set is learnt by heart.
    private const double ManyEpochs = 200;

    /// <summary>Looks at a draft.</summary>
    /// <param name="draft">What is to be done.</param>
    /// <param name="pairs">Pairs of the set.</param>
    /// <param name="prompts">Different prompts among them.</param>
    /// <param name="models">The models there are.</param>
    /// <param name="size">What lies in the folder of the chosen model; null where there is no such folder.</param>
    /// <param name="freeBytes">Free space on the disk that checkpoints go to.</param>
    public static TrainCheck Of(TrainDraft draft, int pairs, int prompts, IReadOnlyList<Model> models, ModelSize? size, long freeBytes)
    {
        var faults = new List<string>();
        var model = models.FirstOrDefault(known => known.ModelId == draft.ModelId);
        if (draft.Name.Trim().Length == 0)
            faults.Add("The new model needs a name.");
        else if (models.Any(known => known.Name == draft.Name.Trim()))
            faults.Add($"There is a model called '{draft.Name.Trim()}' already: choose another name.");
        if (model is null)
            faults.Add("Choose the model to start from.");
        else if (size is null)
            faults.Add($"The folder of {model.Name} is not there any more: {model.Folder}. Put it back, or choose another model.");

        LoopSettings settings;
        try
        {
            settings = draft.ToSettings();
        }
        catch (RefusedException refused)
        {
            return new([.. faults, refused.Message], []);
        }
        return new([.. faults, .. FaultsOf(settings, pairs, size, freeBytes)], [.. NotesOf(settings, pairs, prompts)]);
    }

    private static IEnumerable<string> FaultsOf(LoopSettings settings, int pairs, ModelSize? size, long freeBytes)
    {
        if (TrainPlan.Of(settings, pairs) is null)
            yield return $"Of {Figures.Count(pairs, "pair")} none would be left to train on: lower hold_out.";
        if (settings.PixelDecoder.Length > 0 && !(Path.IsPathRooted(settings.PixelDecoder) && Directory.Exists(settings.PixelDecoder)))
            yield return $"pixel_decoder is '{settings.PixelDecoder}', and there is no such folder: give its whole path, or leave it empty.";
        if (size is null)
            yield break;
        if (settings is { PixelControlVariate: PixelControlVariate.Decoder, PixelDecoder: "" } && !size.HasPixelDecoder)
            yield return $"pixel_control_variate is decoder, and the model has none in a folder {ModelFolder.PixelDecoder}: make one with distill-decoder and put it there or name it in pixel_decoder, or choose another.";
        var made = Math.Ceiling((double)settings.Steps / settings.CheckpointEvery);
        var kept = settings.KeepCheckpoints == 0 ? made : Math.Min(made, settings.KeepCheckpoints + 1); // the best besides
        // Two states of weights and two moments go with them.
        var needed = (kept * size.Bytes) + (settings.LoraRank > 0 ? 0 : 2.0 * 3 * size.TrainedBytes);
        if (needed > freeBytes)
            yield return $"{kept:0} checkpoints and what is needed to resume take about {TimeText.Bytes((long)needed)}, and the disk has {TimeText.Bytes(freeBytes)} free: lower keep_checkpoints, raise checkpoint_every, or make room.";
    }

    private static IEnumerable<string> NotesOf(LoopSettings settings, int pairs, int prompts)
    {
        if (TrainPlan.Of(settings, pairs) is not { } plan)
            yield break;
        if (settings.BatchSize > plan.Trained)
            yield return $"A batch of {settings.BatchSize} is more than the {Figures.Count(plan.Trained, "pair")} that are trained on: pairs repeat within a step.";
        if (settings.Objective != Objective.Sft && settings.HoldOut > 0 && prompts < 2)
            yield return "All pairs are of one prompt, so that none can be held out: whether the preference carries over will not be measured.";
        if (plan.Epochs > ManyEpochs)
            yield return string.Create(CultureInfo.InvariantCulture, $"Each pair is learnt from {plan.Epochs:0} times. The paper stops at 100 epochs; more learns a small set by heart.");
        if (settings.PreviewEvery == 0)
            yield return "No previews are drawn: set preview_every, to 50 for example, to see images of fixed prompts on the way.";
    }
}
