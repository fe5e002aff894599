using System.Text;

namespace PixelPost.Training.Models;

/// <summary>T5's tokenizer: the most probable way to cut a text into pieces of a vocabulary.</summary>
/// <remarks>
/// Kudo (2018), arXiv 1804.10959; sentencepiece 0.1.97 and transformers 4.26 <c>T5Tokenizer</c>, except that a special token's name in a
/// text is text. Microsoft.ML.Tokenizers 2.0.1 refuses models without a start token, which T5's is.
/// </remarks>
internal sealed class SentencePieceTokenizer
{
    // added to the least probable piece's score for a character that no piece has
    private const float UnknownPenalty = -10;

    private readonly SentencePieceModel _model;
    private readonly SentencePieceNormalizer _normalizer;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _pieces;
    private readonly int _longest, _unknown;
    private readonly float _unknownScore;

    /// <exception cref="InvalidDataException">The model has no pieces, no unknown piece, or not T5's special ones.</exception>
    public SentencePieceTokenizer(SentencePieceModel model)
    {
        (_model, _normalizer) = (model, new SentencePieceNormalizer(model));
        var normal = model.Pieces.Index().Where(p => p.Item.Kind == PieceKind.Normal).ToList();
        _unknown = model.Pieces.Index().FirstOrDefault(p => p.Item.Kind == PieceKind.Unknown, (-1, default)).Index;
        if (normal.Count == 0 || _unknown < 0) throw new InvalidDataException("The sentencepiece model has no pieces, or none for unknown characters.");
        _pieces = normal.ToDictionary(p => p.Item.Text, p => p.Index, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = normal.Max(p => p.Item.Text.Length);
        _unknownScore = normal.Min(p => p.Item.Score) + UnknownPenalty;
        (Padding, End) = (IdOf("<pad>"), IdOf("</s>"));
    }

    /// <summary>Id after the end of a text.</summary>
    public int Padding { get; }

    /// <summary>Id of a text's end.</summary>
    public int End { get; }

    /// <summary>Reads a <c>tokenizer</c> folder with <c>spiece.model</c>.</summary>
    /// <exception cref="BadJobException">The file is missing, or is a model of a kind that is not known.</exception>
    public static SentencePieceTokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "spiece.model");
        if (!File.Exists(path)) throw new BadJobException($"'{path}' does not exist; T5's tokenizer is read from it, not from tokenizer.json.");
        return new(SentencePieceModel.Read(path));
    }

    /// <summary>As much of a text as fits, its end, padding.</summary>
    /// <returns>Ids, <paramref name="length"/> of them, and how many come before padding.</returns>
    public (long[] Ids, int Count) Encode(string text, int length)
    {
        var pieces = Segment(text).Take(length - 1).Append(End).Select(id => (long)id).ToList();
        return ([.. pieces, .. Enumerable.Repeat((long)Padding, length - pieces.Count)], pieces.Count);
    }

    /// <summary>Ids of the pieces of a text; characters that no piece has are one unknown piece together.</summary>
    internal List<int> Segment(string text)
    {
        var normalized = _normalizer.Normalize(text);
        var best = Viterbi(normalized);
        var ids = new List<int>();
        for (var end = normalized.Length; end > 0; end = best[end].Start)
        {
            if (best[end].Id != _unknown || ids.Count == 0 || ids[^1] != _unknown) ids.Add(best[end].Id);
        }
        ids.Reverse();
        return ids;
    }

    /// <summary>For every place in the text the last piece of the most probable way to there; of equals, the longest piece.</summary>
    private (float Score, int Start, int Id)[] Viterbi(string text)
    {
        var best = new (float Score, int Start, int Id)[text.Length + 1];
        Array.Fill(best, (float.NegativeInfinity, 0, _unknown));
        best[0].Score = 0;
        for (var start = 0; start < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(start), out _, out var character);
            var isKnown = false;
            for (var end = start + 1; end <= Math.Min(start + _longest, text.Length); end++)
            {
                if (!_pieces.TryGetValue(text.AsSpan(start, end - start), out var id)) continue;
                isKnown |= end == start + character;
                Reach(end, start, id, _model.Pieces[id].Score);
            }
            if (!isKnown) Reach(start + character, start, _unknown, _unknownScore);
            start += character;
        }
        return best;

        void Reach(int end, int start, int id, float score)
        {
            var total = best[start].Score + score;
            if (total > best[end].Score) best[end] = (total, start, id);
        }
    }

    private int IdOf(string special) => _model.Pieces.Index().FirstOrDefault(p => p.Item.Text == special, (-1, default)).Index is >= 0 and var id ? id
        : throw new InvalidDataException($"The sentencepiece model has no {special}, as T5's has.");
}
