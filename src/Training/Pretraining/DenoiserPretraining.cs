using System.Diagnostics;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Pretraining;

/// <summary>Trains the text encoder and the denoisers that ship with the product, from random weights, on cached latents.</summary>
public static class DenoiserPretraining
{
    private const int SaveEvery = 500;
    private const string StateFile = "state.safetensors";

    /// <summary>Runs to the end, or goes on where <paramref name="output"/> was left.</summary>
    /// <param name="pictures">The set.</param>
    /// <param name="output">Folder that already holds <c>vae/</c>, for a U-Net <c>tokenizer/</c> and <c>text_encoder/</c> too; becomes a whole model folder.</param>
    /// <param name="settings">Hyper-parameters.</param>
    public static void Run(IReadOnlyList<CaptionedPicture> pictures, string output, DenoiserSettings settings)
    {
        // tokenizer, schedule, autoencoder: fixed from the first run on
        var device = ComputeDevice.Choose();
        var tokenizerFolder = Path.Combine(output, "tokenizer");
        if (!Directory.Exists(tokenizerFolder))
            BytePairTraining.Run(pictures.SelectMany(p => p.Keywords.Append(p.Caption)), settings.Merges, settings.MaxTokens, tokenizerFolder);
        WriteCaptions(pictures, Path.Combine(output, "captions.csv"));
        var tokenizer = ClipTokenizer.Load(tokenizerFolder);
        using var schedule = new NoiseSchedule(new ScheduleConfig { TimestepSpacing = "trailing" });
        using var vae = DiffusersFolder.LoadAutoencoder(Path.Combine(output, "vae")).to(device);

        // data: scaled latents and token ids in memory
        using var latents = Latents(vae, pictures, settings.ImageSize, device);                               // [N, C, h, w]
        using var tokens = stack(pictures.Select(p => tensor(tokenizer.Encode(p.Caption))).ToArray()).to(device); // [N, S]
        using var noTokens = tensor(tokenizer.Encode("")).to(device);                                         // [S]
        Console.WriteLine($"{latents.shape[0]} latents [{string.Join(", ", latents.shape[1..])}], sd {latents.std().item<float>():F3}; longest caption {pictures.Max(p => tokenizer.Count(p.Caption))} tokens");

        // models, optimizer, average
        torch.manual_seed(settings.Seed);
        using var generator = new Generator((ulong)settings.Seed);
        using var trained = new TextAndDenoiser(tokenizer, (int)latents.shape[2], output, settings).to(device);
        var parameters = trained.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        using var optimizer = new FusedAdam(parameters, OptimizerKind.AdamW, beta2: 0.99, weightDecay: 0.01);
        using var average = new Ema(parameters, settings.EmaDecay);
        var start = PretrainingState.Resume(Path.Combine(output, StateFile), trained, optimizer, average, generator);
        Console.WriteLine($"{parameters.Sum(p => p.Item2.NumberOfElements):N0} parameters, from step {start} to {settings.Steps}");

        var clock = Stopwatch.StartNew();
        double sum = 0;
        for (var step = start; step < settings.Steps; step++)
        {
            using var scope = NewDisposeScope(); // every tensor made below dies at the end of the step

            // batch: latents, captions (some dropped), noise, timesteps; drawn on the CPU, so that all devices draw the same
            var picks = randint(0, latents.shape[0], [settings.BatchSize], generator: generator).to(device);
            var clean = latents.index_select(0, picks);
            var dropped = rand([settings.BatchSize, 1], generator: generator).to(device) < settings.CaptionDropout;
            var ids = where(dropped, noTokens.unsqueeze(0), tokens.index_select(0, picks));
            var noise = randn(clean.shape, generator: generator).to(device);
            // the density grows with t, for the caption decides at much noise; the root can round up to 1
            var timesteps = (rand([settings.BatchSize], generator: generator).sqrt() * schedule.Length).to(int64).clamp(max: schedule.Length - 1).to(device);

            // forward: Eq. 1, weighted by timestep
            Tensor prediction;
            using (settings.Bfloat16 ? Autocast.Bfloat16(device.type) : null)
            {
                prediction = trained.Denoiser.Predict(schedule.AddNoise(clean, noise, timesteps), timesteps, trained.Encode(ids)).to(float32);
            }
            var loss = ((prediction - noise).square().mean([1, 2, 3]) * Weights(schedule.SignalToNoise(timesteps), settings.MinSnrGamma)).mean();

            // backward, clip, update
            loss.backward();
            optimizer.ClipGradients(1.0);
            optimizer.Step(PretrainingState.Cosine(settings.LearningRate, step, settings.Steps, warmup: 300));
            average.Update(step + 1);

            sum += loss.item<float>();
            if (step % 100 == 99)
            {
                Console.WriteLine($"step {step + 1}  loss {sum / 100:F4}  {(step + 1 - start) / clock.Elapsed.TotalSeconds:F2} steps/s");
                sum = 0;
            }
            if (step % SaveEvery == SaveEvery - 1 || step == settings.Steps - 1)
            {
                PretrainingState.Save(Path.Combine(output, StateFile), step + 1, trained, optimizer, average, generator);
                average.Swap();
                Save(trained, schedule, output);
                Sheet(trained, schedule, vae, tokens, noTokens, Path.Combine(output, $"samples-{step + 1:D6}.png"));
                average.Swap();
            }
        }
    }

