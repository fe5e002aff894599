using System.Text.Json;
using System.Text.Json.Nodes;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Weights;

/// <summary>A model folder in diffusers layout: <c>model_index.json</c> and one folder with config and weights per part.</summary>
public static class DiffusersFolder
{
    private const string DiffusersWeights = "diffusion_pytorch_model.safetensors";
    private const string TransformersWeights = "model.safetensors";

    // diffusers' names: DiT's own, and the one that DiT and PixArt shared before
    private const string Dit = "DiTTransformer2DModel", Transformer = "Transformer2DModel";

    // a buffer that older versions of transformers saved with CLIP's weights
    private const string PositionIds = "text_model.embeddings.position_ids";

    /// <summary>How configurations are written and read: snake_case keys; keys for other classes' options are not looked at.</summary>
    internal static readonly JsonSerializerOptions ConfigJson = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads an autoencoder's folder, of either class.</summary>
    /// <exception cref="BadJobException">A file is missing, of a class that is not known, or asks for what is not built.</exception>
    public static Autoencoder LoadAutoencoder(string folder)
    {
        if (ClassOf(ReadConfigFile(folder, nameof(AutoencoderTiny), nameof(AutoencoderKL)).Config) == nameof(AutoencoderKL))
            return LoadAutoencoderKL(folder);
        var model = new AutoencoderTiny(ReadConfig<AutoencoderTinyConfig>(folder, nameof(AutoencoderTiny)));
        LoadWeights(model, Path.Combine(folder, DiffusersWeights));
        return model;
    }

    /// <summary>Reads a decoder for a pixel term: an autoencoder's folder, or one of a <see cref="PatchDecoder"/>.</summary>
    /// <exception cref="BadJobException">A file is missing, of a class that is not known, or asks for what is not built.</exception>
    public static Autoencoder LoadDecoder(string folder)
    {
        if (ClassOf(ReadConfigFile(folder, nameof(AutoencoderTiny), nameof(AutoencoderKL), nameof(PatchDecoder)).Config) != nameof(PatchDecoder))
            return LoadAutoencoder(folder);
        var model = new PatchDecoder(ReadConfig<PatchDecoderConfig>(folder, nameof(PatchDecoder)));
        LoadWeights(model, Path.Combine(folder, DiffusersWeights));
        return model;
    }

    /// <summary>Reads the folder of an AutoencoderKL; the names that its attention had before diffusers 0.14 are known too.</summary>
    /// <exception cref="BadJobException">A file is missing, of another class, or asks for what is not built.</exception>
    public static AutoencoderKL LoadAutoencoderKL(string folder)
    {
        var model = new AutoencoderKL(ReadConfig<AutoencoderKLConfig>(folder, nameof(AutoencoderKL)));
        LoadWeights(model, Path.Combine(folder, DiffusersWeights), SinceDiffusers014);
        return model;
    }

    /// <summary>Reads the folder of a U-Net.</summary>
    /// <exception cref="BadJobException">A file is missing, of another class, or asks for what is not built.</exception>
    public static UNet2DConditionModel LoadUNet(string folder)
    {
        var model = new UNet2DConditionModel(ReadConfig<UNet2DConditionConfig>(folder, nameof(UNet2DConditionModel)));
        LoadWeights(model, Path.Combine(folder, DiffusersWeights));
        return model;
    }

    /// <summary>Reads a denoiser's folder, whichever of the known classes it is of.</summary>
    /// <exception cref="BadJobException">A file is missing, of a class that is not known, or asks for what is not built.</exception>
    public static Denoiser LoadDenoiser(string folder)
    {
        var (path, config) = ReadConfigFile(folder, [nameof(UNet2DConditionModel), nameof(PixArtTransformer2DModel), Dit, Transformer]);
        return (ClassOf(config), (string?)config["norm_type"]) switch
        {
            (nameof(UNet2DConditionModel), _) => LoadUNet(folder),
            (nameof(PixArtTransformer2DModel), _) or (Transformer, "ada_norm_single") => LoadPixArt(folder),
            (Dit, _) or (Transformer, "ada_norm_zero") => LoadDit(folder),
            (_, var norm) => throw new BadJobException($"'{path}' has norm_type '{norm}'; known are 'ada_norm_single' (PixArt) and 'ada_norm_zero' (DiT)."),
        };
    }

