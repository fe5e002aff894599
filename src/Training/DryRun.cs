using System.Diagnostics;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.PixelBudgets;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// What a training job would take, measured before it is run: everything is made as the run makes it, but only the images and prompts of
/// its first batch are encoded, and nothing is written. The networks are used up by it.
/// </summary>
internal sealed class DryRun
{
    private readonly LoopSettings _settings;
    private readonly Learner _learner;
    private readonly TrainingSet _data;
    private readonly Draw _first; // what the run draws first
    private readonly Generator _generator;

    private DryRun(LoopSettings settings, Learner learner, TrainingSet data, Draw first, Generator generator) =>
        (_settings, _learner, _data, _first, _generator) = (settings, learner, data, first, generator);

    /// <summary>Measures one update of the weights and its parts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="folder">Its folder; it is only read.</param>
    /// <exception cref="BadJobException">Job, model or data are not as they must be: the sentence of the run itself.</exception>
    public static DryRunReport Measure(JobSpec job, JobFolder folder)
    {
        var settings = TrainingLoop.Settings(job, folder);
        using var generator = new Generator((ulong)settings.Seed);
        using var model = TextToImageModel.Load(Path.Combine(folder.Root, job.Model), ComputeDevice.Choose());
        using var learner = new Learner(settings, model, generator);

        IReadOnlyList<Example> batch = [];
        var clock = new Stopwatch();
        using var data = TrainingSet.LoadPart(settings, model, folder, training =>
        {
            batch = [.. new Shuffle(training.Count, i => training[i].Shape).Next(settings.BatchSize, generator).Select(i => training[i])];
            clock.Start();
            return batch;
        });
        var encoding = clock.Elapsed.TotalSeconds * data.ImageCount / batch.SelectMany(e => new[] { e.Chosen, e.Rejected }).OfType<int>().Distinct().Count();
        using var scope = NewDisposeScope();
        learner.Metric = LocalMetricFit.For(settings, learner, data, batch, file: null);
        var choice = PixelChooser.Choose(settings, learner, data, batch, file: null);
        settings = choice?.Of(settings) ?? settings;
        return new DryRun(settings, learner, data, new MicroStep(settings, learner, data).Draw(batch, 1, generator), generator).Report(encoding, choice);
    }

    /// <summary>The job with a pixel term for every example: its own, or one of weight 1.</summary>
    internal static LoopSettings WithPixels(LoopSettings settings) =>
        (settings.PixelWeight > 0 ? settings : settings with { PixelWeight = 1, PixelObjective = null }) with { PixelEvery = 1, PixelBelow = 1 };

    /// <summary>The job without its pixel term; one of pixels alone as one of latents alone.</summary>
    internal static LoopSettings WithoutPixels(LoopSettings settings) =>
        settings.LatentWeight > 0 ? settings with { PixelWeight = 0 } : settings with { PixelWeight = 0, LatentWeight = 1, Objective = settings.PixelObjective ?? settings.Objective };

    // the smaller pass goes first, for a process does not give back all that it frees
    private DryRunReport Report(double encoding, PixelChoice? choice)
    {
        Pass(WithoutPixels(_settings), _first); // makes the gradients, and whatever is made once
        var (without, with) = (CostOf(WithoutPixels(_settings)), CostOf(WithPixels(_settings)));
        var standing = StandsIn ? CostOf(WithPixels(_settings) with { PixelEvery = 2 }, draw => draw with { Pixels = null }) : null;
        var loss = Pass(_settings, _first);
        var forward = Seconds(Predict);
        Update();
        return new DryRunReport
        {
            Settings = _settings,
            Pixels = choice,
            Model = _learner.Model.Folder,
            Denoiser = _learner.Denoiser.GetName(),
            Device = _learner.Model.Device.ToString(),
            Parameters = Networks.SelectMany(network => network.parameters()).Sum(p => p.NumberOfElements),
            TrainedParameters = Trained.Sum(p => p.NumberOfElements),
            Pairs = _data.Training.Count,
            HeldOut = _data.HeldOut.Count,
            Images = _data.ImageCount,
            Prompts = _data.PromptCount,
            Held = HeldMemory.Of(_learner, _data),
            Loss = loss,
            Without = without,
            With = with,
            Standing = standing,
            UpdateSeconds = Seconds(Update),
            EncodingSeconds = encoding,
            MeasuringSeconds = Measurements * _data.HeldOut.Count * HeldOut.Draws * forward / _first.Examples.Count,
        };
    }

    private IEnumerable<Tensor> Trained => _learner.Parameters.Select(p => p.Value);

    private IEnumerable<nn.Module> Networks =>
        new nn.Module?[] { _learner.Denoiser, _learner.Adapters, _learner.Model.Vae }.OfType<nn.Module>().Concat(_learner.Model.Prompts.Networks);

    private int Measurements =>
        Enumerable.Range(1, _settings.Steps).Count(step => TrainingLoop.Measures(step, _settings)) + (_learner.Reference is null ? 0 : 1);

    private bool StandsIn => _settings is { PixelWeight: > 0, PixelEvery: > 1, PixelControlVariate: not null and not PixelControlVariate.None };

    private Cost CostOf(LoopSettings settings, Func<Draw, Draw>? change = null)
    {
        var first = new MicroStep(settings, _learner, _data).DrawPixels(_first, 1, _generator);
        first = change?.Invoke(first) ?? first;
        var peak = Cost.Of(() => Pass(settings, first)).PeakBytes;
        return new(_learner.Model.Device.type == DeviceType.CPU ? peak : null, Seconds(() => Pass(settings, first)));
    }

    // one of a step's forward and backward passes, for whichever settings of these networks
    private double Pass(LoopSettings settings, Draw draw)
    {
        using var scope = NewDisposeScope();
        var meter = new StepMeter(settings.Objective);
        var loss = new MicroStep(settings, _learner, _data).Loss(draw);
        meter.Add(1, _first.Examples, loss);
        Checkpointed.Backward(loss.Loss / settings.Accumulation);
        return meter.Line(1, 0, 0, 0, 0, null).Loss;
    }

    // what measuring a batch on held-out pairs takes at one timestep
    private void Predict()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        new NoisyBatch(_data, _first.Examples, _first.Noise, _first.Timesteps, _first.Dropped, _learner.Model.Schedule, null).Errors(_learner.Denoiser);
    }

    private void Update()
    {
        _learner.Optimizer.ClipGradients(_settings.GradClip);
        _learner.Optimizer.Step(LearningRate.At(1, _settings));
        _learner.Average?.Update(1);
    }

    /// <summary>Median of a second's worth of repetitions, nine at most.</summary>
    private double Seconds(Action work)
    {
        var times = new List<double>();
        while (times.Count == 0 || (times.Sum() < 1 && times.Count < 9))
        {
            var clock = Stopwatch.StartNew();
            work();
            if (_learner.Model.Device.type == DeviceType.CUDA) cuda.synchronize();
            times.Add(clock.Elapsed.TotalSeconds);
        }
        return times.Order().ElementAt(times.Count / 2);
    }
}
