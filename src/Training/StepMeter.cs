using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>The numbers of one optimizer step: means over its micro-steps.</summary>
/// <param name="objective">Decides which numbers there are.</param>
internal sealed class StepMeter(Objective objective)
{
    private readonly Dictionary<string, double> _sums = [];
    private int _count;

    /// <summary>Adds one micro-step. Waits for the numbers, so on a GPU it is where host and device meet.</summary>
    /// <param name="step">Named in messages.</param>
    /// <param name="examples">The batch, named in messages.</param>
    /// <param name="made">Loss, terms and errors.</param>
    /// <exception cref="BadJobException">The loss is not a finite number.</exception>
    public void Add(int step, IEnumerable<Example> examples, MicroStepLoss made)
    {
        var (loss, latent, pixel, errors, reference) = made;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new BadJobException($"Step {step}: the loss is {value}, with {string.Join(", ", examples.Select(e => $"'{e.Id}'"))}. Lower learning_rate or raise warmup_steps; at the very first step, look at these images.");
        _count++;
        Add(nameof(MetricsLine.Loss), value);
        Add(nameof(MetricsLine.LatentLoss), latent);
        Add(nameof(MetricsLine.PixelLoss), pixel);
        Add(nameof(MetricsLine.PolicyError), errors);
        Add(nameof(MetricsLine.ReferenceError), reference);
        if (objective == Objective.Sft) return;
        AddSides(nameof(MetricsLine.ChosenError), nameof(MetricsLine.RejectedError), errors);
        AddSides(nameof(MetricsLine.ReferenceChosenError), nameof(MetricsLine.ReferenceRejectedError), reference);
        var margins = Losses.Margins(errors, reference);
        Add(nameof(MetricsLine.Margin), margins);
        Add(nameof(MetricsLine.ImplicitAccuracy), Losses.Accuracy(margins));
    }

    /// <summary>The step's line for metrics.jsonl.</summary>
    public MetricsLine Line(int step, double elapsed, double gradNorm, double learningRate, double imagesPerSecond, double? heldOutAccuracy) => new()
    {
        Step = step,
        Elapsed = elapsed,
        Loss = _sums[nameof(MetricsLine.Loss)] / _count,
        LatentLoss = Mean(nameof(MetricsLine.LatentLoss)),
        PixelLoss = Mean(nameof(MetricsLine.PixelLoss)),
        ImplicitAccuracy = Mean(nameof(MetricsLine.ImplicitAccuracy)),
        HeldOutAccuracy = heldOutAccuracy,
        Margin = Mean(nameof(MetricsLine.Margin)),
        PolicyError = _sums[nameof(MetricsLine.PolicyError)] / _count,
        ReferenceError = Mean(nameof(MetricsLine.ReferenceError)),
        ChosenError = Mean(nameof(MetricsLine.ChosenError)),
        RejectedError = Mean(nameof(MetricsLine.RejectedError)),
        ReferenceChosenError = Mean(nameof(MetricsLine.ReferenceChosenError)),
        ReferenceRejectedError = Mean(nameof(MetricsLine.ReferenceRejectedError)),
        GradNorm = gradNorm,
        LearningRate = learningRate,
        ImagesPerSecond = imagesPerSecond,
        ResidentBytes = RunFiles.ResidentBytes(),
        LiveTensors = Tensor.TotalCount,
    };

    private void Add(string name, double value) => _sums[name] = _sums.GetValueOrDefault(name) + value;

    private void Add(string name, Tensor? values)
    {
        if (values is not null) Add(name, values.mean().item<float>());
    }

    private void AddSides(string chosen, string rejected, Tensor? errors)
    {
        if (errors?.chunk(2) is not [var first, var second]) return;
        Add(chosen, first);
        Add(rejected, second);
    }

    private double? Mean(string name) => _sums.TryGetValue(name, out var sum) ? sum / _count : null;
}
