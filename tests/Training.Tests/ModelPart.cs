using System.Text.Json.Nodes;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A changed copy of one part's folder, gone when disposed.</summary>
internal sealed class ModelPart : IDisposable
{
    private ModelPart() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "pixelpost-part-" + Guid.NewGuid().ToString("N"));

    /// <param name="source">A folder with config.json and one safetensors file.</param>
    /// <param name="weights">Changes the tensors.</param>
    /// <param name="config">Changes the configuration.</param>
    /// <param name="dtype">Dtype of the file; null keeps it.</param>
    /// <param name="shards">Above 1, as many files and an index.</param>
    public static ModelPart Copy(string source, Action<Dictionary<string, Tensor>>? weights = null, Action<JsonObject>? config = null, ScalarType? dtype = null, int shards = 1)
    {
        var part = new ModelPart();
        var file = Directory.GetFiles(source, "*.safetensors").Single();
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Read(file);
        weights?.Invoke(tensors);
        var json = JsonNode.Parse(System.IO.File.ReadAllText(System.IO.Path.Combine(source, "config.json")))!.AsObject();
        config?.Invoke(json);
        System.IO.File.WriteAllText(part.File("config.json"), json.ToJsonString());
        var name = System.IO.Path.GetFileName(file);
        if (shards == 1) Safetensors.Write(part.File(name), tensors, dtype);
        else part.WriteShards(name, tensors, dtype, shards);
        return part;
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private void WriteShards(string name, Dictionary<string, Tensor> tensors, ScalarType? dtype, int shards)
    {
        var map = new JsonObject();
        var parts = tensors.Select((t, i) => (Shard: i % shards, Tensor: t)).GroupBy(t => t.Shard, t => t.Tensor);
        foreach (var part in parts)
        {
            var file = name.Replace(".safetensors", $"-{part.Key + 1:D5}-of-{shards:D5}.safetensors", StringComparison.Ordinal);
            Safetensors.Write(File(file), part, dtype);
            foreach (var (key, _) in part) map[key] = file;
        }
        System.IO.File.WriteAllText(File(name + ".index.json"), new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());
    }
}
