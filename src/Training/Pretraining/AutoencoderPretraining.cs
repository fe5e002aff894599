using System.Diagnostics;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Metrics;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Pretraining;

/// <summary>Settings of <c>pretrain autoencoder</c>.</summary>
public sealed record AutoencoderSettings
{
    /// <summary>Side of a training image, in pixels.</summary>
    public int ImageSize { get; init; } = 128;

    /// <summary>Side of the random crops most of the training sees, in pixels: cheap, and the network is local.</summary>
    public int CropSize { get; init; } = 64;

    /// <summary>Crops per step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 4_000;

    /// <summary>Share of the steps, at the end, that see whole images (a quarter as many), so that borders are learnt as they will be used.</summary>
    public double WholeShare { get; init; } = 0.15;

    /// <summary>Peak step size; linear warm-up over 200 steps, then cosine to a hundredth.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Channels of every layer.</summary>
    public int Width { get; init; } = 48;

    /// <summary>Standard deviation of noise added to the latents in training, which keeps the decoder smooth where a denoiser misses a little.</summary>
    public double LatentNoise { get; init; } = 0.05;

    /// <summary>Decay of the weights' moving average, which is what is saved.</summary>
    public double EmaDecay { get; init; } = 0.99;

    /// <summary>Seed of every random draw.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>Trains the tiny autoencoder that ships with the product, from random weights.</summary>
public static class AutoencoderPretraining
{
    private const int SaveEvery = 500;
    private const string StateFile = "vae.state.safetensors";

    /// <summary>Runs to the end, or goes on where <paramref name="output"/> was left.</summary>
    /// <param name="pictures">The set; held-out pictures are only measured on.</param>
    /// <param name="output">Folder for <c>vae/</c> and the resumable state.</param>
    /// <param name="settings">Hyper-parameters.</param>
    public static void Run(IReadOnlyList<CaptionedPicture> pictures, string output, AutoencoderSettings settings)
    {
        // data: bytes in memory, [N, 3, S, S]
        using var train = Load(pictures.Where(p => !p.HeldOut), settings.ImageSize);
        using var heldOut = Load(pictures.Where(p => p.HeldOut), settings.ImageSize);
        Console.WriteLine($"{train.shape[0]} pictures to train on, {heldOut.shape[0]} held out");

        // model, optimizer, average
        using var generator = new Generator((ulong)settings.Seed);
        torch.manual_seed(settings.Seed);
        using var model = new AutoencoderTiny(new AutoencoderTinyConfig
        {
            EncoderBlockOutChannels = Enumerable.Repeat(settings.Width, 4).ToArray(),
            DecoderBlockOutChannels = Enumerable.Repeat(settings.Width, 4).ToArray(),
            NumEncoderBlocks = [1, 1, 2, 3],
            NumDecoderBlocks = [3, 3, 2, 1],
        });
        var parameters = model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        using var optimizer = new FusedAdam(parameters, OptimizerKind.Adam, beta2: 0.99);
        using var average = new Ema(parameters, settings.EmaDecay);
        var start = PretrainingState.Resume(Path.Combine(output, StateFile), model, optimizer, average, generator);
        Console.WriteLine($"{parameters.Sum(p => p.Item2.NumberOfElements):N0} parameters, from step {start} to {settings.Steps}");

        var clock = Stopwatch.StartNew();
        for (var step = start; step < settings.Steps; step++)
        {
            using var scope = NewDisposeScope(); // every tensor made below dies at the end of the step

            // images: crops first, whole ones at the end
            var whole = step >= settings.Steps * (1 - settings.WholeShare);
            var images = Draw(train, whole ? settings.BatchSize / 4 : settings.BatchSize, whole ? settings.ImageSize : settings.CropSize, generator);

            // forward
            var latents = model.Encode(images);
            var noise = randn(latents.shape, generator: generator) * settings.LatentNoise;
            var decoded = model.Decode(latents + noise);
            var loss = Reconstruction(decoded, images) + 0.01 * Spread(latents);

            // backward, clip, update
            loss.backward();
            optimizer.ClipGradients(1.0);
            optimizer.Step(PretrainingState.Cosine(settings.LearningRate, step, settings.Steps, warmup: 200));
            average.Update(step + 1);

            if (step % 100 == 99)
                Console.WriteLine($"step {step + 1}  loss {loss.item<float>():F4}  psnr {Psnr(decoded, images):F2}  latent mean {latents.mean().item<float>():F2} sd {latents.std().item<float>():F2}  {(step + 1 - start) / clock.Elapsed.TotalSeconds:F2} steps/s");
            if (step % SaveEvery == SaveEvery - 1 || step == settings.Steps - 1)
            {
                PretrainingState.Save(Path.Combine(output, StateFile), step + 1, model, optimizer, average, generator);
                average.Swap();
                Console.WriteLine($"step {step + 1}  held-out psnr {HeldOutPsnr(model, heldOut):F2} dB");
                Sheet(model, heldOut, Path.Combine(output, "held-out.png"));
                average.Swap();
            }
        }

        average.Swap();
        SaveFolder(model, train, Path.Combine(output, "vae"));
    }

