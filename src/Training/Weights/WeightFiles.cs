using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace PixelPost.Training.Weights;

/// <summary>The safetensors files of one part of a model: a single file, or shards that an index lists.</summary>
/// <remarks>transformers and diffusers split weights above some gigabytes: <c>NAME.safetensors.index.json</c> maps each tensor to its file.</remarks>
public sealed class WeightFiles
{
    private readonly IReadOnlyList<string> _files;

    private WeightFiles(string source, IReadOnlyList<string> files)
    {
        (Source, _files) = (source, files);
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var (name, shape) in Safetensors.ReadShapes(file))
                if (!shapes.TryAdd(name, shape)) throw new InvalidDataException($"{source}: tensor '{name}' is in more than one of its files.");
        Shapes = shapes;
    }

    /// <summary>The file or index, as messages name it.</summary>
    public string Source { get; }

    /// <summary>Shape of every tensor, by name.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>Finds weights at <paramref name="path"/>, or the shards of <c>PATH.index.json</c> where there is no such file.</summary>
    /// <exception cref="BadJobException">Neither is there, or a shard is missing; the message names what is.</exception>
    /// <exception cref="InvalidDataException">An index or a header is damaged, or index and shards disagree.</exception>
    public static WeightFiles Find(string path)
    {
        var index = path + ".index.json";
        if (File.Exists(path)) return new(path, [path]);
        if (!File.Exists(index))
            throw new BadJobException($"'{path}' does not exist, nor does '{Path.GetFileName(index)}' beside it; weights must be safetensors (pickled .bin and .pt files are refused because reading them can run code).");

        var map = ReadMap(index);
        var shards = map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var folder = Path.GetDirectoryName(index)!;
        var missing = shards.Where(s => !File.Exists(Path.Combine(folder, s))).ToList();
        if (missing.Count > 0)
            throw new BadJobException($"'{index}' lists {shards.Count} files, of which {missing.Count} do{(missing.Count == 1 ? "es" : "")} not exist: {string.Join(", ", missing)}.");

        var files = new WeightFiles(index, shards.Select(s => Path.Combine(folder, s)).ToList());
        var lost = map.Keys.Where(name => !files.Shapes.ContainsKey(name)).ToList();
        if (lost.Count > 0) throw new InvalidDataException($"{index}: tensor '{lost[0]}' is not in {map[lost[0]]} ({lost.Count} such).");
        return files;
    }

    /// <summary>Every tensor in turn, in its file's dtype, on the CPU; the caller disposes each before it takes the next, so that one at a time is held.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors() => _files.SelectMany(Safetensors.ReadEach);

    private static Dictionary<string, string> ReadMap(string index)
    {
        JsonObject? map;
        try
        {
            map = (JsonNode.Parse(File.ReadAllText(index)) as JsonObject)?["weight_map"] as JsonObject;
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{index} is not an index of shards: {problem.Message}", problem);
        }
        if (map is null || map.Any(e => e.Value?.GetValueKind() != JsonValueKind.String))
            throw new InvalidDataException($"{index} is not an index of shards: it must have a weight_map from tensors to files.");

        var shards = map.ToDictionary(e => e.Key, e => (string)e.Value!, StringComparer.Ordinal);
        // a downloaded index must not reach outside its folder
        var outside = shards.Values.FirstOrDefault(shard => shard is "" or "." or ".." || shard.AsSpan().IndexOfAny('/', '\\') >= 0);
        return outside is null ? shards : throw new InvalidDataException($"{index}: '{outside}' is not the name of a file beside it.");
    }
}
