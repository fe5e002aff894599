using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>What is drawn for a micro-step, on the CPU, so that all devices draw the same.</summary>
/// <param name="Examples">B examples of one shape.</param>
/// <param name="Noise">[B, C, h, w] standard normal.</param>
/// <param name="Timesteps">[B] int64.</param>
/// <param name="Dropped">Which captions are left out.</param>
/// <param name="Pixels">The pixel term; null where this micro-step has none.</param>
internal sealed record Draw(IReadOnlyList<Example> Examples, Tensor Noise, Tensor Timesteps, IReadOnlyList<bool> Dropped, PixelTerm? Pixels);

/// <summary>What a micro-step comes to.</summary>
/// <param name="Loss">[] the whole loss.</param>
/// <param name="Latent">[B] latent term, or null.</param>
/// <param name="Pixel">[B] pixel term, 0 for examples without it; null in a micro-step without it.</param>
/// <param name="Errors">[B or 2B] latent errors of the model.</param>
/// <param name="ReferenceErrors">The same of the reference, or null.</param>
internal sealed record MicroStepLoss(Tensor Loss, Tensor? Latent, Tensor? Pixel, Tensor Errors, Tensor? ReferenceErrors);

/// <summary>The part of a step that is repeated <c>accumulation</c> times: from a draw to the loss.</summary>
/// <param name="settings">Which terms there are, with which weights.</param>
/// <param name="denoiser">The network that learns.</param>
/// <param name="reference">As it was at the start; null where no term compares with it.</param>
/// <param name="schedule">Of the noise.</param>
/// <param name="pixels">Decoder of the pixel term; null without one.</param>
/// <param name="data">Latents and texts of the examples.</param>
/// <param name="standIn">The decoder that stands in; null without one.</param>
internal sealed class MicroStep(LoopSettings settings, Denoiser denoiser, Denoiser? reference, NoiseSchedule schedule, PixelDecoder? pixels, TrainingSet data, PixelDecoder? standIn = null)
{
    private readonly Objective _pixelObjective = settings.PixelObjective ?? settings.Objective;
    private readonly PixelTerm? _control = pixels is null || settings.PixelEvery == 1 ? null : settings.PixelControlVariate switch
    {
        PixelControlVariate.Linear => new PixelTerm(pixels, Linear: true),
        PixelControlVariate.Decoder => new PixelTerm(standIn!),
        _ => null,
    };

    /// <param name="settings">Which terms there are, with which weights.</param>
    /// <param name="learner">The networks.</param>
    /// <param name="data">Latents and texts of the examples.</param>
    public MicroStep(LoopSettings settings, Learner learner, TrainingSet data)
        : this(settings, learner.Denoiser, settings.NeedsReference() ? learner.Reference : null, learner.Model.Schedule,
            settings.PixelWeight > 0 ? new PixelDecoder(learner.Decoder, learner.Model.Schedule, settings.PixelTarget) { Metric = learner.Metric, Comparison = new(settings.PixelFrequency, settings.PixelFeatures) } : null, data,
            learner.StandIn is { } other ? new PixelDecoder(other, learner.Model.Schedule, settings.PixelTarget) : null)
    {
        learner.Decoder.GradientCheckpointing = settings.GradientCheckpointing || settings.PixelAtOnce == PixelAtOnce.Block;
    }

    /// <summary>Draws for some examples: noise, timesteps, which captions to leave out, which part of which images the pixel term sees.</summary>
    /// <param name="examples">The batch.</param>
    /// <param name="step">The optimizer step, from 1.</param>
    /// <param name="generator">Of everything drawn.</param>
    /// <param name="micro">Which of the step's micro-steps, from 0.</param>
    public Draw Draw(IReadOnlyList<Example> examples, int step, Generator generator, int micro = 0)
    {
        var noise = randn([examples.Count, .. data.LatentShape(examples)], generator: generator);
        var timesteps = randint(0, schedule.Length, [examples.Count], generator: generator);
        var dropped = rand([examples.Count], generator: generator).data<float>().Select(u => u < settings.CaptionDropout).ToList();
        return DrawPixels(new Draw(examples, noise, timesteps, dropped, Pixels: null), step, generator, micro);
    }

