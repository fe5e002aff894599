using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace PixelPost.Training.Weights;

/// <summary>Reads the weights of a TensorFlow.js layers model: <c>model.json</c>, whose manifest names the weights in the order of their bytes in the shards beside it.</summary>
/// <remarks>
/// https://github.com/tensorflow/tfjs, tfjs-core/src/io/types.ts: a weight is little-endian, or whole numbers q for q · scale + min
/// where it has a <c>quantization</c>.
/// </remarks>
public static class LayersModel
{
    /// <summary>Reads every weight as float32, in the layout of its file.</summary>
    /// <exception cref="BadJobException">There is no such model in the folder.</exception>
    /// <exception cref="InvalidDataException">A weight is of a type that is not known, or the shards are too short.</exception>
    public static Dictionary<string, Tensor> Read(string folder)
    {
        var file = Manifest(folder);
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var group in JsonNode.Parse(File.ReadAllBytes(file))!["weightsManifest"]!.AsArray())
        {
            var bytes = group!["paths"]!.AsArray().SelectMany(path => File.ReadAllBytes(Path.Combine(folder, (string)path!))).ToArray();
            var position = 0;
            foreach (var entry in group["weights"]!.AsArray())
            {
                var (name, shape) = ((string)entry!["name"]!, entry["shape"]!.AsArray().Select(n => (long)n!).ToArray());
                var quantization = entry["quantization"];
                var type = (string)(quantization ?? entry)["dtype"]!;
                var size = SizeOf(type, name) * (int)shape.Aggregate(1L, (a, b) => a * b);
                if (position + size > bytes.Length) throw new InvalidDataException($"'{folder}': the shards end within {name}.");
                weights.Add(name, Values(bytes.AsSpan(position, size), type, quantization).reshape(shape));
                position += size;
            }
        }
        return weights;
    }

    /// <summary>Path of a model's <c>model.json</c>.</summary>
    /// <exception cref="BadJobException">There is no such model in the folder.</exception>
    public static string Manifest(string folder)
    {
        var file = Path.Combine(folder, "model.json");
        return File.Exists(file) ? file
            : throw new BadJobException($"'{folder}' does not hold a TensorFlow.js layers model: model.json is missing. 'bash data/fetch-features.sh {folder}' fetches the one that is meant.");
    }

    private static int SizeOf(string type, string name) => type switch
    {
        "uint8" => 1,
        "uint16" => 2,
        "float32" => 4,
        _ => throw new InvalidDataException($"{name} is stored as {type}; known are float32, uint8 and uint16."),
    };

    private static Tensor Values(ReadOnlySpan<byte> bytes, string type, JsonNode? quantization)
    {
        if (type == "float32") return tensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        var (scale, min) = ((double)quantization!["scale"]!, (double)quantization["min"]!);
        return tensor(type == "uint8" ? Array.ConvertAll(bytes.ToArray(), q => (float)(q * scale + min)) : Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), q => (float)(q * scale + min)));
    }
}
