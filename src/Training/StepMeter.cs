using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>The numbers of one optimizer step: means over its micro-steps.</summary>
/// <param name="objective">Decides which numbers there are.</param>
internal sealed class StepMeter(Objective objective)
{
    private int _count;
    private double _loss, _latent, _pixel, _policy, _reference, _margin, _accuracy;
    private bool _hasPixel;

    /// <summary>Adds one micro-step. Waits for the numbers, so on a GPU it is where host and device meet.</summary>
    /// <param name="step">Named in messages.</param>
    /// <param name="examples">The batch, named in messages.</param>
    /// <param name="loss">[] the whole loss.</param>
    /// <param name="latent">[B] latent term.</param>
    /// <param name="pixel">[B] pixel term, or null.</param>
    /// <param name="errors">[B or 2B] noise errors of the model.</param>
    /// <param name="reference">The same of the reference, or null.</param>
    /// <exception cref="BadJobException">The loss is not a finite number.</exception>
    public void Add(int step, IEnumerable<Example> examples, Tensor loss, Tensor latent, Tensor? pixel, Tensor errors, Tensor? reference)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new BadJobException($"Step {step}: the loss is {value}, with {string.Join(", ", examples.Select(e => $"'{e.Id}'"))}. Lower learning_rate or raise warmup_steps; at the very first step, look at these images.");
        _count++;
        _loss += value;
        _latent += latent.mean().item<float>();
        _hasPixel = pixel is not null;
        _pixel += pixel?.mean().item<float>() ?? 0;
        _policy += errors.mean().item<float>();
        _reference += reference?.mean().item<float>() ?? 0;
        if (objective == Objective.Sft) return;
        var margins = Losses.Margins(errors, reference);
        _margin += margins.mean().item<float>();
        _accuracy += Losses.Accuracy(margins);
    }

    /// <summary>The step's line for metrics.jsonl.</summary>
    public MetricsLine Line(int step, double elapsed, double gradNorm, double learningRate, double imagesPerSecond, double? heldOutAccuracy)
    {
        double? Mean(double sum, bool applies) => applies ? sum / _count : null;
        return new MetricsLine
        {
            Step = step,
            Elapsed = elapsed,
            Loss = _loss / _count,
            LatentLoss = _latent / _count,
            PixelLoss = Mean(_pixel, _hasPixel),
            ImplicitAccuracy = Mean(_accuracy, objective != Objective.Sft),
            HeldOutAccuracy = heldOutAccuracy,
            Margin = Mean(_margin, objective != Objective.Sft),
            PolicyError = _policy / _count,
            ReferenceError = Mean(_reference, objective == Objective.Dpo),
            GradNorm = gradNorm,
            LearningRate = learningRate,
            ImagesPerSecond = imagesPerSecond,
            ResidentBytes = RunFiles.ResidentBytes(),
            LiveTensors = Tensor.TotalCount,
        };
    }
}