    /// <summary>The same draw with a pixel term that is drawn anew.</summary>
    public Draw DrawPixels(Draw draw, int step, Generator generator, int micro = 0)
    {
        var shape = draw.Noise.shape;
        var before = (((step - 1L) * settings.Accumulation) + micro) * settings.BatchSize;
        return draw with { Pixels = PixelTerm.Draw(pixels, settings, before, draw.Timesteps, schedule.Length, shape[^2], shape[^1], generator) };
    }

    /// <summary>Errors of the model, and of the reference where there is one; a term of the objective on each kind of error; their weighted sum.</summary>
    public MicroStepLoss Loss(Draw draw)
    {
        // forward: errors in latents and, with a pixel term, in pixels; [B] for SFT, else [2B]
        var controlled = _control is { } all ? Below(draw.Timesteps, all) : null;
        var batch = InPrecision(() => new NoisyBatch(data, draw.Examples, draw.Noise, draw.Timesteps, draw.Dropped, schedule, pixels is null ? null : draw.Pixels, controlled, settings.MinSnrGamma));
        var policy = InPrecision(() => batch.Errors(denoiser));
        var before = reference is null ? default((Tensor Latent, Tensor? Pixel, Tensor? Control)?) : Of(reference, batch);

        // loss: an objective on each kind of error, Eq. 3 or 7
        var latent = settings.LatentWeight > 0 ? Losses.Term(settings.Objective, policy.Latent, before?.Latent, settings.BetaOfMeans(settings.Beta, batch.LatentElements), settings) : null;
        Tensor InPixels(Tensor errors, Tensor? ofReference) => Losses.Term(_pixelObjective, errors, ofReference, settings.BetaOfMeans(settings.PixelBeta, batch.PixelElements), settings);
        var pixel = policy.Pixel is null ? null : draw.Pixels!.Spread(InPixels(policy.Pixel, before?.Pixel), draw.Examples.Count);

        // a control variate: every example below the gate has it, and those that are decoded have it taken off as often as they count
        Tensor? control = null;
        if (policy.Control is not null)
        {
            control = controlled!.Spread(InPixels(policy.Control, before?.Control), draw.Examples.Count);
            if (draw.Pixels is { } decoded) control *= 1 - settings.PixelEvery * decoded.Spread(ones(decoded.Rows?.Count ?? draw.Examples.Count, dtype: control.dtype, device: control.device), draw.Examples.Count);
        }
        var loss = Losses.WeightedMean(Losses.Total((settings.LatentWeight, latent), (settings.PixelWeight * settings.PixelEvery, pixel), (settings.PixelWeight, control)), data.Weights(draw.Examples));
        return new MicroStepLoss(loss, latent, pixel, policy.Latent, before?.Latent);
    }

    /// <summary>A term for the examples below the gate alone; null where there are none.</summary>
    private PixelTerm? Below(Tensor timesteps, PixelTerm term)
    {
        if (settings.PixelBelow >= 1) return term;
        var rows = timesteps.data<long>().Index().Where(t => t.Item < settings.PixelBelow * schedule.Length).Select(t => (long)t.Index).ToList();
        return rows.Count == 0 ? null : term with { Rows = rows };
    }

    private (Tensor Latent, Tensor? Pixel, Tensor? Control) Of(Denoiser fixedModel, NoisyBatch batch)
    {
        using var noGrad = no_grad();
        return InPrecision(() => batch.Errors(fixedModel, LoopSettings.NeedsReference(_pixelObjective)));
    }

    private T InPrecision<T>(Func<T> forward) => Autocast.Run(settings.Precision == Precision.Bfloat16, data.Device.type, forward);
}
