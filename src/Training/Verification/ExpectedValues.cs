using System.Globalization;
using System.Text.Json;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Verification;

/// <summary>
/// A file of inputs <c>in.*</c>, constants <c>const.*</c>, outputs <c>out.*</c> and gradients <c>grad.*</c>, <c>gradnorm.*</c> that
/// other software computed, and how far ours are from them.
/// </summary>
public sealed class ExpectedValues
{
    private const string Total = "gradnorm_total";

    // half a unit in the last place of an angle of 1000 is 3e-5: what float32 leaves of a sinusoid of pixels or timesteps
    private const double AngleRounding = 4e-5;

    private readonly Dictionary<string, Tensor> _values;
    private readonly Dictionary<string, string> _metadata;
    private readonly List<TensorCheck> _checks = [];

    /// <param name="path">A safetensors file.</param>
    /// <param name="device">Where its tensors go; null for the CPU.</param>
    public ExpectedValues(string path, Device? device = null)
    {
        Name = Path.GetFileName(path);
        _values = Safetensors.Read(path).ToDictionary(t => t.Key, t => t.Value.to(device ?? CPU), StringComparer.Ordinal);
        _metadata = Safetensors.ReadMetadata(path);
    }

    /// <summary>File name.</summary>
    public string Name { get; }

    /// <summary>What was compared so far.</summary>
    public IReadOnlyList<TensorCheck> Checks => _checks;

    /// <summary>Outputs and gradients of the file that nothing was compared with.</summary>
    public IReadOnlyList<string> NotCompared =>
        [.. _values.Keys.Where(name => IsResult(name) && _checks.TrueForAll(check => check.Name != name)).Order(StringComparer.Ordinal)];

    /// <summary>A value of the file.</summary>
    /// <exception cref="BadJobException">The file has no such value.</exception>
    public Tensor this[string name] => _values.GetValueOrDefault(name) ?? throw new BadJobException($"{Name} has no tensor '{name}'.");

    /// <summary>A single number of the file.</summary>
    public double Number(string name) => this[name].to(float64).item<double>();

    /// <summary>A list of texts in the file's metadata; null where it has none.</summary>
    public IReadOnlyList<string>? Prompts(string name) =>
        _metadata.TryGetValue(name, out var json) ? JsonSerializer.Deserialize<string[]>(json) : null;

    /// <summary>A whole number in the file's metadata.</summary>
    /// <exception cref="BadJobException">The file has none of that name.</exception>
    public int WholeNumber(string name) =>
        int.TryParse(_metadata.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new BadJobException($"{Name} has no whole number '{name}' in its metadata.");

    /// <summary>Whether the file has a value.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Compares an output, where the file has it.</summary>
    public void Compare(string name, Tensor actual, double rtol = 1e-4, double atol = 1e-5)
    {
        if (Has(name)) _checks.Add(TensorCheck.Of(name, this[name], actual, rtol, atol));
    }

    /// <summary>Compares an output of many rows, each with a tolerance of its own, because steps of a walk differ in size; the worst row counts.</summary>
    public void CompareRows(string name, Tensor actual)
    {
        var expected = this[name];
        _checks.Add(expected.shape.SequenceEqual(actual.shape)
            ? Enumerable.Range(0, (int)expected.shape[0]).Select(row => TensorCheck.Of(name, expected[row], actual[row])).MaxBy(check => check.OfAllowed)!
            : TensorCheck.Of(name, expected, actual));
    }

    /// <summary>Compares the gradient of an input, where the file has it.</summary>
    public void CompareGradient(string name, Tensor input)
    {
        if (Has(name)) _checks.Add(TensorCheck.OfGradient(name, this[name], input.grad!));
    }

    /// <summary>
    /// Compares the gradient of every parameter that the file has one of, whole or as its norm. Norms are compared as shares of the
    /// norm over all: the gradient of a key's bias is zero but for rounding, because softmax does not see a shift.
    /// </summary>
    public void CompareGradients(nn.Module module)
    {
        var squares = 0.0;
        foreach (var (name, parameter) in module.named_parameters())
        {
            if (parameter.grad is not { } gradient) continue;
            squares += gradient.to(float64).square().sum().item<double>();
            if (Has($"grad.{name}")) _checks.Add(TensorCheck.OfGradient($"grad.{name}", this[$"grad.{name}"], gradient, IsOfAngles(name) ? AngleRounding : 1e-5));
            if (Has($"gradnorm.{name}")) _checks.Add(TensorCheck.Of($"gradnorm.{name}", this[$"gradnorm.{name}"] / this[Total], gradient.norm().reshape(1) / this[Total], rtol: 1e-3));
        }
        if (Has(Total)) _checks.Add(TensorCheck.OfGradient(Total, this[Total], tensor([Math.Sqrt(squares)])));
    }

    private static bool IsOfAngles(string parameter) => parameter.EndsWith("linear_1.weight", StringComparison.Ordinal);

    private static bool IsResult(string name) => name.StartsWith("out.", StringComparison.Ordinal) || name.StartsWith("grad", StringComparison.Ordinal);
}
