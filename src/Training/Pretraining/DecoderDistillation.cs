using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Pretraining;

/// <summary>What <c>distill-decoder</c> makes.</summary>
public enum DecoderLayout
{
    /// <summary>An <see cref="AutoencoderTiny"/>, whose layers grow to the size of the image.</summary>
    Tiny,

    /// <summary>A <see cref="PatchDecoder"/>, whose layers stay at the size of the latent.</summary>
    Patches,
}

/// <summary>Settings of <c>distill-decoder</c>.</summary>
public sealed record DistillationSettings
{
    /// <summary>Layers that grow to the size of the image (tiny, the TAESD layout), or that stay at the size of the latent and give each cell its pixels (patches): cheaper.</summary>
    public DecoderLayout Layout { get; init; }

    /// <summary>Channels of every layer; the cost goes with its square.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Residual blocks at each size but the finest, which has one; of patches, in all.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Pictures per step; each is decoded twice.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 2_000;

    /// <summary>Peak step size; linear warm-up over 100 steps, then cosine to a hundredth.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of the noise schedule, from its clean end, whose latents it learns to decode: what a pixel term shows it.</summary>
    public double Below { get; init; } = 0.5;

    /// <summary>Decay of the weights' moving average, which is what is saved.</summary>
    public double EmaDecay { get; init; } = 0.99;

    /// <summary>Seed of every random draw.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What makes these settings unusable, one sentence each; empty when they are fine.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        void Require(bool holds, string option, object value, string rule)
        {
            if (!holds) faults.Add(string.Create(CultureInfo.InvariantCulture, $"--{option} is {value}; it must be {rule}."));
        }

        Require(Width >= 1, "width", Width, "1 or more");
        Require(Blocks >= 1, "blocks", Blocks, "1 or more");
        Require(BatchSize >= 1, "batch-size", BatchSize, "1 or more");
        Require(Steps >= 1, "steps", Steps, "1 or more");
        Require(LearningRate > 0, "learning-rate", LearningRate, "more than 0");
        Require(Below is > 0 and <= 1, "below", Below, "more than 0 and at most 1");
        Require(EmaDecay is >= 0 and < 1, "ema-decay", EmaDecay, "at least 0 and below 1");
        Require(Seed >= 0, "seed", Seed, "0 or more");
        return faults;
    }
}

/// <summary>
/// Trains a small decoder to do what a model's own does, for the pixel term: <see cref="LoopSettings.PixelDecoder"/>. A pixel error is the difference of
/// two decodings, so that differences are learnt beside images.
/// </summary>
/// <remarks>
/// It decodes scaled latents. An AutoencoderTiny has an encoder too, which is learnt on the way; a PatchDecoder is scaled in the end, so that differences of its
/// decodings are as large as the model's on average. Eq. 2 of arXiv 2409.17565 decodes latents at their noise level, which is why noisy ones are decoded here too.
/// </remarks>
public static class DecoderDistillation
{
    private const int SaveEvery = 250, LogEvery = 50;
    private const int ScaleDraws = 128;
    private const double DifferenceWeight = 0.1;
    private const string StateFile = "decoder.state.safetensors";

