using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>
/// The steps of <see cref="TrainingLoop"/> on two images, made of the same parts in the same order: as two captioned images (SFT) or as
/// one pair (SimPO, DPO). Beside them the tensor work alone that an SFT step cannot do without.
/// </summary>
internal sealed class BenchLoop : IDisposable
{
    private const int Images = 2;

    // −log σ's derivative is e^−85 there, and with this β no gradient is longer than 1e-40
    private static readonly LoopSettings Sure = new() { Beta = 1e-3, Gamma = -85 };

    private readonly Precision _precision;
    private readonly Denoiser _denoiser, _reference;
    private readonly TrainingSet _data;
    private readonly Generator _generator = new(0);
    private readonly NoiseSchedule _schedule = new(new ScheduleConfig());
    private readonly FusedAdam _optimizer;
    private readonly Ema _average;
    private readonly Tensor _latents, _timesteps;
    private readonly Conditioning _told;
    private int _step;

    /// <param name="make">Makes the denoiser; the reference is another one, with weights of its own.</param>
    /// <param name="device">Where it makes them; null for the CPU.</param>
    /// <param name="bfloat16">Whether forward passes are under autocast.</param>
    public BenchLoop(Func<Denoiser> make, Device? device = null, bool bfloat16 = false)
    {
        (_denoiser, _reference, _precision) = (make(), make(), bfloat16 ? Precision.Bfloat16 : Precision.Full);
        foreach (var parameter in _reference.parameters()) parameter.requires_grad = false;
        var parameters = _denoiser.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        _optimizer = new FusedAdam(parameters, OptimizerKind.AdamW, weightDecay: 1e-2);
        _average = new Ema(parameters, 0.999);
        var side = _denoiser.SampleSize;
        _latents = randn([Images, _denoiser.LatentChannels, side, side], device: device);
        _timesteps = randint(0, _schedule.Length, [Images], int64, device);
        _told = BenchNetwork.Told(_denoiser, Images, device);
        var prompts = BenchNetwork.Told(_denoiser, 1 + Images, CPU);
        _data = new TrainingSet([new("one", "a", 0, null, 1), new("two", "b", 1, null, 1), new("pair", "a", 0, 1, 1)], [.. _latents.cpu().unbind()], prompts, compression: 8, device);
    }

    /// <summary>Forward, mean square, backward, AdamW and moving average, and nothing else.</summary>
    public void TensorWork()
    {
        using var scope = NewDisposeScope();
        Checkpointed.Backward(Autocast.Run(_precision == Precision.Bfloat16, _latents.device_type, () => _denoiser.Predict(_latents, _timesteps, _told)).to(float32).square().mean());
        _optimizer.Step(1e-6);
        _average.Update(++_step);
    }

    /// <summary>A whole step: data, forward, loss, backward, clipping, AdamW, moving average.</summary>
    /// <param name="objective">What is learnt.</param>
    /// <param name="sure">Whether the model is so sure of the pair that SimPO has next to no gradient.</param>
    public void Step(Objective objective, bool sure = false)
    {
        using var scope = NewDisposeScope();
        var settings = (sure ? Sure : new()) with { Objective = objective, LearningRate = 1e-6, CaptionDropout = 0, Precision = _precision };
        var meter = new StepMeter(objective);
        var examples = _data.Training.Where(e => e.Rejected is null == (objective == Objective.Sft)).ToList();
        var microStep = new MicroStep(settings, _denoiser, settings.NeedsReference() ? _reference : null, _schedule, pixels: null, _data);
        var loss = microStep.Loss(microStep.Draw(examples, _step + 1, _generator));
        meter.Add(++_step, examples, loss);
        Checkpointed.Backward(loss.Loss);

        _optimizer.ClipGradients(settings.GradClip);
        _optimizer.Step(LearningRate.At(_step, settings));
        _average.Update(_step);
    }

    public void Dispose()
    {
        _told.Dispose();
        _timesteps.Dispose();
        _latents.Dispose();
        _average.Dispose();
        _optimizer.Dispose();
        _schedule.Dispose();
        _generator.Dispose();
        _data.Dispose();
        _reference.Dispose();
        _denoiser.Dispose();
    }
}
