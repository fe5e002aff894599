using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Examples with noise on their latents: what a model is measured on. Both images of a pair share noise, timestep and text,
/// so that only the images differ. For pairs everything is [2B], the preferred images first; for SFT [B].
/// </summary>
internal sealed class NoisyBatch
{
    private readonly PixelDecoder? _pixels;
    private readonly Tensor _latents, _noise, _timesteps, _text, _noisy;
    private readonly Tensor? _target;

    /// <param name="data">Holds latents and text states.</param>
    /// <param name="examples">B examples, all pairs or all single images.</param>
    /// <param name="noise">[B, C, h, w] standard normal.</param>
    /// <param name="timesteps">[B] int64.</param>
    /// <param name="dropped">Which examples get the empty prompt.</param>
    /// <param name="schedule">The denoiser's schedule.</param>
    /// <param name="pixels">Decoder of the pixel term; null without one.</param>
    public NoisyBatch(TrainingSet data, IReadOnlyList<Example> examples, Tensor noise, Tensor timesteps, IReadOnlyList<bool> dropped, NoiseSchedule schedule, PixelDecoder? pixels)
    {
        var sides = examples[0].Rejected is null ? 1 : 2;
        _pixels = pixels;
        _latents = data.Latents(examples);
        _noise = noise.repeat(sides, 1, 1, 1);
        _timesteps = timesteps.repeat(sides);
        _text = data.Text(examples, dropped).repeat(sides, 1, 1);
        _noisy = schedule.AddNoise(_latents, _noise, _timesteps);
        _target = pixels?.Target(_latents, _noise, _timesteps);
    }

    /// <summary>Errors of one model, [B or 2B]: of its noise prediction, and of the image that prediction decodes to.</summary>
    public (Tensor Latent, Tensor? Pixel) Errors(Denoiser denoiser)
    {
        var prediction = denoiser.Predict(_noisy, _timesteps, _text);
        var pixel = _pixels is null ? null : Losses.Error(_pixels.Decode(_latents, prediction, _timesteps), _target!);
        return (Losses.Error(prediction, _noise), pixel);
    }
}
