using System.Text;
using PixelPost.EvalPortal.Exports;

namespace PixelPost.EvalPortal.Tests.Exports;

public sealed class CsvTableTests
{
    [Theory]
    [InlineData("a fox, red")]
    [InlineData("a \"fox\"")]
    [InlineData("two\r\nlines")]
    [InlineData("=HYPERLINK(\"http://example.org\")")]
    [InlineData("Füchse 狐 🦊")]
    [InlineData(" spaces ")]
    public async Task Write_Text_ReadsBackUnchanged(string text) =>
        Assert.Equal(text, CsvText.Read(await WriteAsync(text)).Single()["value"]);

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a=1", "a=1")]
    public async Task Write_ForSpreadsheets_DisarmsWhatWouldBeAFormula(string text, string expected) =>
        Assert.Equal(expected, CsvText.Read((await WriteAsync(text, forSpreadsheets: true)).TrimStart('\uFEFF')).Single()["value"]);

    [Fact]
    public async Task Write_Values_AreTextThatEveryProgramReads()
    {
        var time = new DateTimeOffset(2026, 3, 1, 13, 0, 0, 250, TimeSpan.FromHours(1));

        Assert.Equal("\uFEFFvalue\r\n-1.5\r\n", await WriteAsync(-1.5, forSpreadsheets: true));
        Assert.Equal("value\r\n2026-03-01T12:00:00.250Z\r\n", await WriteAsync(time));
        Assert.Equal("value\r\ntrue\r\n", await WriteAsync(true));
        Assert.Equal("value\r\n1234567\r\n", await WriteAsync(1_234_567L));
        Assert.Equal("value\r\n\"\"\r\n", await WriteAsync(null));
    }

    [Fact]
    public async Task Write_ForSpreadsheets_SaysItIsUtf8()
    {
        Assert.StartsWith("\uFEFF", await WriteAsync("x", forSpreadsheets: true), StringComparison.Ordinal);
        Assert.StartsWith("value", await WriteAsync("x"), StringComparison.Ordinal);
    }

    private static async Task<string> WriteAsync(object? value, bool forSpreadsheets = false)
    {
        using var stream = new MemoryStream();
        var table = new CsvTable<object?>("test.csv", [new("value", row => row)]);
        Assert.Equal(1, await table.WriteAsync(stream, new[] { value }.ToAsyncEnumerable(), forSpreadsheets));
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
