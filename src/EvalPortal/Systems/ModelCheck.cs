using System.Text.Json;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Systems;

/// <summary>What a folder is that is to become a model. Nothing of it is run; weights that could run code when they are read are not taken.</summary>
public sealed record ModelCheck
{
    private const string Index = "model_index.json";
    private const int MostFiles = 2_000, MostDepth = 4;
    private const long MostJson = 64 << 20; // a tokenizer's vocabulary
    private const long MostConfiguration = 1 << 20;

    private static readonly string[] Pickled = [".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5"];
    private static readonly string[] Weighted = ["unet", "transformer", "vae", "text_encoder", "text_encoder_2"];
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The pipeline it says it is, such as <c>StableDiffusionPipeline</c>.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Its parts and what class each is of.</summary>
    public required IReadOnlyList<(string Part, string Class)> Parts { get; init; }

    /// <summary>Size of what is read of it.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files that are not read, with the reason.</summary>
    public required IReadOnlyList<string> NotRead { get; init; }

    /// <summary>Looks at a folder in diffusers layout: its names, configurations and the headers of its weights.</summary>
    /// <exception cref="RefusedException">It is no such folder, or something in it cannot be trusted; the message says what and where.</exception>
    public static ModelCheck Of(string folder, CancellationToken cancel = default)
    {
        var files = List(folder, cancel);
        var (pipeline, parts) = ReadIndex(files);
        foreach (var (part, _) in parts)
            CheckPart(part, files);
        foreach (var (name, file) in files)
        {
            cancel.ThrowIfCancellationRequested();
            if (name.EndsWith(".safetensors.index.json", StringComparison.Ordinal))
                CheckShards(name, file, files);
            else if (file.Extension == ".safetensors")
                ReadHeader(name, file);
            else if (file.Extension == ".json" && file.Length > MostJson)
                throw new RefusedException($"{name} has {TimeText.Bytes(file.Length)}; a JSON file of a model may have {TimeText.Bytes(MostJson)}.");
        }
        return new ModelCheck
        {
            Pipeline = pipeline,
            Parts = parts,
            Bytes = files.Where(file => !IsPickled(file.Key)).Sum(file => file.Value.Length),
            NotRead = [.. files.Keys.Where(IsPickled).Select(name => $"{name}: weights of this kind can run code when they are read, and are not.")],
        };
    }

    /// <summary>Whether a file is of a kind that can run code when it is read.</summary>
    public static bool IsPickled(string name) => Pickled.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>All files by their path inside. Links are refused: they could lead anywhere.</summary>
    private static SortedDictionary<string, FileInfo> List(string root, CancellationToken cancel)
    {
        var files = new SortedDictionary<string, FileInfo>(StringComparer.Ordinal);
        var folders = new Stack<(DirectoryInfo Folder, int Depth)>([(new DirectoryInfo(root), 1)]);
        while (folders.TryPop(out var next))
        {
            foreach (var entry in next.Folder.EnumerateFileSystemInfos("*", Everything))
            {
                cancel.ThrowIfCancellationRequested();
                var name = Path.GetRelativePath(root, entry.FullName).Replace('\\', '/');
                if (entry.LinkTarget is not null)
                    throw new RefusedException($"{name} is a link, and links are not followed. Put the file itself there.");
                if (entry is DirectoryInfo inner)
                    folders.Push(next.Depth < MostDepth ? (inner, next.Depth + 1) : throw new RefusedException($"{name}: there are too many folders in one another for a model."));
                else
                    files.Add(name, (FileInfo)entry);
                if (files.Count > MostFiles)
                    throw new RefusedException($"The folder has more than {MostFiles:N0} files; a model has some dozens. Name the folder of one model.");
            }
        }
        return files;
    }

    private static (string Pipeline, List<(string Part, string Class)> Parts) ReadIndex(SortedDictionary<string, FileInfo> files)
    {
        if (!files.TryGetValue(Index, out var file))
            throw new RefusedException($"There is no {Index}: a model is a folder in diffusers layout, with a folder for each part beside that file.");
        using var json = ReadObject(Index, file);
        var parts = new List<(string, string)>();
        foreach (var entry in json.RootElement.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Array))
        {
            var values = entry.Value.EnumerateArray().ToList();
            if (values is not [_, { ValueKind: JsonValueKind.String } type])
                continue; // a part that the pipeline can have and this model has not
            if (entry.Name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '_'))
                throw new RefusedException($"{Index} names a part '{entry.Name}', which is no plain name of a folder.");
            parts.Add((entry.Name, type.GetString()!));
        }
        var pipeline = json.RootElement.TryGetProperty("_class_name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        return parts.Any(part => part.Item1 is "unet" or "transformer")
            ? (pipeline, parts)
            : throw new RefusedException($"{Index} names neither a unet nor a transformer: this is no model that draws images.");
    }

    private static void CheckPart(string part, SortedDictionary<string, FileInfo> files)
    {
        var inside = files.Where(file => file.Key.StartsWith(part + "/", StringComparison.Ordinal)).ToList();
        if (inside.Count == 0 && part is "safety_checker" or "feature_extractor")
            return; // the worker needs neither
        if (inside.Count == 0)
            throw new RefusedException($"{Index} names the part {part}, and there is no folder {part} with files.");
        if (files.TryGetValue($"{part}/config.json", out var configuration))
            ReadObject($"{part}/config.json", configuration).Dispose();
        if (Weighted.Contains(part) && !inside.Exists(file => file.Value.Extension == ".safetensors"))
            throw new RefusedException(inside.Find(file => IsPickled(file.Key)) is { Key: { } pickled }
                ? $"{part} has weights only as {pickled}, which can run code when it is read. Save the model again as safetensors."
                : $"{part} has no weights: there is no .safetensors file in its folder.");
    }

    private static void CheckShards(string name, FileInfo file, SortedDictionary<string, FileInfo> files)
    {
        using var json = ReadObject(name, file, MostJson);
        if (!json.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw new RefusedException($"{name} has no weight_map.");
        var folder = name[..(name.LastIndexOf('/') + 1)];
        foreach (var shard in map.EnumerateObject().Select(entry => entry.Value.ToString()).Distinct())
        {
            if (shard.Contains('/', StringComparison.Ordinal) || shard.Contains('\\', StringComparison.Ordinal) || !shard.EndsWith(".safetensors", StringComparison.Ordinal))
                throw new RefusedException($"{name} names '{shard}', which is no .safetensors file beside it.");
            if (!files.ContainsKey(folder + shard))
                throw new RefusedException($"{name} names {shard}, which is not there.");
        }
    }

    private static void ReadHeader(string name, FileInfo file)
    {
        using var stream = file.OpenRead();
        SafetensorsHeader.Read(stream, name);
    }

    private static JsonDocument ReadObject(string name, FileInfo file, long most = MostConfiguration)
    {
        if (file.Length > most)
            throw new RefusedException($"{name} has {TimeText.Bytes(file.Length)}; it may have {TimeText.Bytes(most)}.");
        try
        {
            using var stream = file.OpenRead();
            var json = JsonDocument.Parse(stream);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new RefusedException($"{name} is no JSON object.");
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"{name} is no JSON: {exception.Message}", exception);
        }
    }
}
