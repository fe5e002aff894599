using System.Diagnostics;
using System.Text.Json.Serialization;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Pretraining;

/// <summary>Settings of <c>pretrain denoiser</c>.</summary>
public sealed record DenoiserSettings
{
    /// <summary>Side of a training image, in pixels.</summary>
    public int ImageSize { get; init; } = 128;

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 16_000;

    /// <summary>Peak step size; linear warm-up over 300 steps, then cosine to a hundredth.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>What kind of denoiser: a transformer with a text encoder trained along, or a U-Net on the text encoder of the folder.</summary>
    public PretrainedNetwork Network { get; init; }

    /// <summary>The U-Net: channels of its finer stage, a multiple of 32.</summary>
    public int UnetWidth { get; init; } = 64;

    /// <summary>The U-Net: channels of its coarser stage, a multiple of 32.</summary>
    public int UnetInnerWidth { get; init; } = 160;

    /// <summary>The U-Net: residual blocks of a stage on the way down.</summary>
    public int UnetLayers { get; init; } = 1;

    /// <summary>Transformer blocks.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Attention heads of 64 channels.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Layers of the text encoder, which is trained along.</summary>
    public int TextLayers { get; init; } = 3;

    /// <summary>Channels of the text encoder.</summary>
    public int TextWidth { get; init; } = 192;

    /// <summary>Longest prompt, in tokens.</summary>
    public int MaxTokens { get; init; } = 24;

    /// <summary>Merges of the vocabulary.</summary>
    public int Merges { get; init; } = 1200;

    /// <summary>Probability of training without the caption, for classifier-free guidance.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>γ of min-SNR weighting, which holds back the least noisy timesteps (Hang et al. 2023, arXiv 2303.09556).</summary>
    public double MinSnrGamma { get; init; } = 5;

    /// <summary>Decay of the weights' moving average, which is what is saved.</summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Matrix products in bfloat16: about twice as fast on processors that have instructions for it, slower on others.</summary>
    public bool Bfloat16 { get; init; }

    /// <summary>Seed of every random draw.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>The denoisers that can be trained from random weights.</summary>
public enum PretrainedNetwork
{
    /// <summary>PixArt's transformer, and a text encoder with it.</summary>
    Transformer,

    /// <summary>Stable Diffusion's U-Net, on a text encoder that is there already and stays as it is.</summary>
    [JsonStringEnumMemberName("unet")]
    UNet,
}

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
        var tokenizerFolder = Path.Combine(output, "tokenizer");
        if (!Directory.Exists(tokenizerFolder))
            BytePairTraining.Run(pictures.SelectMany(p => p.Keywords.Append(p.Caption)), settings.Merges, settings.MaxTokens, tokenizerFolder);
        WriteCaptions(pictures, Path.Combine(output, "captions.csv"));
        var tokenizer = ClipTokenizer.Load(tokenizerFolder);
        using var schedule = new NoiseSchedule(new ScheduleConfig { TimestepSpacing = "trailing" });
        using var vae = DiffusersFolder.LoadAutoencoder(Path.Combine(output, "vae"));

        // data: scaled latents and token ids in memory
        using var latents = Latents(vae, pictures, settings.ImageSize);                              // [N, C, h, w]
        using var tokens = stack(pictures.Select(p => tensor(tokenizer.Encode(p.Caption))).ToArray());  // [N, S]
        using var noTokens = tensor(tokenizer.Encode(""));                                           // [S]
        Console.WriteLine($"{latents.shape[0]} latents [{string.Join(", ", latents.shape[1..])}], sd {latents.std().item<float>():F3}; longest caption {pictures.Max(p => tokenizer.Count(p.Caption))} tokens");

        // models, optimizer, average
        torch.manual_seed(settings.Seed);
        using var generator = new Generator((ulong)settings.Seed);
        using var trained = new TextAndDenoiser(tokenizer, (int)latents.shape[2], output, settings);
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

            // batch: latents, captions (some dropped), noise, timesteps
            var picks = randint(0, latents.shape[0], [settings.BatchSize], generator: generator);
            var clean = latents.index_select(0, picks);
            var dropped = rand([settings.BatchSize, 1], generator: generator) < settings.CaptionDropout;
            var ids = where(dropped, noTokens.unsqueeze(0), tokens.index_select(0, picks));
            var noise = randn(clean.shape, generator: generator);
            // the density grows with t, for the caption decides at much noise; the root can round up to 1
            var timesteps = (rand([settings.BatchSize], generator: generator).sqrt() * schedule.Length).to(int64).clamp(max: schedule.Length - 1);

