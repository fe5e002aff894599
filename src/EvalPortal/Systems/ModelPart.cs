namespace PixelPost.EvalPortal.Systems;

/// <summary>Makes a model of another one and new weights for one of its parts.</summary>
internal static class ModelPart
{
    /// <summary>Copies a model's folder with the weights of one part exchanged: the part whose tensors have the same names and shapes.</summary>
    /// <param name="rest">The other model.</param>
    /// <param name="restFolder">Its folder.</param>
    /// <param name="weights">The new weights.</param>
    /// <param name="name">What messages call them.</param>
    /// <param name="folder">The folder to make.</param>
    /// <param name="cancel">Ends it; what was written stays.</param>
    /// <exception cref="RefusedException">No part has these tensors; the message says what is nearest.</exception>
    public static async Task ReplaceAsync(Model rest, string restFolder, string weights, string name, string folder, CancellationToken cancel)
    {
        var tensors = Read(weights, name);
        var parts = new DirectoryInfo(restFolder).EnumerateDirectories().OrderBy(part => part.Name, StringComparer.Ordinal)
            .Select(part => (part.Name, Files: part.GetFiles("*.safetensors"), Tensors: TensorsOf(part)))
            .Where(part => part.Tensors.Count > 0)
            .ToList();
        var (found, old, _) = parts.Find(part => part.Tensors.Count == tensors.Count && part.Tensors.All(tensor => tensors.GetValueOrDefault(tensor.Key) == tensor.Value));
        if (found is null)
            throw new RefusedException(NoSuchPart(rest, name, tensors, parts.Select(part => (part.Name, part.Tensors))));

        await CopyAsync(restFolder, folder, cancel, except: [.. old.Select(file => file.FullName), .. old.Select(file => Path.Combine(file.DirectoryName!, IndexOf(file)))]);
        File.Copy(weights, Path.Combine(folder, found, WeightsName(restFolder, found)));
    }

    /// <summary>Copies a folder with all in it.</summary>
    public static async Task CopyAsync(string from, string to, CancellationToken cancel, IReadOnlyCollection<string>? except = null)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => except?.Contains(file) != true).ToList())
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await using var source = File.OpenRead(file);
            await using var target = new FileStream(copy, FileMode.CreateNew, FileAccess.Write);
            await source.CopyToAsync(target, cancel);
        }
    }

    /// <summary>The name that one file of all weights has: diffusers and transformers have one each.</summary>
    private static string WeightsName(string folder, string part) =>
        part.StartsWith("text_encoder", StringComparison.Ordinal) || File.Exists(Path.Combine(folder, part, "model.safetensors"))
            ? "model.safetensors" : "diffusion_pytorch_model.safetensors";

    /// <summary>The list of shards that a shard belongs to: <c>model-00001-of-00002.safetensors</c> to <c>model.safetensors.index.json</c>.</summary>
    private static string IndexOf(FileInfo shard)
    {
        var stem = Path.GetFileNameWithoutExtension(shard.Name);
        return (stem.Contains("-of-", StringComparison.Ordinal) ? stem[..stem.LastIndexOf('-', stem.LastIndexOf("-of-", StringComparison.Ordinal) - 1)] : stem) + ".safetensors.index.json";
    }

    private static Dictionary<string, string> TensorsOf(DirectoryInfo part) => part.EnumerateFiles("*.safetensors")
        .SelectMany(file => Read(file.FullName, file.Name)).DistinctBy(tensor => tensor.Key).ToDictionary(tensor => tensor.Key, tensor => tensor.Value);

    private static IReadOnlyDictionary<string, string> Read(string path, string name)
    {
        using var stream = File.OpenRead(path);
        return SafetensorsHeader.Read(stream, name);
    }

    private static string NoSuchPart(Model rest, string name, IReadOnlyDictionary<string, string> tensors, IEnumerable<(string Part, Dictionary<string, string> Tensors)> parts)
    {
        var differences = parts.Select(part => (
                part.Part,
                Missing: part.Tensors.Keys.Where(key => !tensors.ContainsKey(key)).ToList(),
                Left: tensors.Keys.Where(key => !part.Tensors.ContainsKey(key)).ToList(),
                Shape: part.Tensors.FirstOrDefault(tensor => tensors.TryGetValue(tensor.Key, out var shape) && shape != tensor.Value).Key))
            .ToList();
        if (differences.Count == 0)
            return $"{rest.Name} has no weights to be exchanged.";
        var nearest = differences.MinBy(part => part.Missing.Count + part.Left.Count);
        var why = (nearest.Missing, nearest.Left, nearest.Shape) switch
        {
            ([], [], { } key) => $"'{key}' has the shape {tensors[key]}",
            ([var missing, ..], _, _) => $"{nearest.Missing.Count} tensors are missing, such as '{missing}'",
            (_, [var left, ..], _) => $"{nearest.Left.Count} tensors are left over, such as '{left}'",
            _ => "its tensors differ",
        };
        return $"{name} is no part of {rest.Name}: nearest is {nearest.Part}, and {why}.";
    }
}