    /// <summary>Reads a PixArt denoiser's folder; both of diffusers' names for the class are known.</summary>
    /// <exception cref="BadJobException">A file is missing or of a class that is not known.</exception>
    public static PixArtTransformer2DModel LoadPixArt(string folder)
    {
        var model = new PixArtTransformer2DModel(ReadConfig<PixArtConfig>(folder, nameof(PixArtTransformer2DModel), Transformer));
        LoadWeights(model, Path.Combine(folder, DiffusersWeights));
        return model;
    }

    /// <summary>Reads a text encoder's folder.</summary>
    /// <exception cref="BadJobException">A file is missing or of a class that is not known.</exception>
    public static ClipTextModel LoadTextEncoder(string folder)
    {
        var model = new ClipTextModel(ReadConfig<ClipTextConfig>(folder, "CLIPTextModel"));
        LoadWeights(model, Path.Combine(folder, TransformersWeights), PositionIds);
        return model;
    }

    /// <summary>Whether the folder of a text encoder is a T5's; else it must be CLIP's.</summary>
    /// <exception cref="BadJobException">It is neither, or not there.</exception>
    public static bool IsT5(string folder) => ClassOf(ReadConfigFile(folder, nameof(T5EncoderModel), "CLIPTextModel").Config) == nameof(T5EncoderModel);

    /// <summary>Reads a T5 encoder's folder; its token embedding may be stored under either of its two names or both.</summary>
    /// <exception cref="BadJobException">A file is missing, of a class that is not known, or has settings that are not.</exception>
    /// <exception cref="InvalidDataException">The weights do not fit the configuration.</exception>
    public static T5EncoderModel LoadT5Encoder(string folder)
    {
        var model = new T5EncoderModel(ReadConfig<T5Config>(folder, nameof(T5EncoderModel)));
        WeightLoader.Load(model, WeightFiles.Find(Path.Combine(folder, TransformersWeights)), key => key == T5EncoderModel.EmbeddingInEncoder ? T5EncoderModel.Embedding : key);
        model.eval();
        return model;
    }

    /// <summary>Reads the folder of a CLIP text encoder with projection, such as SDXL's <c>text_encoder_2</c>.</summary>
    /// <inheritdoc cref="LoadT5Encoder" path="/exception"/>
    public static ClipTextModelWithProjection LoadTextEncoderWithProjection(string folder)
    {
        var model = new ClipTextModelWithProjection(ReadConfig<ClipTextConfig>(folder, "CLIPTextModelWithProjection"));
        LoadWeights(model, Path.Combine(folder, TransformersWeights), PositionIds);
        return model;
    }

    /// <summary>Reads a class-conditional DiT's folder; both of diffusers' names for the class are known.</summary>
    /// <inheritdoc cref="LoadT5Encoder" path="/exception"/>
    public static DitTransformer2DModel LoadDit(string folder)
    {
        var model = new DitTransformer2DModel(ReadConfig<DitConfig>(folder, Dit, Transformer));
        LoadWeights(model, Path.Combine(folder, DiffusersWeights));
        return model;
    }

    /// <summary>Writes an autoencoder as <c>config.json</c> and float16 weights.</summary>
    public static void SaveAutoencoder(string folder, AutoencoderTiny model, double scalingFactor)
    {
        WriteConfig(folder, nameof(AutoencoderTiny), model.Config with { ScalingFactor = scalingFactor }, new()
        {
            ["act_fn"] = "relu",
            ["latent_magnitude"] = 3,
            ["latent_shift"] = 0.5,
            ["upsampling_scaling_factor"] = 2,
        });
        Safetensors.Write(Path.Combine(folder, DiffusersWeights), WeightLoader.Collect(model), ScalarType.Float16);
    }

    /// <summary>Writes a decoder of patches as <c>config.json</c> and float16 weights.</summary>
    public static void SaveDecoder(string folder, PatchDecoder model)
    {
        WriteConfig(folder, nameof(PatchDecoder), model.Config, []);
        Safetensors.Write(Path.Combine(folder, DiffusersWeights), WeightLoader.Collect(model), ScalarType.Float16);
    }

