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
        var targets = module.named_parameters().Select(p => (p.name, value: (Tensor)p.parameter)).ToDictionary(p => p.name, p => p.value, StringComparer.Ordinal);
        var missing = targets.Keys.Where(k => !weights.ContainsKey(k)).ToList();
        var unexpected = weights.Keys.Where(k => !targets.ContainsKey(k) && !ignored.Contains(k)).ToList();
        var shaped = targets.Where(t => weights.TryGetValue(t.Key, out var w) && !w.shape.SequenceEqual(t.Value.shape))
            .Select(t => $"{t.Key} is [{string.Join(", ", weights[t.Key].shape)}], expected [{string.Join(", ", t.Value.shape)}]").ToList();
        if (missing.Count + unexpected.Count + shaped.Count > 0)
            throw new InvalidDataException($"{source} does not fit {module.GetName()}." + Listed("Missing", missing) + Listed("Unexpected", unexpected) + Listed("Wrong shape", shaped));

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, target) in targets) target.copy_(weights[name].to(target.dtype));
    }

    /// <summary>Every parameter of <paramref name="module"/> under its file key.</summary>
    public static Dictionary<string, Tensor> Collect(nn.Module module) =>
        module.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter, StringComparer.Ordinal);

    private static string Listed(string what, List<string> names) =>
        names.Count == 0 ? "" : $" {what} ({names.Count}): {string.Join("; ", names.Take(8))}{(names.Count > 8 ? "; …" : "")}.";
}
