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
    private readonly NoiseSchedule _schedule;
    private readonly PixelDecoder? _pixels;
    private readonly Tensor _latents, _timesteps, _text, _noisy, _target;
    private readonly Tensor? _targetImages;

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
        (_schedule, _pixels) = (schedule, pixels);
        _latents = data.Latents(examples);
        noise = noise.to(_latents.device).repeat(sides, 1, 1, 1); // drawn on the CPU
        _timesteps = timesteps.to(_latents.device).repeat(sides);
        _text = data.Text(examples, dropped).repeat(sides, 1, 1);
        _noisy = schedule.AddNoise(_latents, noise, _timesteps);
        _target = Prediction.Target(schedule, _latents, noise, _timesteps);
        _targetImages = pixels?.Target(_latents, noise, _timesteps);
    }

    /// <summary>Errors of one model, [B or 2B]: of its prediction, whatever it predicts, and of the image that the noise in it decodes to.</summary>
    public (Tensor Latent, Tensor? Pixel) Errors(Denoiser denoiser)
    {
        var prediction = denoiser.Predict(_noisy, _timesteps, _text).to(_noisy.dtype); // errors are not taken in bfloat16
        var pixel = _pixels is null ? null
            : Losses.Error(_pixels.Decode(_latents, Prediction.Noise(_schedule, prediction, _noisy, _timesteps), _timesteps), _targetImages!);
        return (Losses.Error(prediction, _target), pixel);
    }
}
