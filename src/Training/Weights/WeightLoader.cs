using static TorchSharp.torch;

namespace PixelPost.Training.Weights;

/// <summary>Copies weights from files into modules, and never leaves a parameter unset silently.</summary>
public static class WeightLoader
{
    /// <summary>Sets every parameter and buffer of <paramref name="module"/> from <paramref name="weights"/>, converting to the module's dtype.</summary>
    /// <param name="module">Module whose parameter names are the file's keys.</param>
    /// <param name="weights">Key → tensor.</param>
    /// <param name="source">Named in messages.</param>
    /// <param name="ignored">Keys of the file that are known not to be weights.</param>
    /// <exception cref="InvalidDataException">Keys are missing, unexpected or of another shape; the message lists them.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> weights, string source, params string[] ignored)
    {
        var targets = Targets(module, weights.ToDictionary(w => w.Key, w => w.Value.shape, StringComparer.Ordinal), source, ignored);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, target) in targets) target.copy_(weights[name].to(target.dtype));
    }

    /// <summary>The same from files, holding one tensor of them at a time.</summary>
    /// <param name="module">Module to fill.</param>
    /// <param name="files">Where the weights are.</param>
    /// <param name="keyOf">The module's key for a file's, where they differ; null when they are the same.</param>
    /// <param name="ignored">Keys of the files that are known not to be weights.</param>
    /// <exception cref="InvalidDataException">Keys are missing, unexpected or of another shape, or two names of one weight hold different values.</exception>
    public static void Load(nn.Module module, WeightFiles files, Func<string, string>? keyOf = null, params string[] ignored)
    {
        keyOf ??= name => name;
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var (name, shape) in files.Shapes) shapes[keyOf(name)] = shape;
        var targets = Targets(module, shapes, files.Source, ignored);

        using var noGrad = no_grad();
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in files.Tensors())
        {
            using (value)
            using (NewDisposeScope())
            {
                if (!targets.TryGetValue(keyOf(name), out var target)) continue; // one of the ignored
                if (done.Add(keyOf(name))) target.copy_(value.to(target.dtype));
                else if (!target.eq(value.to(target.dtype)).all().item<bool>())
                    throw new InvalidDataException($"{files.Source}: '{name}' must be the same as its other name, but holds other values.");
            }
        }
    }

    /// <summary>The module's parameters by key, once it is known that the files fit them.</summary>
    private static Dictionary<string, Tensor> Targets(nn.Module module, Dictionary<string, long[]> shapes, string source, string[] ignored)
    {
        var targets = Collect(module);
        var missing = targets.Keys.Where(k => !shapes.ContainsKey(k)).ToList();
        var unexpected = shapes.Keys.Where(k => !targets.ContainsKey(k) && !ignored.Contains(k)).ToList();
        var shaped = targets.Where(t => shapes.TryGetValue(t.Key, out var shape) && !shape.SequenceEqual(t.Value.shape))
            .Select(t => $"{t.Key} is [{string.Join(", ", shapes[t.Key])}], expected [{string.Join(", ", t.Value.shape)}]").ToList();
        if (missing.Count + unexpected.Count + shaped.Count > 0)
            throw new InvalidDataException($"{source} does not fit {module.GetName()}." + Listed("Missing", missing) + Listed("Unexpected", unexpected) + Listed("Wrong shape", shaped));
        return targets;
    }

    /// <summary>Every parameter of <paramref name="module"/> under its file key.</summary>
    public static Dictionary<string, Tensor> Collect(nn.Module module) =>
        module.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter, StringComparer.Ordinal);

    private static string Listed(string what, List<string> names) =>
        names.Count == 0 ? "" : $" {what} ({names.Count}): {string.Join("; ", names.Take(8))}{(names.Count > 8 ? "; …" : "")}.";
}
