using System.Text.Json;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Whole folders of random weights of the pipelines that <see cref="TinyModel"/> is not: 32 px images, 4×4 latents.</summary>
internal static class TinyPipeline
{
    private const string Clip = """{ "architectures": ["CLIPTextModel"], "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 12, "vocab_size": 600 }""";
    private const string BigClip = """{ "architectures": ["CLIPTextModelWithProjection"], "hidden_size": 12, "intermediate_size": 24, "num_hidden_layers": 3, "num_attention_heads": 3, "max_position_embeddings": 12, "vocab_size": 600, "hidden_act": "gelu", "projection_dim": 6 }""";
    private const string T5 = """{ "architectures": ["T5EncoderModel"], "d_model": 16, "d_kv": 4, "d_ff": 32, "num_layers": 1, "num_heads": 2, "vocab_size": 512, "feed_forward_proj": "gated-gelu" }""";
    private const string PixArt = """{ "_class_name": "PixArtTransformer2DModel", "norm_type": "ada_norm_single", "sample_size": 4, "num_layers": 1, "num_attention_heads": 2, "attention_head_dim": 8, "caption_channels": 16 }""";
    private const string Dit = """{ "_class_name": "DiTTransformer2DModel", "norm_type": "ada_norm_zero", "sample_size": 4, "num_layers": 1, "num_attention_heads": 2, "attention_head_dim": 8, "out_channels": 8, "num_embeds_ada_norm": 5 }""";
    private const string UNet = """
        {
          "_class_name": "UNet2DConditionModel", "sample_size": 4, "layers_per_block": 1, "norm_num_groups": 4, "block_out_channels": [8, 16],
          "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"], "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"],
          "attention_head_dim": [1, 2], "transformer_layers_per_block": [1, 2], "cross_attention_dim": 20, "use_linear_projection": true,
          "addition_embed_type": "text_time", "addition_time_embed_dim": 4, "projection_class_embeddings_input_dim": 30
        }
        """;

    /// <summary>Two text encoders of 8 and 12 channels.</summary>
    public static string Sdxl(string folder)
    {
        Start(folder, """{ "_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": true }""", "transformer", "text_encoder");
        Copy(Path.Combine(folder, "tokenizer"), Path.Combine(folder, "tokenizer_2"));
        File.WriteAllText(Path.Combine(folder, "tokenizer_2", "special_tokens_map.json"), """{ "pad_token": "!" }""");
        Write(Path.Combine(folder, "text_encoder"), Clip, (ClipTextConfig config) => new ClipTextModel(config), "model");
        Write(Path.Combine(folder, "text_encoder_2"), BigClip, (ClipTextConfig config) => new ClipTextModelWithProjection(config), "model");
        Write(Path.Combine(folder, "unet"), UNet, (UNet2DConditionConfig config) => new UNet2DConditionModel(config));
        return folder;
    }

    /// <summary>T5, with the tokenizer that lies beside the tests.</summary>
    public static string PixArtWithT5(string folder)
    {
        Start(folder, """{ "_class_name": "PixArtAlphaPipeline" }""", "transformer", "text_encoder", "tokenizer");
        Copy(Golden.File("t5", "tokenizer"), Path.Combine(folder, "tokenizer"));
        Write(Path.Combine(folder, "text_encoder"), T5, (T5Config config) => new T5EncoderModel(config), "model");
        Write(Path.Combine(folder, "transformer"), PixArt, (PixArtConfig config) => new PixArtTransformer2DModel(config));
        return folder;
    }

    /// <summary>Five classes, named as the prompts of <see cref="TinyJob"/>.</summary>
    public static string DitOfClasses(string folder)
    {
        Start(folder, """{ "_class_name": "DiTPipeline", "id2label": { "0": "a red circle 0, dot", "1": "a blue circle 0", "2": "a red circle 1", "3": "a blue circle 1" } }""", "transformer", "text_encoder", "tokenizer");
        Write(Path.Combine(folder, "transformer"), Dit, (DitConfig config) => new DitTransformer2DModel(config));
        return folder;
    }

    private static void Start(string folder, string index, params string[] without)
    {
        TinyModel.Write(folder);
        foreach (var part in without) Directory.Delete(Path.Combine(folder, part), recursive: true);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), index);
    }

    private static void Write<TConfig>(string folder, string config, Func<TConfig, nn.Module> build, string weights = "diffusion_pytorch_model")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        using var model = build(JsonSerializer.Deserialize<TConfig>(config, DiffusersFolder.ConfigJson)!);
        Safetensors.Write(Path.Combine(folder, weights + ".safetensors"), WeightLoader.Collect(model));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