    /// <summary>Mean over the pictures of the peak signal-to-noise ratio on 8-bit RGB, in dB.</summary>
    public static double HeldOutPsnr(Autoencoder model, Tensor pictures)
    {
        using var noGrad = no_grad();
        var device = model.parameters().First().device;
        double sum = 0;
        for (var i = 0; i < pictures.shape[0]; i += 16)
        {
            using var scope = NewDisposeScope();
            var bytes = pictures[i..(int)Math.Min(i + 16, pictures.shape[0])];
            var decoded = Pictures.ToBytes(model.Decode(model.Encode(Pictures.ToUnit(bytes).to(device)))).cpu();
            sum += PeakSignalToNoise.Of(decoded, bytes).sum().item<double>();
        }
        return sum / pictures.shape[0];
    }

    /// <summary>All pictures at one size, [N, 3, size, size] bytes.</summary>
    public static Tensor Load(IEnumerable<CaptionedPicture> pictures, int size)
    {
        using var scope = NewDisposeScope();
        return stack(pictures.Select(p => Pictures.ReadBytes(p.File, size)).ToArray()).MoveToOuterDisposeScope();
    }

    /// <summary>Squared and absolute error, and the error of edges, which faces live on.</summary>
    private static Tensor Reconstruction(Tensor decoded, Tensor images)
    {
        var error = decoded - images;
        var edges = (error[.., .., 1.., ..] - error[.., .., ..^1, ..]).abs().mean() + (error[.., .., .., 1..] - error[.., .., .., ..^1]).abs().mean();
        return 2 * error.square().mean() + 0.25 * error.abs().mean() + 0.25 * edges;
    }

    /// <summary>Zero when every latent channel has mean 0 and variance 1 over the batch, the scale that noise schedules expect.</summary>
    private static Tensor Spread(Tensor latents)
    {
        var mean = latents.mean([0, 2, 3]);
        var variance = latents.var([0, 2, 3]);
        return mean.square().mean() + (variance + 1e-4).log().square().mean();
    }

    private static double Psnr(Tensor decoded, Tensor images) =>
        10 * Math.Log10(4 / (decoded - images).square().mean().item<float>());

    /// <summary>Random pictures, randomly mirrored, randomly cropped: [count, 3, size, size] in [-1, 1].</summary>
    private static Tensor Draw(Tensor pictures, int count, int size, Generator generator)
    {
        var picks = randint(0, pictures.shape[0], [count], generator: generator).data<long>().ToArray();
        var room = pictures.shape[2] - size + 1;
        var corners = randint(0, room, [count, 2], generator: generator).data<long>().ToArray();
        var mirrored = randint(0, 2, [count], generator: generator).data<long>().ToArray();
        var crops = picks.Select((pick, i) =>
        {
            var crop = pictures[pick, .., (int)corners[2 * i]..(int)(corners[2 * i] + size), (int)corners[2 * i + 1]..(int)(corners[2 * i + 1] + size)];
            return mirrored[i] == 1 ? crop.flip(2) : crop;
        });
        return Pictures.ToUnit(stack(crops.ToArray()));
    }

    /// <summary>Originals above their reconstructions.</summary>
    private static void Sheet(AutoencoderTiny model, Tensor pictures, string path)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = new List<Tensor>();
        for (var row = 0; row < 4; row++)
        {
            var originals = pictures[(row * 10)..(row * 10 + 10)];
            rows.Add(originals);
            rows.Add(Pictures.ToBytes(model.Decode(model.Encode(Pictures.ToUnit(originals)))));
        }
        Pictures.WriteSheet(path, cat(rows), columns: 10);
    }

    private static void SaveFolder(AutoencoderTiny model, Tensor train, string folder)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var deviation = cat(Enumerable.Range(0, 16).Select(i => model.Encode(Pictures.ToUnit(train[(i * 16)..(i * 16 + 16)]))).ToArray()).std().item<float>();
        DiffusersFolder.SaveAutoencoder(folder, model, Math.Round(1 / deviation, 4));
        Console.WriteLine($"saved {folder}, scaling factor {1 / deviation:F4}");
    }
}
