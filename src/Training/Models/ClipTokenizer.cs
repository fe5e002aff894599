using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>CLIP's lower-case byte-pair tokenizer.</summary>
/// <remarks>Radford et al. (2021); transformers 4.26 <c>CLIPTokenizer</c>, whose <c>vocab.json</c> and <c>merges.txt</c> it reads.</remarks>
public sealed class ClipTokenizer
{
    /// <summary>First token of every sequence.</summary>
    public const string Start = "<|startoftext|>";

    /// <summary>Last token of every text, and padding where the tokenizer names no other.</summary>
    public const string End = "<|endoftext|>";

    private static readonly string[] ByteSymbols = MakeByteSymbols();
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<(string, string), int> _ranks;
    private readonly Dictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly int _start, _end, _padding;
    private readonly Regex _specialTokens;

    /// <param name="vocabulary">Token → id.</param>
    /// <param name="merges">Pairs, most frequent first.</param>
    /// <param name="maxLength">Length of every sequence, start and end included.</param>
    /// <param name="padding">Token after the end; Stable Diffusion 2.x and the second tokenizer of SDXL have "!".</param>
    public ClipTokenizer(Dictionary<string, int> vocabulary, IReadOnlyList<(string, string)> merges, int maxLength, string padding = End)
    {
        _vocabulary = vocabulary;
        _ranks = merges.Select((pair, rank) => (pair, rank)).ToDictionary(m => m.pair, m => m.rank);
        (_start, _end, _padding, MaxLength) = (vocabulary[Start], vocabulary[End], vocabulary[padding], maxLength);
        _specialTokens = new Regex($"({string.Join('|', new[] { Start, End, padding }.Select(Regex.Escape))})");
    }

    /// <summary>Length of every sequence, in tokens.</summary>
    public int MaxLength { get; }

    /// <summary>Tokens in the vocabulary.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>Reads a <c>tokenizer</c> folder.</summary>
    public static ClipTokenizer Load(string folder)
    {
        var vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(Path.Combine(folder, "vocab.json")))!;
        var merges = File.ReadLines(Path.Combine(folder, "merges.txt")).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal))
            .Select(l => l.Split(' ')).Select(p => (p[0], p[1])).ToList();
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer_config.json")));
        return new ClipTokenizer(vocabulary, merges, config.RootElement.GetProperty("model_max_length").GetInt32(), PaddingOf(folder, config.RootElement));
    }

    /// <summary>Token ids of texts, [B, S] int64.</summary>
    public Tensor Encode(IReadOnlyList<string> texts)
    {
        using var scope = NewDisposeScope();
        return stack(texts.Select(t => tensor(Encode(t))).ToArray()).MoveToOuterDisposeScope();
    }

    /// <summary>Token ids of a text: start, as much of the text as fits, end, padding. A special token in the text, padding too, is that token.</summary>
    public long[] Encode(string text)
    {
        var ids = new List<long> { _start };
        foreach (var part in _specialTokens.Split(text))
        {
            if (_specialTokens.IsMatch(part)) ids.Add(_vocabulary[part]);
            else foreach (var word in Words(part)) ids.AddRange(Merge(word).Select(i => (long)i));
        }
        if (ids.Count > MaxLength - 1) ids.RemoveRange(MaxLength - 1, ids.Count - MaxLength + 1);
        ids.Add(_end);
        while (ids.Count < MaxLength) ids.Add(_padding);
        return [.. ids];
    }

    /// <summary>Tokens of a text, start and end included, before it is cut to <see cref="MaxLength"/>.</summary>
    public int Count(string text) => Words(text).Sum(w => Merge(w).Length) + 2;

    /// <summary>The words of a text as byte symbols, the last one of each marked as a word's end.</summary>
    internal static IEnumerable<string[]> Words(string text)
    {
        foreach (var word in Pieces(PromptText.Clean(text)))
        {
            var symbols = Encoding.UTF8.GetBytes(word).Select(b => ByteSymbols[b]).ToArray();
            symbols[^1] += "</w>";
            yield return symbols;
        }
    }

    /// <summary>The 256 byte symbols in CLIP's order, then the same as word ends: the start of every vocabulary.</summary>
    internal static IEnumerable<string> BaseVocabulary()
    {
        var ordered = Enumerable.Range(0, 256).OrderBy(b => Printable(b) ? 0 : 1).ThenBy(b => b).Select(b => ByteSymbols[b]).ToList();
        return ordered.Concat(ordered.Select(s => s + "</w>"));
    }

    // special_tokens_map.json overrules the configuration, unless that is of the newer kind that lists its special tokens itself
    private static string PaddingOf(string folder, JsonElement config)
    {
        var map = Path.Combine(folder, "special_tokens_map.json");
        if (!config.TryGetProperty("added_tokens_decoder", out _) && File.Exists(map))
        {
            using var tokens = JsonDocument.Parse(File.ReadAllBytes(map));
            if (Padding(tokens.RootElement) is { } mapped) return mapped;
        }
        return Padding(config) ?? End;

        static string? Padding(JsonElement json) => !json.TryGetProperty("pad_token", out var token) ? null
            : token.ValueKind == JsonValueKind.Object ? token.GetProperty("content").GetString() : token.GetString();
    }

    private int[] Merge(string[] symbols)
    {
        var key = string.Concat(symbols);
        if (_words.TryGetValue(key, out var known)) return known;
        var parts = symbols.ToList();
        while (parts.Count > 1)
        {
            var best = Enumerable.Range(0, parts.Count - 1).MinBy(i => _ranks.GetValueOrDefault((parts[i], parts[i + 1]), int.MaxValue));
            if (!_ranks.ContainsKey((parts[best], parts[best + 1]))) break;
            var (left, right) = (parts[best], parts[best + 1]);
            for (var i = 0; i < parts.Count - 1; i++)
            {
                if (parts[i] != left || parts[i + 1] != right) continue;
                parts[i] = left + right;
                parts.RemoveAt(i + 1);
            }
        }
        return _words[key] = [.. parts.Select(p => _vocabulary.GetValueOrDefault(p, _end))];
    }

    private static bool Printable(int b) => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;

    // printable bytes stand for themselves, the others for the characters from U+0100 on
    private static string[] MakeByteSymbols()
    {
        var symbols = new string[256];
        var next = 256;
        for (var b = 0; b < 256; b++) symbols[b] = ((char)(Printable(b) ? b : next++)).ToString();
        return symbols;
    }

    /// <summary>CLIP's words: an English contraction's ending, a run of letters, a single digit, or a run of anything else that is no space.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var (kind, end) = RuneAt(text, at);
            if (Contractions.FirstOrDefault(c => text.AsSpan(at).StartsWith(c)) is { } contraction) end = at + contraction.Length;
            else if (kind != Kind.Digit)
                while (end < text.Length && RuneAt(text, end) is var next && next.Kind == kind) end = next.End;
            if (kind != Kind.Space) yield return text[at..end];
            at = end;
        }
    }

    // by code point, not by char: letters outside the basic plane are letters too
    private static (Kind Kind, int End) RuneAt(string text, int at)
    {
        if (!Rune.TryGetRuneAt(text, at, out var rune)) return (Kind.Other, at + 1);
        var kind = Rune.IsLetter(rune) ? Kind.Letter : Rune.IsNumber(rune) ? Kind.Digit : Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other;
        return (kind, at + rune.Utf16SequenceLength);
    }

    private enum Kind
    {
        Letter,
        Digit,
        Space,
        Other,
    }
}