    /// <summary>
    /// Weights of the squared error of the noise, [B]: 1/√SNR, so that what a caption decides, the picture seen through much
    /// noise, is learnt as fast as detail (Yu et al. 2023, arXiv 2310.08442); γ/SNR where that is less; 20 at most.
    /// </summary>
    private static Tensor Weights(Tensor snr, double gamma) => minimum(snr.rsqrt(), gamma / snr).clamp(max: 20);

    /// <summary>Scaled latents of every picture, [N, C, h, w].</summary>
    private static Tensor Latents(Autoencoder vae, IReadOnlyList<CaptionedPicture> pictures, int size, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bytes = AutoencoderPretraining.Load(pictures, size);
        var parts = new List<Tensor>();
        for (var i = 0; i < pictures.Count; i += 32)
        {
            using var inner = NewDisposeScope(); // a batch's activations are larger than all latents together
            parts.Add((vae.Encode(Pictures.ToUnit(bytes[i..Math.Min(i + 32, pictures.Count)]).to(device)) * vae.ScalingFactor).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>What the model was trained on, for those who want to draw something it knows.</summary>
    private static void WriteCaptions(IReadOnlyList<CaptionedPicture> pictures, string file) =>
        File.WriteAllLines(file, pictures.Select(p => $"{p.Name},\"{p.Caption.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{(p.HeldOut ? "held_out" : "train")}").Prepend("picture,caption,autoencoder_split"));

    private static void Save(TextAndDenoiser trained, NoiseSchedule schedule, string output)
    {
        DiffusersFolder.SaveTextEncoder(Path.Combine(output, "text_encoder"), trained.text_encoder);
        DiffusersFolder.SaveSchedule(Path.Combine(output, "scheduler"), schedule.Config);
        if (trained.unet is not null) DiffusersFolder.SaveUNet(Path.Combine(output, "unet"), trained.unet);
        if (trained.transformer is not null) DiffusersFolder.SaveDenoiser(Path.Combine(output, "transformer"), trained.transformer);
        var (pipeline, part, className) = trained.unet is null
            ? ("PixArtAlphaPipeline", "transformer", nameof(PixArtTransformer2DModel))
            : ("StableDiffusionPipeline", "unet", nameof(UNet2DConditionModel));
        File.WriteAllText(Path.Combine(output, "model_index.json"), $$"""
            {
              "_class_name": "{{pipeline}}",
              "scheduler": ["diffusers", "DDIMScheduler"],
              "text_encoder": ["transformers", "CLIPTextModel"],
              "tokenizer": ["transformers", "CLIPTokenizer"],
              "{{part}}": ["diffusers", "{{className}}"],
              "vae": ["diffusers", "AutoencoderTiny"]
            }

            """);
    }

    /// <summary>64 pictures of captions spread over the set.</summary>
    private static void Sheet(TextAndDenoiser trained, NoiseSchedule schedule, Autoencoder vae, Tensor tokens, Tensor noTokens, string path)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var picks = arange(0, 64, device: tokens.device) * (tokens.shape[0] / 64);
        var prompts = trained.Encode(tokens.index_select(0, picks));
        var latents = Sampling.Latents(trained.Denoiser, schedule, prompts, trained.Encode(noTokens.unsqueeze(0)), Enumerable.Range(0, 64).Select(i => (long)i).ToList(), 30, 3);
        Pictures.WriteSheet(path, Pictures.ToBytes(vae.Decode(latents / vae.ScalingFactor)).cpu(), columns: 8);
    }
}
