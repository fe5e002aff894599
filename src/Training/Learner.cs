using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// What a training job holds beside its data: a model of which the denoiser learns, all of it or adapters in it, the denoiser as it was
/// at the start where an objective compares with it, the optimizer and the moving average. Everything else stays as it is.
/// </summary>
internal sealed class Learner : IDisposable
{
    /// <param name="settings">Checked already.</param>
    /// <param name="model">Whose denoiser learns; not disposed with this.</param>
    /// <param name="generator">Of the adapters' first values.</param>
    /// <exception cref="BadJobException">The model has no such layers as <c>lora_targets</c> names.</exception>
    public Learner(LoopSettings settings, TextToImageModel model, Generator generator)
    {
        Model = model;
        SetArithmetic(settings, model.Device);
        Denoiser.GradientCheckpointing = model.Vae.GradientCheckpointing = settings.GradientCheckpointing;
        Adapters = settings.LoraRank > 0 ? new LoraAdapters(Denoiser, settings.LoraTargetNames, settings.LoraRank, settings.LoraAlpha > 0 ? settings.LoraAlpha : settings.LoraRank, generator) : null;
        Reference = settings.NeedsReference() ? Adapters?.Base() ?? model.LoadDenoiserAgain() : null;
        Freeze(model.Vae, Reference);

        Parameters = [.. ((nn.Module?)Adapters ?? Denoiser).named_parameters().Select(p => (p.name, (Tensor)p.parameter))];
        Optimizer = settings.Optimizer == OptimizerKind.Adafactor
            ? new Adafactor(Parameters, settings.WeightDecay)
            : new FusedAdam(Parameters, settings.Optimizer, settings.Beta1, settings.Beta2, settings.WeightDecay);
        Average = settings.EmaHalfLife > 0 ? new Ema(Parameters, Ema.Decay(settings.EmaHalfLife, settings.ImagesPerStep)) : null;
    }

    /// <summary>The model.</summary>
    public TextToImageModel Model { get; }

    /// <summary>The network that learns, with its adapters if it has any.</summary>
    public Denoiser Denoiser => Model.Denoiser;

    /// <summary>The matrices that are trained in place of the denoiser's weights; or null.</summary>
    public LoraAdapters? Adapters { get; }

    /// <summary>The denoiser as it was at the start; null where no term compares with it. With adapters it is the same memory.</summary>
    public Denoiser? Reference { get; }

    /// <summary>The weights that are trained, under their names.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>What moves them.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>Their moving average; null without.</summary>
    public Ema? Average { get; }

    public void Dispose()
    {
        Average?.Dispose();
        Optimizer.Dispose();
        Reference?.Dispose();
        Adapters?.Dispose();
    }

    private static void SetArithmetic(LoopSettings settings, Device device)
    {
        if (device.type == DeviceType.CUDA) ComputeDevice.AllowTf32(settings.Tf32);
        if (settings.Precision == Precision.Bfloat16 && device.type == DeviceType.CPU && !Autocast.IsFastHere)
            Console.WriteLine("This processor has no instructions for bfloat16, which will be slower than float32 here. Make a job with precision float32, or use a GPU.");
    }

    private static void Freeze(params nn.Module?[] modules)
    {
        foreach (var parameter in modules.OfType<nn.Module>().SelectMany(m => m.parameters())) parameter.requires_grad = false;
    }
}
