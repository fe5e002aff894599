using System.Text.Json;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace PixelPost.Training.Weights;

/// <summary>The two thin matrices that change one weight: W′ = W + scale · (alpha / rank) · B A.</summary>
/// <param name="A">[rank, inputs].</param>
/// <param name="B">[outputs, rank].</param>
/// <param name="Alpha">Numerator of the factor; the rank where a file does not say it.</param>
public sealed record LoraPair(Tensor A, Tensor B, double Alpha)
{
    /// <summary>Rows of <see cref="A"/>.</summary>
    public long Rank => A.shape[0];

    /// <summary>A weight with the change, as a new tensor.</summary>
    /// <param name="weight">[outputs, inputs], or a 1×1 convolution's [outputs, inputs, 1, 1].</param>
    /// <param name="scale">How much of the change; 0 is none.</param>
    public Tensor AddedTo(Tensor weight, double scale = 1) =>
        weight.add(B.mm(A).reshape(weight.shape).to(weight.dtype), alpha: scale * Alpha / Rank);
}

/// <summary>
/// A low-rank adaptation of a denoiser, in any of the layouts of names in use: diffusers' <c>lora.down</c>, its older
/// <c>processor.to_q_lora.down</c>, and peft's <c>lora_A</c> with or without <c>adapter_config.json</c>.
/// </summary>
/// <remarks>Hu et al. (2021), arXiv 2106.09685; names as diffusers 0.27 and peft 0.7 write them.</remarks>
public sealed partial class LoraFile
{
    /// <summary>What diffusers calls the file, and finds in a folder.</summary>
    public const string DiffusersName = "pytorch_lora_weights.safetensors";

    private LoraFile(string path, IReadOnlyDictionary<string, LoraPair> pairs) => (Path, Pairs) = (path, pairs);

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>The pairs by the module whose weight they change.</summary>
    public IReadOnlyDictionary<string, LoraPair> Pairs { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">A safetensors file, or a folder as peft's <c>save_pretrained</c> leaves it.</param>
    /// <exception cref="BadJobException">It is not there, adapts something else than a denoiser, or has half of a pair.</exception>
    public static LoraFile Read(string path)
    {
        var file = Directory.Exists(path) ? System.IO.Path.Combine(path, "adapter_model.safetensors") : path;
        if (!File.Exists(file)) throw new BadJobException($"'{file}' does not exist; a LoRA must be a safetensors file, or a folder with adapter_model.safetensors.");
        var alpha = AlphaOfConfig(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "adapter_config.json"));
        var (down, up, alphas) = (new Dictionary<string, Tensor>(), new Dictionary<string, Tensor>(), new Dictionary<string, double>());
        var strange = new List<string>();
        foreach (var (key, value) in Safetensors.Read(file))
        {
            var name = OldProcessor().Replace(key, "$1.$2.lora.$3.weight").Replace(".to_out.lora.", ".to_out.0.lora.", StringComparison.Ordinal);
            if (Key().Match(name) is not { Success: true } match) strange.Add(key);
            else if (match.Groups["alpha"].Success) alphas[match.Groups["module"].Value] = value.to(float64).item<double>();
            else (match.Groups["down"].Success ? down : up)[match.Groups["module"].Value] = value.to(float32).flatten(1); // 1×1 convolutions too
        }
        if (strange.Count > 0)
            throw new BadJobException($"'{file}' holds what is no LoRA of a denoiser: {string.Join(", ", strange.Take(5))}{(strange.Count > 5 ? $" and {strange.Count - 5} more" : "")}.");
        if (down.Keys.Except(up.Keys).Concat(up.Keys.Except(down.Keys)).FirstOrDefault() is { } half)
            throw new BadJobException($"'{file}' has only one of the two matrices of {half}.");
        if (down.Count == 0) throw new BadJobException($"'{file}' holds no LoRA.");
        return new(file, down.ToDictionary(pair => pair.Key, pair => new LoraPair(pair.Value, up[pair.Key], alphas.GetValueOrDefault(pair.Key, alpha ?? pair.Value.shape[0]))));
    }

    /// <summary>
    /// Writes pairs as diffusers does. Its files do not say alpha, and its readers take the rank for it: so the factor alpha / rank is
    /// multiplied into B, and every reader computes the same.
    /// </summary>
    /// <param name="path">File to write.</param>
    /// <param name="part">Part of the pipeline that is adapted: <c>unet</c> or <c>transformer</c>, which decides how the matrices are called.</param>
    /// <param name="pairs">By the module whose weight they change.</param>
    public static void Write(string path, string part, IReadOnlyDictionary<string, LoraPair> pairs)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (down, up) = part == "unet" ? ("lora.down", "lora.up") : ("lora_A", "lora_B");
        Safetensors.Write(path, pairs.SelectMany(pair => new[]
        {
            KeyValuePair.Create($"{part}.{pair.Key}.{down}.weight", pair.Value.A),
            KeyValuePair.Create($"{part}.{pair.Key}.{up}.weight", pair.Value.B * (pair.Value.Alpha / pair.Value.Rank)),
        }));
    }

    /// <summary>Adds the changes to a module's weights.</summary>
    /// <param name="module">The denoiser.</param>
    /// <param name="scale">How much of the change; 0 is none.</param>
    /// <exception cref="BadJobException">The module lacks a weight that the file changes, or it has another shape; the message lists them. Nothing is changed then.</exception>
    public void MergeInto(nn.Module module, double scale = 1)
    {
        var weights = WeightLoader.Collect(module);
        var misfits = Pairs.Where(pair => !weights.TryGetValue($"{pair.Key}.weight", out var weight)
            || weight.shape[0] != pair.Value.B.shape[0] || weight.NumberOfElements != pair.Value.B.shape[0] * pair.Value.A.shape[1]).Select(pair => pair.Key).ToList();
        if (misfits.Count > 0)
            throw new BadJobException($"'{Path}' does not fit {module.GetName()}: {string.Join(", ", misfits.Take(5))}{(misfits.Count > 5 ? $" and {misfits.Count - 5} more" : "")} {(misfits.Count == 1 ? "is" : "are")} missing there or of another shape.");

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, pair) in Pairs)
        {
            var weight = weights[$"{name}.weight"];
            weight.copy_(pair.AddedTo(weight, scale));
        }
    }

    private static double? AlphaOfConfig(string path)
    {
        if (!File.Exists(path)) return null;
        using var config = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var key in (string[])["alpha_pattern", "rank_pattern"])
        {
            if (config.RootElement.TryGetProperty(key, out var pattern) && pattern.ValueKind == JsonValueKind.Object && pattern.EnumerateObject().Any())
                throw new BadJobException($"'{path}' has a {key}; only one alpha and one rank for all modules are known.");
        }
        return config.RootElement.TryGetProperty("lora_alpha", out var alpha) ? alpha.GetDouble() : null;
    }

    [GeneratedRegex(@"^((?:.+\.)?attn\d)\.processor\.(to_\w+)_lora\.(down|up)\.weight$")]
    private static partial Regex OldProcessor();

    [GeneratedRegex(@"^(?:unet\.|transformer\.|base_model\.model\.)?(?<module>(?!text_encoder).+?)(?:\.lora)?\.(?:(?<down>(?:down|lora_A)\.weight)|(?<up>(?:up|lora_B)\.weight)|(?<alpha>alpha))$")]
    private static partial Regex Key();
}
