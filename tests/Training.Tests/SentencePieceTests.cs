using System.Text;
using System.Text.Json;
using PixelPost.Training.Models;

namespace PixelPost.Training.Tests;

public sealed class SentencePieceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-spiece-").FullName;

    /// <summary>A model trained by sentencepiece on our captions, and what sentencepiece makes of 83 texts (Golden/t5/make.py).</summary>
    [Fact]
    public void Segment_SentencepiecesOwnCases_SameIds()
    {
        var tokenizer = SentencePieceTokenizer.Load(Golden.File("t5", "tokenizer"));
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Golden.File("t5", "cases.json")));

        var wrong = cases.RootElement.EnumerateArray()
            .Select(c => (Text: c.GetProperty("text").GetString()!, Ids: c.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToList()))
            .Where(c => !tokenizer.Segment(c.Text).SequenceEqual(c.Ids))
            .Select(c => $"{JsonSerializer.Serialize(c.Text)}: {string.Join(' ', tokenizer.Segment(c.Text))} instead of {string.Join(' ', c.Ids)}").ToList();

        Assert.Equal(83, cases.RootElement.GetArrayLength());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // scores: ▁ab -2.5, ▁a -1, b -1, c -3, ▁ -4, a -4; unknown: -4 - 10
    [Theory]
    [InlineData("ab", "4 5")]           // ▁a b: -2 beats ▁ab: -2.5
    [InlineData("abc", "4 5 6")]        // -5
    [InlineData("a  b", "4 7 5")]       // two spaces are one: ▁a ▁ b
    [InlineData(" c ", "7 6")]
    [InlineData("aa", "4 8")]           // ▁a a: -5 beats ▁ a a
    [InlineData("axyb", "4 2 5")]       // what no piece has is one unknown
    [InlineData("", "")]
    public void Segment_ByHand_MostProbablePieces(string text, string ids) =>
        Assert.Equal(ids, string.Join(' ', ByHand().Segment(text)));

    [Fact]
    public void Encode_LongerThanFits_CutBeforeItsEnd()
    {
        var tokenizer = ByHand();

        Assert.Equal("4 5 1 0 0, 3", Text(tokenizer.Encode("ab", 5)));
        Assert.Equal("4 5 1, 3", Text(tokenizer.Encode("abc", 3)));
        Assert.Equal("1 0, 1", Text(tokenizer.Encode("", 2)));

        static string Text((long[] Ids, int Count) encoded) => $"{string.Join(' ', encoded.Ids)}, {encoded.Count}";
    }

    [Fact]
    public void Read_OtherKindsOfModel_AreRefused()
    {
        var bytePairs = Write([.. Pieces(), .. Message(2, Number(3, 2))]);
        var bytes = Write([.. Pieces(), .. Piece("<0x41>", 0, 6)]);
        var suffixes = Write([.. Pieces(), .. Message(2, Number(24, 1))]);

        Assert.Contains("not a unigram model", Refusal(bytePairs), StringComparison.Ordinal);
        Assert.Contains("'<0x41>', a piece of kind Byte", Refusal(bytes), StringComparison.Ordinal);
        Assert.Contains("after words", Refusal(suffixes), StringComparison.Ordinal);

        static string Refusal(string path) => Assert.Throws<BadJobException>(() => SentencePieceModel.Read(path)).Message;
    }

    [Fact]
    public void Read_FileThatIsCutOff_SaysSo()
    {
        var path = Write(Pieces()[..^3]);

        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => SentencePieceModel.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoSpieceModel_SaysWhereItShouldBe() =>
        Assert.Contains("spiece.model", Assert.Throws<BadJobException>(() => SentencePieceTokenizer.Load(_folder)).Message, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SentencePieceTokenizer ByHand() => new(SentencePieceModel.Read(Write(Pieces())));

    private string Write(byte[] model)
    {
        var path = Path.Combine(_folder, Guid.NewGuid() + ".model");
        File.WriteAllBytes(path, model);
        return path;
    }

    private static byte[] Pieces() =>
    [
        .. Piece("<pad>", 0, 3), .. Piece("</s>", 0, 3), .. Piece("<unk>", 0, 2),
        .. Piece("▁ab", -2.5f), .. Piece("▁a", -1), .. Piece("b", -1), .. Piece("c", -3), .. Piece("▁", -4), .. Piece("a", -4),
    ];

    // protocol buffers by hand: tag = number · 8 + wire type, then a varint (0), length and bytes (2), or four bytes (5)
    private static byte[] Piece(string text, float score, int kind = 1) =>
        Message(1, [.. Message(1, Encoding.UTF8.GetBytes(text)), 2 * 8 + 5, .. BitConverter.GetBytes(score), .. Number(3, kind)]);

    private static byte[] Message(int number, byte[] bytes) => [(byte)(number * 8 + 2), (byte)bytes.Length, .. bytes];

    private static byte[] Number(int number, int value) => number < 16 ? [(byte)(number * 8), (byte)value] : [(byte)(number * 8 % 128 + 128), (byte)(number * 8 / 128), (byte)value];
}
