using System.Globalization;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Conditioners;

/// <summary>DiT's classes: a prompt is a class's number, or one of its names in <c>model_index.json</c>; an empty one is no class.</summary>
/// <remarks>diffusers 0.27 <c>DiTPipeline</c>: a class's names are listed with commas between them, and of classes that share a name the last has it.</remarks>
internal sealed class ClassLabelEncoder : IPromptEncoder
{
    private readonly Dictionary<string, long> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly long _noClass;
    private readonly Device _device;

    /// <param name="index">Names of the classes.</param>
    /// <param name="noClass">The label after the last class.</param>
    /// <param name="device">Where labels go.</param>
    /// <exception cref="BadJobException">A name is given to a class that the model has not.</exception>
    public ClassLabelEncoder(ModelIndex index, long noClass, Device device)
    {
        (_noClass, _device) = (noClass, device);
        foreach (var (number, names) in index.Id2label)
        {
            if (Number(number) is not { } label) throw new BadJobException($"model_index.json: id2label names a class '{number}'; {Known}.");
            foreach (var name in names.Split(',', StringSplitOptions.TrimEntries).Append(names.Trim())) _byName[name] = label;
        }
    }

    private string Known => $"the classes of this model are 0 to {_noClass - 1}";

    public IReadOnlyList<nn.Module> Networks => [];

    public Conditioning Encode(IReadOnlyList<string> prompts) => new() { ClassLabels = tensor(prompts.Select(Label).ToArray(), device: _device) };

    public Conditioning Unconditional() => Encode([""]);

    public void Dispose()
    {
        // names and numbers only
    }

    private long Label(string prompt)
    {
        var name = prompt.Trim();
        if (name.Length == 0) return _noClass;
        if (Number(name) is { } number) return number;
        if (_byName.TryGetValue(name, out var label)) return label;
        throw new BadJobException($"'{prompt}' is no class: {Known}, and id2label in model_index.json has {(_byName.Count == 0 ? "no names for them" : "other names for them")}.");
    }

    private long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < _noClass ? number : null;
}