    /// <summary>Runs to the end, or goes on where <paramref name="output"/> was left.</summary>
    /// <param name="pictures">Held-out ones are only measured on.</param>
    /// <param name="folder">The model whose decoder is learnt from.</param>
    /// <param name="output">Folder for <c>vae/</c> and the resumable state.</param>
    /// <param name="settings">Hyper-parameters.</param>
    /// <param name="to">Where progress is printed.</param>
    /// <exception cref="BadJobException">The settings are unusable, the model cannot be read, or there are no pictures.</exception>
    public static void Run(IReadOnlyList<CaptionedPicture> pictures, string folder, string output, DistillationSettings settings, TextWriter to)
    {
        if (settings.Faults() is { Count: > 0 } faults) throw new BadJobException(string.Join(" ", faults));
        using var model = TextToImageModel.Load(folder, Native.ComputeDevice.Choose());
        foreach (var parameter in model.Vae.parameters()) parameter.requires_grad = false;
        var (train, heldOut) = (pictures.Where(p => !p.HeldOut).ToList(), pictures.Where(p => p.HeldOut).ToList());
        if (train.Count == 0) throw new BadJobException("There are no pictures to learn from.");

        // data: pictures as bytes and their scaled latents, in memory
        using var images = AutoencoderPretraining.Load(train, model.ImageSize);
        using var latents = Encode(model, images);
        to.WriteLine($"{train.Count} pictures to learn from, {heldOut.Count} held out");

        // student, optimizer, average
        using var generator = new Generator((ulong)settings.Seed);
        manual_seed(settings.Seed);
        using var student = Student(model.Vae, settings).to(model.Device);
        var parameters = student.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        using var optimizer = new FusedAdam(parameters, OptimizerKind.Adam, beta2: 0.99);
        using var average = new Ema(parameters, settings.EmaDecay);
        var start = PretrainingState.Resume(Path.Combine(output, StateFile), student, optimizer, average, generator);
        to.WriteLine($"{parameters.Sum(p => p.Item2.NumberOfElements):N0} parameters, from step {start} to {settings.Steps}");

        var clock = Stopwatch.StartNew();
        for (var step = start; step < settings.Steps; step++)
        {
            using var scope = NewDisposeScope(); // every tensor made below dies at the end of the step

            // draw: pictures, noise on their latents, and a second latent a little off
            var picks = randint(0, train.Count, [settings.BatchSize], generator: generator);
            var (both, truth) = Draw(model, latents.index_select(0, picks).to(model.Device), settings.Below, generator);

            // forward: images, their differences, and the encoder on the way where there is one
            var decoded = student.Decode(both);
            var loss = (decoded - truth).square().mean() + (DifferenceWeight * DifferenceError(decoded, truth).mean());
            var whole = loss;
            if (settings.Layout == DecoderLayout.Tiny)
                whole += (student.Encode(Pictures.ToUnit(images.index_select(0, picks)).to(model.Device)) - latents.index_select(0, picks).to(model.Device)).square().mean();

            // backward, clip, update
            whole.backward();
            optimizer.ClipGradients(1.0);
            optimizer.Step(PretrainingState.Cosine(settings.LearningRate, step, settings.Steps, warmup: 100));
            average.Update(step + 1);

            if (step % LogEvery == LogEvery - 1)
                to.WriteLine(FormattableString.Invariant($"step {step + 1}  loss {loss.item<float>():F4}  differences off by {DifferenceError(decoded, truth).mean().item<float>():P0}  {(step + 1 - start) / clock.Elapsed.TotalSeconds:F2} steps/s"));
            if (step % SaveEvery == SaveEvery - 1 || step == settings.Steps - 1)
                PretrainingState.Save(Path.Combine(output, StateFile), step + 1, student, optimizer, average, generator);
        }

        average.Swap();
        if (heldOut.Count > 0) to.WriteLine(Measure(model, student, heldOut, settings));
        if (student is PatchDecoder patches)
        {
            var longer = Longer(model, student, latents, settings, generator);
            patches.Scale(longer);
            to.WriteLine(FormattableString.Invariant($"made {longer:F2} times as large, so that differences are as large as the model's on average: errors are right in size, images are not"));
        }
        Save(Path.Combine(output, "vae"), student);
        to.WriteLine($"saved {Path.Combine(output, "vae")}");
    }

    /// <summary>The smallest decoder of its layout that goes with an autoencoder's latents.</summary>
    private static Autoencoder Student(Autoencoder teacher, DistillationSettings settings)
    {
        if (settings.Layout == DecoderLayout.Patches)
            return new PatchDecoder(new PatchDecoderConfig { LatentChannels = teacher.LatentChannels, PatchSize = teacher.Compression, Width = settings.Width, Blocks = settings.Blocks });
        var sizes = BitOperations.Log2((uint)teacher.Compression) + 1;
        return new AutoencoderTiny(new AutoencoderTinyConfig
        {
            LatentChannels = teacher.LatentChannels,
            EncoderBlockOutChannels = [.. Enumerable.Repeat(settings.Width, sizes)],
            DecoderBlockOutChannels = [.. Enumerable.Repeat(settings.Width, sizes)],
            NumEncoderBlocks = [.. Enumerable.Repeat(1, sizes)],
            NumDecoderBlocks = [.. Enumerable.Repeat(settings.Blocks, sizes - 1), 1],
        });
    }

