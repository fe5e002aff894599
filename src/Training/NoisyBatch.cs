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
    private readonly Tensor _timesteps, _noisy, _target;
    private readonly Conditioning _conditioning;
    private readonly Func<Tensor, Tensor>? _pixelErrors, _controlErrors; // from the network's output to [b or 2b], [B or 2B]
    private readonly Tensor? _weights;

    /// <param name="data">Holds latents and what the prompts tell the model.</param>
    /// <param name="examples">B examples, all pairs or all single images.</param>
    /// <param name="noise">[B, C, h, w] standard normal.</param>
    /// <param name="timesteps">[B] int64.</param>
    /// <param name="dropped">Which examples are trained on without their prompt.</param>
    /// <param name="schedule">The denoiser's schedule.</param>
    /// <param name="pixels">The pixel term; null without one.</param>
    /// <param name="control">What stands in for the pixel term where that is left out; null without.</param>
    /// <param name="minSnrGamma">γ of the weights of latent errors; 0 for none.</param>
    public NoisyBatch(TrainingSet data, IReadOnlyList<Example> examples, Tensor noise, Tensor timesteps, IReadOnlyList<bool> dropped, NoiseSchedule schedule, PixelTerm? pixels, PixelTerm? control = null, double minSnrGamma = 0)
    {
        var sides = examples[0].Rejected is null ? 1 : 2;
        var latents = data.Latents(examples);
        noise = noise.to(latents.device).repeat(sides, 1, 1, 1); // drawn on the CPU
        _timesteps = timesteps.to(latents.device).repeat(sides);
        _conditioning = data.Prompts(examples, dropped).Repeat(sides);
        _noisy = schedule.AddNoise(latents, noise, _timesteps);
        _target = Prediction.Target(schedule, latents, noise, _timesteps);
        _pixelErrors = pixels?.Errors(latents, noise, _noisy, _timesteps, sides);
        _controlErrors = control?.Errors(latents, noise, _noisy, _timesteps, sides);
        PixelElements = (pixels ?? control)?.Decoder.Elements(latents) ?? 0;
        _weights = minSnrGamma > 0 ? MinSnr.Weights(schedule, _timesteps, minSnrGamma) : null;
    }

    /// <summary>Elements that a latent error is the mean of.</summary>
    public long LatentElements => _target[0].NumberOfElements;

    /// <summary>Elements that a pixel error is the mean of; 0 without a pixel term.</summary>
    public long PixelElements { get; }

    /// <summary>
    /// Errors of one model: of its prediction, whatever it predicts, [B or 2B]; of the images that it leads to, [b or 2b] of the b examples that have the term; and what stands in
    /// for these, [B or 2B].
    /// </summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="inPixels">Whether its pixel errors are wanted too; they cost a pass through the decoder.</param>
    public (Tensor Latent, Tensor? Pixel, Tensor? Control) Errors(Denoiser denoiser, bool inPixels = true)
    {
        var prediction = denoiser.Predict(_noisy, _timesteps, _conditioning).to(_noisy.dtype); // errors are not taken in bfloat16
        var (pixel, control) = inPixels ? (_pixelErrors?.Invoke(prediction), _controlErrors?.Invoke(prediction)) : default;
        var latent = Losses.Error(prediction, _target);
        return (_weights is null ? latent : _weights * latent, pixel, control);
    }
}
