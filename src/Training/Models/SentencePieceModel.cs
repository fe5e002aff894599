using System.Buffers.Binary;
using System.Text;

namespace PixelPost.Training.Models;

/// <summary>What a piece of the vocabulary is for.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>A piece of text with its logarithm of probability.</summary>
internal readonly record struct Piece(string Text, float Score, PieceKind Kind);

/// <summary>The contents of a <c>spiece.model</c>, as far as unigram models of T5's kind go.</summary>
/// <remarks>Kudo and Richardson (2018), arXiv 1808.06226; the fields of <c>sentencepiece_model.proto</c> of sentencepiece 0.1.97.</remarks>
internal sealed record SentencePieceModel
{
    private const int Unigram = 1;

    /// <summary>The vocabulary; a piece's index is its id.</summary>
    public required IReadOnlyList<Piece> Pieces { get; init; }

    /// <summary>The normaliser's rules, see <see cref="SentencePieceNormalizer"/>; empty for none.</summary>
    public required byte[] Charsmap { get; init; }

    /// <summary>Whether a text begins as if there were a space before it.</summary>
    public required bool AddDummyPrefix { get; init; }

    /// <summary>Whether spaces at the ends go, and several become one.</summary>
    public required bool RemoveExtraWhitespaces { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadJobException">It asks for what is not built: another algorithm than unigram, bytes for unknown characters, pieces that are always kept whole.</exception>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static SentencePieceModel Read(string path)
    {
        var pieces = new List<Piece>();
        var (trainer, normalizer) = (new List<Field>(), new List<Field>());
        foreach (var field in Fields(File.ReadAllBytes(path), path))
        {
            if (field.Number == 1) pieces.Add(ReadPiece(field, path));
            else if (field.Number == 2) trainer.AddRange(Fields(field.Bytes, path));
            else if (field.Number == 3) normalizer.AddRange(Fields(field.Bytes, path));
        }

        if (Number(trainer, 3, Unigram) != Unigram) throw new BadJobException($"'{path}' is not a unigram model, and no other kind of sentencepiece model is known here.");
        if (pieces.FindIndex(p => p.Kind is PieceKind.UserDefined or PieceKind.Byte) is >= 0 and var strange)
            throw new BadJobException($"'{path}' has '{pieces[strange].Text}', a piece of kind {pieces[strange].Kind}; known are normal, unknown, control and unused pieces.");
        if (Number(trainer, 24, 0) != 0 || Number(normalizer, 5, 1) != 1)
            throw new BadJobException($"'{path}' marks spaces after words or not at all; known are marks before words.");
        return new()
        {
            Pieces = pieces,
            Charsmap = normalizer.LastOrDefault(f => f.Number == 2).Bytes.ToArray(),
            AddDummyPrefix = Number(normalizer, 3, 1) == 1,
            RemoveExtraWhitespaces = Number(normalizer, 4, 1) == 1,
        };
    }

    private static Piece ReadPiece(Field message, string path)
    {
        var fields = Fields(message.Bytes, path).ToList();
        return new Piece(
            Encoding.UTF8.GetString(fields.LastOrDefault(f => f.Number == 1).Bytes.Span),
            BitConverter.UInt32BitsToSingle((uint)Number(fields, 2, 0)),
            (PieceKind)Number(fields, 3, (ulong)PieceKind.Normal));
    }

    private static ulong Number(List<Field> fields, int number, ulong otherwise)
    {
        var at = fields.FindLastIndex(f => f.Number == number);
        return at < 0 ? otherwise : fields[at].Value;
    }

    // protocol buffers: a message is fields, each a tag of number and wire type, then a number or a length and bytes
    private static IEnumerable<Field> Fields(ReadOnlyMemory<byte> message, string path)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at, path);
            var (number, kind) = ((int)(tag >> 3), tag & 7);
            if (kind == 0)
            {
                yield return new Field(number, Varint(message.Span, ref at, path), default);
                continue;
            }
            var length = kind switch { 1 => 8UL, 5 => 4UL, 2 => Varint(message.Span, ref at, path), _ => throw Broken(path) };
            if (length > (ulong)(message.Length - at)) throw Broken(path);
            var bytes = message.Slice(at, (int)length);
            yield return new Field(number, kind == 5 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) : 0, bytes);
            at += (int)length;
        }
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at, string path)
    {
        for (var (value, shift) = (0UL, 0); shift < 64 && at < message.Length; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw Broken(path);
    }

    private static InvalidDataException Broken(string path) => new($"'{path}' is no sentencepiece model, or part of it is missing.");

    private readonly record struct Field(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);
}