    private static void Save(string folder, Autoencoder student)
    {
        if (student is AutoencoderTiny tiny) DiffusersFolder.SaveAutoencoder(folder, tiny, scalingFactor: 1);
        else DiffusersFolder.SaveDecoder(folder, (PatchDecoder)student);
    }

    /// <summary>Scaled latents of pictures, [N, C, h, w], in the memory of the computer.</summary>
    private static Tensor Encode(TextToImageModel model, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return cat(images.split(8).Select(some => (model.Vae.Encode(Pictures.ToUnit(some).to(model.Device)) * model.Vae.ScalingFactor).cpu()).ToArray()).MoveToOuterDisposeScope();
    }

    /// <summary>Noisy latents and the same with a part of the noise changed, as a denoiser would miss it; and what the model's decoder makes of them.</summary>
    /// <returns>Scaled latents, [2B, C, h, w], and images, [2B, 3, H, W].</returns>
    internal static (Tensor Latents, Tensor Images) Draw(TextToImageModel model, Tensor latents, double below, Generator generator)
    {
        using var noGrad = no_grad();
        var timesteps = randint(0, Math.Max(1, (long)(below * model.Schedule.Length)), [latents.shape[0]], generator: generator).to(latents.device);
        Tensor Normal() => randn(latents.shape, generator: generator).to(latents.device);
        var (noise, error, size) = (Normal(), Normal(), (0.05 + (0.45 * rand([latents.shape[0], 1, 1, 1], generator: generator))).to(latents.device));
        var both = cat([model.Schedule.AddNoise(latents, noise, timesteps), model.Schedule.AddNoise(latents, noise + (size * error), timesteps)]);
        return (both, model.Vae.Decode(both / model.Vae.ScalingFactor));
    }

    /// <summary>How far differences of two decodings are off, as a share of what they should be, squared, [B].</summary>
    private static Tensor DifferenceError(Tensor decoded, Tensor truth)
    {
        var (own, other) = (Difference(decoded), Difference(truth));
        return (own - other).square().mean([1, 2, 3]) / other.square().mean([1, 2, 3]);
    }

    /// <summary>By how much differences of its decodings are too short on average: what a student does not know it takes for nothing.</summary>
    private static double Longer(TextToImageModel model, Autoencoder student, Tensor latents, DistillationSettings settings, Generator generator)
    {
        using var noGrad = no_grad();
        var shares = new List<float>();
        while (shares.Count < ScaleDraws)
        {
            using var scope = NewDisposeScope();
            var (both, truth) = Draw(model, latents.index_select(0, randint(0, latents.shape[0], [settings.BatchSize], generator: generator)).to(model.Device), settings.Below, generator);
            shares.AddRange((Difference(student.Decode(both)).square().mean([1, 2, 3]) / Difference(truth).square().mean([1, 2, 3])).cpu().data<float>());
        }
        return 1 / Math.Sqrt(shares.Average());
    }

    /// <summary>The second half less the first, [B, …].</summary>
    internal static Tensor Difference(Tensor of)
    {
        var halves = of.chunk(2);
        return halves[1] - halves[0];
    }

    private static string Measure(TextToImageModel model, Autoencoder student, IReadOnlyList<CaptionedPicture> heldOut, DistillationSettings settings)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator((ulong)settings.Seed);
        using var images = AutoencoderPretraining.Load(heldOut, model.ImageSize);
        var (squares, differences) = (new List<float>(), new List<float>());
        foreach (var latents in Encode(model, images).split(8))
        {
            using var inner = NewDisposeScope();
            var (both, truth) = Draw(model, latents.to(model.Device), settings.Below, generator);
            var decoded = student.Decode(both);
            squares.AddRange((decoded - truth).square().mean([1, 2, 3]).cpu().data<float>());
            differences.AddRange(DifferenceError(decoded, truth).cpu().data<float>());
        }
        return FormattableString.Invariant($"held out: images {10 * Math.Log10(4 / squares.Average()):F2} dB from the model's own decoder, differences off by {differences.Average():P0} (mean square)");
    }
}