            // forward: Eq. 1, weighted by timestep
            Tensor prediction;
            using (settings.Bfloat16 ? Autocast.Bfloat16() : null)
            {
                prediction = trained.Denoiser.Predict(schedule.AddNoise(clean, noise, timesteps), timesteps, trained.Encode(ids));
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
    private static Tensor Latents(Autoencoder vae, IReadOnlyList<CaptionedPicture> pictures, int size)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var bytes = AutoencoderPretraining.Load(pictures, size);
        var parts = new List<Tensor>();
        for (var i = 0; i < pictures.Count; i += 32)
        {
            using var inner = NewDisposeScope(); // a batch's activations are larger than all latents together
            parts.Add((vae.Encode(Pictures.ToUnit(bytes[i..Math.Min(i + 32, pictures.Count)])) * vae.ScalingFactor).MoveToOuterDisposeScope());
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
        File.WriteAllText(Path.Combine(output, "model_index.json"), $$"""
            {
              "_class_name": "{{(trained.unet is null ? "PixArtAlphaPipeline" : "StableDiffusionPipeline")}}",
              "scheduler": ["diffusers", "DDIMScheduler"],
              "text_encoder": ["transformers", "CLIPTextModel"],
              "tokenizer": ["transformers", "CLIPTokenizer"],
              {{(trained.unet is null ? """"transformer": ["diffusers", "PixArtTransformer2DModel"]"""" : """"unet": ["diffusers", "UNet2DConditionModel"]"""")}},
              "vae": ["diffusers", "AutoencoderTiny"]
            }

            """);
    }

    /// <summary>64 pictures of captions spread over the set.</summary>
    private static void Sheet(TextAndDenoiser trained, NoiseSchedule schedule, Autoencoder vae, Tensor tokens, Tensor noTokens, string path)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var picks = arange(0, 64) * (tokens.shape[0] / 64);
        var unconditional = trained.Encode(noTokens.unsqueeze(0));
        var latents = Sampling.Latents(trained.Denoiser, schedule, trained.Encode(tokens.index_select(0, picks)), unconditional, Enumerable.Range(0, 64).Select(i => (long)i).ToList(), 30, 3);
        Pictures.WriteSheet(path, Pictures.ToBytes(vae.Decode(latents / vae.ScalingFactor)), columns: 8);
    }

    /// <summary>A denoiser and the text encoder it listens to, trained with it or frozen.</summary>
    private sealed class TextAndDenoiser : nn.Module
    {
#pragma warning disable IDE1006 // field names are state keys
        public readonly ClipTextModel text_encoder;
        public readonly PixArtTransformer2DModel? transformer;
        public readonly UNet2DConditionModel? unet;
#pragma warning restore IDE1006

        private readonly bool _textIsTrained;

        public TextAndDenoiser(ClipTokenizer tokenizer, int latentSize, string output, DenoiserSettings settings) : base(nameof(TextAndDenoiser))
        {
            _textIsTrained = settings.Network == PretrainedNetwork.Transformer;
            if (_textIsTrained)
            {
                text_encoder = NewTextEncoder(tokenizer, settings);
                transformer = NewTransformer(latentSize, settings);
            }
            else
            {
                text_encoder = DiffusersFolder.LoadTextEncoder(Path.Combine(output, "text_encoder"));
                foreach (var parameter in text_encoder.parameters()) parameter.requires_grad = false;
                unet = NewUNet(latentSize, text_encoder.Config.HiddenSize, settings);
            }
            RegisterComponents();
        }

        /// <summary>The one there is.</summary>
        public Denoiser Denoiser => (Denoiser?)unet ?? transformer!;

        /// <summary>Text states of token ids, [B, S, C]; with gradient only where the text encoder is trained.</summary>
        public Tensor Encode(Tensor ids)
        {
            using var noGrad = _textIsTrained ? null : no_grad();
            return text_encoder.Encode(ids);
        }

        private static ClipTextModel NewTextEncoder(ClipTokenizer tokenizer, DenoiserSettings settings)
        {
            var model = new ClipTextModel(new ClipTextConfig
            {
                VocabSize = tokenizer.VocabularySize,
                HiddenSize = settings.TextWidth,
                IntermediateSize = 4 * settings.TextWidth,
                NumHiddenLayers = settings.TextLayers,
                NumAttentionHeads = settings.TextWidth / 64,
                MaxPositionEmbeddings = settings.MaxTokens,
            });
            model.InitialiseForTraining();
            return model;
        }

        private static PixArtTransformer2DModel NewTransformer(int latentSize, DenoiserSettings settings)
        {
            var model = new PixArtTransformer2DModel(new PixArtConfig
            {
                OutChannels = 4,
                SampleSize = latentSize,
                NumLayers = settings.Layers,
                NumAttentionHeads = settings.Heads,
                AttentionHeadDim = 64,
                CaptionChannels = settings.TextWidth,
            });
            model.InitialiseForTraining();
            return model;
        }

        private static UNet2DConditionModel NewUNet(int latentSize, int textWidth, DenoiserSettings settings)
        {
            int[] widths = [settings.UnetWidth, settings.UnetInnerWidth];
            var model = new UNet2DConditionModel(new UNet2DConditionConfig
            {
                SampleSize = latentSize,
                BlockOutChannels = widths,
                DownBlockTypes = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
                UpBlockTypes = ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
                LayersPerBlock = settings.UnetLayers,
                CrossAttentionDim = textWidth,
                AttentionHeadDim = new OneOrMany([.. widths.Select(width => width / 32)]),
                UseLinearProjection = true,
            });
            model.InitialiseForTraining();
            return model;
        }
    }
}
