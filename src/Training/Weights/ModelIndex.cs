using System.Text.Json;
using System.Text.Json.Serialization;

namespace PixelPost.Training.Weights;

/// <summary><c>model_index.json</c>: which pipeline a model's folder is, and that pipeline's own settings.</summary>
internal sealed record ModelIndex
{
    internal const string FileName = "model_index.json";

    /// <summary>diffusers' class.</summary>
    [JsonPropertyName("_class_name")]
    public string ClassName { get; init; } = "";

    /// <summary>SDXL: whether a sample without a prompt has zeros for a text, instead of the empty text.</summary>
    public bool ForceZerosForEmptyPrompt { get; init; } = true;

    /// <summary>SDXL: set for the refiner, which is told a score.</summary>
    public bool RequiresAestheticsScore { get; init; }

    /// <summary>DiT: a class's number → its names, with commas between them.</summary>
    public Dictionary<string, string> Id2label { get; init; } = [];

    /// <exception cref="BadJobException">There is none.</exception>
    public static ModelIndex Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new BadJobException($"'{folder}' is not a model folder: {FileName} is missing.");
        return JsonSerializer.Deserialize<ModelIndex>(File.ReadAllBytes(path), DiffusersFolder.ConfigJson)!;
    }
}
