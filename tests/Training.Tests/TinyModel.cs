using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Pretraining;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A whole model folder of random weights: 32 px images, 4×4 latents, a few thousand parameters.</summary>
internal static class TinyModel
{
    public const int ImageSize = 32;

    private static readonly string[] Captions = ["a red circle", "a blue square", "a green triangle", "two red circles", "a blue circle"];

    /// <summary>Writes the model and returns its folder.</summary>
    public static string Write(string folder)
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        torch.manual_seed(7);
        BytePairTraining.Run(Captions, merges: 40, maxLength: 12, Path.Combine(folder, "tokenizer"));
        var tokenizer = ClipTokenizer.Load(Path.Combine(folder, "tokenizer"));

        using var vae = new AutoencoderTiny(new AutoencoderTinyConfig
        {
            EncoderBlockOutChannels = [8, 8, 8, 8],
            DecoderBlockOutChannels = [8, 8, 8, 8],
            NumEncoderBlocks = [1, 1, 1, 1],
            NumDecoderBlocks = [1, 1, 1, 1],
        });
        using var text = new ClipTextModel(new ClipTextConfig
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = 16,
            IntermediateSize = 32,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            MaxPositionEmbeddings = 12,
        });
        using var denoiser = new PixArtTransformer2DModel(new PixArtConfig
        {
            OutChannels = 4,
            SampleSize = ImageSize / 8,
            NumLayers = 1,
            NumAttentionHeads = 2,
            AttentionHeadDim = 8,
            CaptionChannels = 16,
        });
        text.InitialiseForTraining();
        BoostContrast(vae);
        DiffusersFolder.SaveAutoencoder(Path.Combine(folder, "vae"), vae, 1);
        DiffusersFolder.SaveTextEncoder(Path.Combine(folder, "text_encoder"), text);
        DiffusersFolder.SaveDenoiser(Path.Combine(folder, "transformer"), denoiser);
        DiffusersFolder.SaveSchedule(Path.Combine(folder, "scheduler"), new ScheduleConfig { TimestepSpacing = "trailing" });
        File.WriteAllText(Path.Combine(folder, "model_index.json"), """{ "_class_name": "PixArtAlphaPipeline" }""");
        return folder;
    }

    /// <summary>Random decoders make nearly one grey; larger weights let images differ, so that pixel errors mean something.</summary>
    private static void BoostContrast(AutoencoderTiny vae)
    {
        using var noGrad = no_grad();
        foreach (var (_, parameter) in vae.named_parameters().Where(p => p.name.EndsWith("weight", StringComparison.Ordinal))) parameter.mul_(2);
    }
}
