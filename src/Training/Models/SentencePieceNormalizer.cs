using System.Buffers.Binary;
using System.Text;

namespace PixelPost.Training.Models;

/// <summary>Text as sentencepiece cuts it up: characters replaced by the model's rules (T5: compatibility forms, control characters, spaces), spaces as ▁.</summary>
/// <remarks>
/// sentencepiece 0.1.97 <c>normalizer.cc</c>. The rules are a double-array trie (Aoe 1989; Darts-clone's layout of a unit) from byte
/// strings to places in a list of replacements; the longest rule that fits is taken.
/// </remarks>
internal sealed class SentencePieceNormalizer
{
    /// <summary>Stands for a space.</summary>
    public const char Space = '\u2581';

    private readonly SentencePieceModel _model;
    private readonly uint[] _trie;
    private readonly byte[] _replacements;

    /// <exception cref="InvalidDataException">The model's rules are not whole.</exception>
    public SentencePieceNormalizer(SentencePieceModel model)
    {
        _model = model;
        var rules = model.Charsmap.AsSpan();
        if (rules.Length == 0)
        {
            (_trie, _replacements) = ([], []);
            return;
        }
        var size = rules.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadInt32LittleEndian(rules);
        if (size < 4 || size > rules.Length - 4) throw new InvalidDataException("The rules of the sentencepiece model's normaliser are not whole.");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++) _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(rules[(4 + 4 * i)..]);
        _replacements = rules[(4 + size)..].ToArray();
    }

    /// <summary>The text that is cut up.</summary>
    public string Normalize(string text)
    {
        var characters = Replaced(Encoding.UTF8.GetBytes(text));
        var result = new StringBuilder();
        var afterSpace = _model.RemoveExtraWhitespaces; // spaces at the start go too
        foreach (var character in characters)
        {
            if (character != ' ' || !afterSpace) result.Append(character == ' ' ? Space : character);
            afterSpace = _model.RemoveExtraWhitespaces && character == ' ';
        }
        if (_model.RemoveExtraWhitespaces)
            while (result.Length > 0 && result[^1] == Space) result.Length--;
        if (result.Length > 0 && _model.AddDummyPrefix) result.Insert(0, Space);
        return result.ToString();
    }

    private string Replaced(byte[] text)
    {
        var result = new List<byte>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var (length, replacement) = LongestRule(text.AsSpan(at));
            if (length == 0)
            {
                Rune.DecodeFromUtf8(text.AsSpan(at), out _, out length);
                result.AddRange(text.AsSpan(at, length));
            }
            else
            {
                var rest = _replacements.AsSpan(replacement);
                result.AddRange(rest[..Math.Max(0, rest.IndexOf((byte)0))]); // each replacement ends with a zero
            }
            at += length;
        }
        return Encoding.UTF8.GetString([.. result]);
    }

    /// <summary>Bytes that the longest fitting rule replaces, 0 for none, and the place of what it puts there.</summary>
    private (int Length, int Replacement) LongestRule(ReadOnlySpan<byte> text)
    {
        var longest = (Length: 0, Replacement: 0);
        var node = _trie.Length == 0 ? 0 : Offset(_trie[0]);
        for (var i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _trie.Length) break;
            var unit = _trie[node];
            if ((unit & 0x800000FF) != text[i]) break;
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 1 && node < _trie.Length) longest = (i + 1, (int)(_trie[node] & 0x7FFFFFFF));
        }
        return longest;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
}
