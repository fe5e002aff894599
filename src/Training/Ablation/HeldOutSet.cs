using PixelPost.Training.Bench;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Metrics;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Ablation;

/// <summary>
/// What models are measured on: captions and pictures that no run of the ablation trains on, and that the shipped autoencoder was not
/// trained on either (<see cref="CaptionedPicture.HeldOut"/>).
/// </summary>
internal sealed class HeldOutSet : IDisposable
{
    private const int Nearest = 5, AtOnce = 8;
    private const long SeedsApart = 10_000;
    private static readonly int[] NoiseTenths = [1, 3, 5];

    private readonly MobileNetV2? _features;
    private readonly Tensor _all, _real, _training;  // bytes: every picture, the held-out ones, as many training pictures
    private readonly List<int> _rows;                // of the held-out ones in all
    private readonly Tensor? _realFeatures;
    private readonly Tensor _realProfile;

    /// <param name="pictures">The whole set.</param>
    /// <param name="size">Side of the network's images, in pixels.</param>
    /// <param name="features">Network of the kernel distance; null leaves it out.</param>
    /// <param name="settings">How many captions.</param>
    /// <exception cref="BadJobException">There are too few pictures of either kind.</exception>
    public HeldOutSet(IReadOnlyList<CaptionedPicture> pictures, int size, MobileNetV2? features, AblationSettings settings)
    {
        using var scope = NewDisposeScope();
        _features = features;
        _rows = Some(pictures, heldOut: true, settings.HeldOutPrompts);
        Captions = [.. _rows.Select(r => pictures[r].Caption)];
        var training = Some(pictures, heldOut: false, settings.TrainingPrompts);
        TrainingCaptions = [.. training.Select(r => pictures[r].Caption)];
        _all = stack(pictures.Select(p => Pictures.ReadBytes(p.File, size)).ToArray()).DetachFromDisposeScope();
        _real = At(_all, _rows).DetachFromDisposeScope();
        _training = At(_all, training).DetachFromDisposeScope();
        _realFeatures = features?.Features(_real).DetachFromDisposeScope();
        _realProfile = PowerSpectrum.Profiles(_real).mean([0]).DetachFromDisposeScope();
    }

    /// <summary>Held-out captions.</summary>
    public IReadOnlyList<string> Captions { get; }

    /// <summary>Captions to train on; none of them is held out.</summary>
    public IReadOnlyList<string> TrainingCaptions { get; }

    /// <summary>Their pictures, [N, 3, H, W] bytes.</summary>
    public Tensor TrainingPictures => _training;

    /// <summary>The held-out pictures, [M, 3, H, W] bytes.</summary>
    public Tensor RealPictures => _real;

    /// <summary>What to draw for a run: every method of a seed starts from the same noise.</summary>
    public IEnumerable<PromptLine> Prompts(int seed) => Captions.Select((caption, i) => new PromptLine { PromptId = $"{i}", Prompt = caption, Seed = seed * SeedsApart + i });

    /// <summary>Measures a model.</summary>
    /// <param name="drawn">Its images of <see cref="Prompts"/>, [M, 3, H, W] bytes.</param>
    /// <param name="model">The model.</param>
    /// <param name="seed">Of the noise in the one-step reconstructions.</param>
    public Measures Of(Tensor drawn, TextToImageModel model, int seed)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var ranks = QualityBench.Ranks(drawn, _all, _rows);
        return OfSet(drawn, ranks.Count(r => r <= Nearest) / (double)ranks.Count, OneStep(model, seed));
    }

    /// <summary>
    /// What real pictures measure, to read the models' numbers by: other real pictures against the held-out ones, and the held-out
    /// ones through the autoencoder alone.
    /// </summary>
    public Measures OfReal(TextToImageModel model)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return OfSet(_training, null, Compared(bytes => model.Vae.Decode(model.Vae.Encode(Pictures.ToUnit(bytes).to(model.Device)))));
    }

    public void Dispose()
    {
        _all.Dispose();
        _real.Dispose();
        _training.Dispose();
        _realFeatures?.Dispose();
        _realProfile.Dispose();
    }

    private Measures OfSet(Tensor images, double? retrieval, Reconstruction oneStep) => new()
    {
        KernelDistance = _features is null ? null : KernelDistance.Between(_features.Features(images), _realFeatures!),
        HighFrequencyError = PowerSpectrum.HighFrequencyDistance(PowerSpectrum.Profiles(images).mean([0]), _realProfile).item<double>(),
        Sharpness = Sharpness.Of(images).mean().item<double>(),
        Retrieval = retrieval,
        OneStep = oneStep,
    };

    /// <summary>Held-out pictures with noise of a tenth, three and five tenths of the schedule, made clean by one prediction.</summary>
    private Reconstruction OneStep(TextToImageModel model, int seed)
    {
        var (schedule, denoiser) = (model.Schedule, model.Denoiser);
        using var generator = new Generator((ulong)seed);
        var perTime = NoiseTenths.Select(tenths =>
        {
            var start = 0;
            return Compared(bytes =>
            {
                var count = bytes.shape[0];
                var latents = model.Vae.Encode(Pictures.ToUnit(bytes).to(model.Device)) * model.Vae.ScalingFactor;
                var text = model.Prompts.Encode([.. Captions.Skip(start).Take((int)count)]);
                start += (int)count;
                var timesteps = full([count], tenths * schedule.Length / 10, dtype: ScalarType.Int64, device: model.Device);
                var noisy = schedule.AddNoise(latents, randn(latents.shape, generator: generator).to(model.Device), timesteps);
                var clean = Prediction.Clean(schedule, denoiser.Predict(noisy, timesteps, text), noisy, timesteps);
                return model.Vae.Decode(clean / model.Vae.ScalingFactor);
            });
        }).ToList();
        return new(perTime.Average(r => r.Psnr), perTime.Average(r => r.Ssim));
    }

    /// <summary>Mean PSNR and SSIM of reconstructions of the held-out pictures.</summary>
    private Reconstruction Compared(Func<Tensor, Tensor> reconstruct)
    {
        var (psnr, ssim) = (0.0, 0.0);
        foreach (var some in _real.split(AtOnce))
        {
            using var inner = NewDisposeScope();
            var images = Pictures.ToBytes(reconstruct(some)).cpu();
            psnr += PeakSignalToNoise.Of(images, some).sum().item<double>();
            ssim += StructuralSimilarity.Of(images, some).sum().item<double>();
        }
        return new(psnr / _real.shape[0], ssim / _real.shape[0]);
    }

    /// <summary>Indices of some pictures of one kind, evenly spread; of captions that are on both sides, those to train on are left out.</summary>
    private static List<int> Some(IReadOnlyList<CaptionedPicture> pictures, bool heldOut, int count)
    {
        var kept = pictures.Where(p => p.HeldOut).Select(p => p.Caption).ToHashSet(StringComparer.Ordinal);
        var rows = Enumerable.Range(0, pictures.Count).Where(i => heldOut ? pictures[i].HeldOut : !kept.Contains(pictures[i].Caption)).ToList();
        if (rows.Count < 2) throw new BadJobException($"There are {rows.Count} pictures {(heldOut ? "held out" : "to train on")}; there must be two at least.");
        return [.. QualityBench.Spread(rows.Count, Math.Min(count, rows.Count)).Select(i => rows[i])];
    }

    private static Tensor At(Tensor pictures, List<int> rows) => pictures.index_select(0, tensor(rows.Select(r => (long)r).ToArray()));
}
