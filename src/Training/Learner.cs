using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
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
        Denoiser.GradientCheckpointing = settings.GradientCheckpointing;
        Adapters = settings.LoraRank > 0 ? new LoraAdapters(Denoiser, settings.LoraTargetNames, settings.LoraRank, settings.LoraAlpha > 0 ? settings.LoraAlpha : settings.LoraRank, generator) : null;
        var standsIn = settings.PixelControlVariate == PixelControlVariate.Decoder || (settings.ChoosesControlVariate && settings.PixelDecoder.Length == 0);
        OtherDecoder = settings.PixelDecoder.Length > 0 ? settings.PixelDecoder : standsIn ? OwnDecoder(model, settings) : null;
        var other = OtherDecoder is null ? null : LoadDecoder(OtherDecoder, model);
        (Decoder, StandIn) = standsIn ? (model.Vae, other) : (other ?? model.Vae, null);
        if (settings.PixelFeatures > Decoder.Stages)
            throw new BadJobException($"training.pixel_features is {settings.PixelFeatures}; the decoder of '{(settings.PixelDecoder.Length > 0 ? settings.PixelDecoder : model.Folder)}' has {Decoder.Stages} stages.");
        Reference = settings.NeedsReference() ? Adapters?.Base() ?? model.LoadDenoiserAgain() : null;
        Freeze(model.Vae, other, Reference);

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

    /// <summary>What the pixel term decodes with: the model's own autoencoder, or the one that the job names.</summary>
    public Autoencoder Decoder { get; }

    /// <summary>Folder of a decoder beside the model's own; null without one.</summary>
    public string? OtherDecoder { get; }

    /// <summary>The decoder that stands for the model's own where that is left out; null without one.</summary>
    public Autoencoder? StandIn { get; }

    /// <summary>What stands in for decoding where the job has that (<see cref="LoopSettings.NeedsLinearMap"/>); set once it is fitted.</summary>
    public LocalMetric? Metric { get; set; }

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
        Metric?.Dispose();
        Average?.Dispose();
        Optimizer.Dispose();
        Reference?.Dispose();
        if (Decoder != Model.Vae) Decoder.Dispose();
        StandIn?.Dispose();
        Adapters?.Dispose();
    }

    /// <summary>Folder of the small decoder that came with a model.</summary>
    /// <returns>Null where there is none and none is needed.</returns>
    private static string? OwnDecoder(TextToImageModel model, LoopSettings settings)
    {
        var folder = Path.Combine(model.Folder, ModelFolder.PixelDecoder);
        if (Directory.Exists(folder)) return folder;
        if (settings.ChoosesControlVariate) return null;
        throw new BadJobException($"training.pixel_control_variate is decoder, and there is none: make one with distill-decoder, and name its folder in pixel_decoder or put it at '{folder}'.");
    }

    private static Autoencoder LoadDecoder(string folder, TextToImageModel model)
    {
        Autoencoder decoder;
        try
        {
            decoder = DiffusersFolder.LoadDecoder(folder).to(model.Device);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or JsonException)
        {
            throw new BadJobException($"The decoder of pixel_decoder cannot be read: {problem.Message}", problem);
        }
        if ((decoder.LatentChannels, decoder.Compression) == (model.Vae.LatentChannels, model.Vae.Compression)) return decoder;
        throw new BadJobException($"pixel_decoder: '{folder}' decodes latents of {decoder.LatentChannels} channels and {decoder.Compression} pixels a cell; the model has {model.Vae.LatentChannels} and {model.Vae.Compression}.");
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
