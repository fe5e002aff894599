using System.Globalization;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Material;

/// <summary>Finds prompts of a set by their text, their id or their number.</summary>
internal sealed class PromptIndex
{
    private readonly Dictionary<string, int> _byLabel = [];
    private readonly Dictionary<string, int> _byNumberedLabel = [];
    private readonly Dictionary<string, List<int>> _byText = [];
    private readonly bool _labelsAreNumbers;

    public PromptIndex(IReadOnlyList<NewPrompt> prompts)
    {
        Prompts = prompts;
        foreach (var (i, prompt) in prompts.Index())
        {
            if (prompt.Label is { } label)
            {
                _byLabel.TryAdd(label, i);
                if (Number(label) is { } number)
                    _byNumberedLabel.TryAdd(number, i);
            }
            var text = prompt.Text.Trim();
            if (!_byText.TryGetValue(text, out var same))
                _byText.Add(text, same = []);
            same.Add(i);
        }
        _labelsAreNumbers = _byNumberedLabel.Count > 0;
    }

    /// <summary>In the order of the set.</summary>
    public IReadOnlyList<NewPrompt> Prompts { get; }

    /// <summary>The number of the first prompt where prompts are told by their place: 1, or 0.</summary>
    public int FirstNumber { get; set; } = 1;

    /// <summary>The places in <see cref="Prompts"/> of the prompts with this text.</summary>
    public IReadOnlyList<int> ByText(string text) => _byText.GetValueOrDefault(text.Trim()) ?? [];

    /// <summary>
    /// The place of the prompt with this id; failing that, of the one with this number: leading zeros do not matter, and a set whose
    /// ids are numbers is not counted besides.
    /// </summary>
    public int? ById(string id)
    {
        if (_byLabel.TryGetValue(id, out var labelled))
            return labelled;
        if (Number(id) is not { } number)
            return null;
        if (_labelsAreNumbers)
            return _byNumberedLabel.TryGetValue(number, out var numbered) ? numbered : null;
        return int.TryParse(number, CultureInfo.InvariantCulture, out var counted) && counted - FirstNumber is >= 0 and var place && place < Prompts.Count ? place : null;
    }

    /// <summary>Whether prompts are told by their place where they are told by a number.</summary>
    public bool Counts => !_labelsAreNumbers;

    /// <summary>Digits without leading zeros; null for what is no number.</summary>
    public static string? Number(string text) =>
        text.Length > 0 && text.All(char.IsAsciiDigit) ? text.TrimStart('0') is { Length: > 0 } digits ? digits : "0" : null;
}