    /// <summary>Writes a denoiser as <c>config.json</c> and float16 weights.</summary>
    public static void SaveDenoiser(string folder, PixArtTransformer2DModel model)
    {
        WriteConfig(folder, nameof(PixArtTransformer2DModel), model.Config, new()
        {
            ["activation_fn"] = "gelu-approximate",
            ["cross_attention_dim"] = model.Config.NumAttentionHeads * model.Config.AttentionHeadDim,
            ["norm_elementwise_affine"] = false,
            ["norm_type"] = "ada_norm_single",
            ["num_embeds_ada_norm"] = 1000,
            ["use_additional_conditions"] = model.Config.IsToldSizes,
        });
        SaveWeights(folder, WeightLoader.Collect(model), ScalarType.Float16);
    }

    /// <summary>Writes a U-Net as <c>config.json</c> and float16 weights.</summary>
    public static void SaveUNet(string folder, UNet2DConditionModel model)
    {
        WriteConfig(folder, nameof(UNet2DConditionModel), model.Config, []);
        SaveWeights(folder, WeightLoader.Collect(model), ScalarType.Float16);
    }

    /// <summary>Writes the weights of a part of which there is a configuration already.</summary>
    public static void SaveWeights(string folder, IReadOnlyDictionary<string, Tensor> weights, ScalarType dtype) =>
        Safetensors.Write(Path.Combine(folder, DiffusersWeights), weights, dtype);

    /// <summary>Writes a text encoder.</summary>
    public static void SaveTextEncoder(string folder, ClipTextModel model, IReadOnlyDictionary<string, Tensor>? weights = null)
    {
        WriteConfig(folder, "CLIPTextModel", model.Config, new() { ["architectures"] = new JsonArray("CLIPTextModel"), ["model_type"] = "clip_text_model" });
        Safetensors.Write(Path.Combine(folder, TransformersWeights), weights ?? WeightLoader.Collect(model), ScalarType.Float16);
    }

    /// <summary>Writes <c>scheduler_config.json</c>.</summary>
    public static void SaveSchedule(string folder, ScheduleConfig schedule) =>
        WriteConfig(folder, schedule.ClassName, schedule, [], "scheduler_config.json");

    private static string SinceDiffusers014(string key) => key
        .Replace(".query.", ".to_q.", StringComparison.Ordinal)
        .Replace(".key.", ".to_k.", StringComparison.Ordinal)
        .Replace(".value.", ".to_v.", StringComparison.Ordinal)
        .Replace(".proj_attn.", ".to_out.0.", StringComparison.Ordinal);

    private static T ReadConfig<T>(string folder, params string[] classes)
    {
        var (path, config) = ReadConfigFile(folder, classes);
        SupportedSettings.Check(typeof(T), path, config);
        return config.Deserialize<T>(ConfigJson)!;
    }

    private static (string Path, JsonObject Config) ReadConfigFile(string folder, params string[] classes)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path)) throw new BadJobException($"'{path}' does not exist; the model's folder must be in diffusers layout.");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var named = ClassOf(config);
        if (!classes.Contains(named))
            throw new BadJobException($"'{path}' is a {named ?? "configuration without a class name"}; this part must be a {string.Join(" or ", classes)}.");
        return (path, config);
    }

    private static string? ClassOf(JsonObject config) => (string?)config["_class_name"] ?? (string?)config["architectures"]?[0];

    private static void LoadWeights(nn.Module model, string path, params string[] ignored) => LoadWeights(model, path, null, ignored);

    private static void LoadWeights(nn.Module model, string path, Func<string, string>? rename, params string[] ignored)
    {
        WeightLoader.Load(model, WeightFiles.Find(path), rename, ignored);
        model.eval();
    }

    private static void WriteConfig<T>(string folder, string className, T config, Dictionary<string, JsonNode> constants, string file = "config.json")
    {
        Directory.CreateDirectory(folder);
        var json = JsonSerializer.SerializeToNode(config, ConfigJson)!.AsObject();
        json.Insert(0, "_class_name", className);
        foreach (var (key, value) in constants) json[key] = value;
        File.WriteAllText(Path.Combine(folder, file), json.ToJsonString(ConfigJson) + "\n");
    }
}
