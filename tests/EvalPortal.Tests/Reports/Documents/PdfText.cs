using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

/// <summary>Reads a PDF as a viewer does, by its table of objects: pages, their size and the text that can be selected on them.</summary>
internal sealed partial class PdfText
{
    private readonly byte[] _bytes;
    private readonly string _file;
    private readonly List<int> _offsets = [];

    private PdfText(byte[] bytes)
    {
        (_bytes, _file) = (bytes, Encoding.Latin1.GetString(bytes));
        Assert.StartsWith("%PDF-1.7", _file, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", _file, StringComparison.Ordinal);
        var xref = int.Parse(_file[(_file.LastIndexOf("startxref", StringComparison.Ordinal) + 10)..].Split('\n')[0], CultureInfo.InvariantCulture);
        var lines = _file[xref..].Split('\n');
        Assert.Equal("xref", lines[0]);
        var count = int.Parse(lines[1].Split(' ')[1], CultureInfo.InvariantCulture);
        for (var number = 1; number < count; number++)
        {
            Assert.Equal(19, lines[2 + number].Length); // with its end 20, as readers count on
            _offsets.Add(int.Parse(lines[2 + number][..10], CultureInfo.InvariantCulture));
            Assert.StartsWith($"{number} 0 obj\n", _file[_offsets[^1]..], StringComparison.Ordinal);
        }
        Assert.Contains($"/Size {count} ", _file, StringComparison.Ordinal);
        var pages = Object(Reference(Object(Reference(_file[_file.LastIndexOf("trailer", StringComparison.Ordinal)..], "Root")), "Pages"));
        var kids = KidsPattern().Match(pages).Groups[1].Value.Split(" 0 R", StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList();
        Assert.Contains($"/Count {kids.Count} ", pages, StringComparison.Ordinal);
        Pages = [.. kids.Select(kid => PageText(Object(kid)))];
        Size = SizePattern().Match(Object(kids[0])).Groups[1].Value;
    }

    /// <summary>The text of each page.</summary>
    public IReadOnlyList<string> Pages { get; }

    /// <summary>Width and height of the first page.</summary>
    public string Size { get; }

    /// <summary>All of the text without spaces.</summary>
    public string Dense => ReportTables.Dense(string.Concat(Pages));

    public static PdfText Read(byte[] bytes) => new(bytes);

    private string PageText(string page)
    {
        var fonts = FontPattern().Matches(page).ToDictionary(font => font.Groups[1].Value, font => Letters(int.Parse(font.Groups[2].Value, CultureInfo.InvariantCulture)));
        var text = new StringBuilder();
        var instead = default(string);
        foreach (Match run in RunPattern().Matches(Stream(Reference(page, "Contents"))))
        {
            if (run.Groups["instead"].Success)
            {
                instead = Encoding.BigEndianUnicode.GetString(Convert.FromHexString(run.Groups["instead"].Value));
                continue;
            }
            text.Append(instead ?? string.Concat(run.Groups["glyphs"].Value.Chunk(4).Select(glyph => fonts[run.Groups["font"].Value][new string(glyph)]))).Append('\n');
            instead = null;
        }
        return text.ToString();
    }

    private Dictionary<string, string> Letters(int font) => LetterPattern().Matches(Stream(Reference(Object(font), "ToUnicode")))
        .ToDictionary(letter => letter.Groups[1].Value, letter => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(letter.Groups[2].Value)));

    private string Stream(int number)
    {
        var head = Object(number);
        var length = int.Parse(LengthPattern().Match(head).Groups[1].Value, CultureInfo.InvariantCulture);
        var start = _file.IndexOf("stream\n", _offsets[number - 1], StringComparison.Ordinal) + 7;
        Assert.Equal("\nendstream", _file.Substring(start + length, 10));
        using var zlib = new ZLibStream(new MemoryStream(_bytes, start, length), CompressionMode.Decompress);
        using var reader = new StreamReader(zlib, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private string Object(int number)
    {
        var end = _file.IndexOf("endobj", _offsets[number - 1], StringComparison.Ordinal);
        return _file[_offsets[number - 1]..end].Split("stream\n")[0];
    }

    private static int Reference(string content, string name) => int.Parse(Regex.Match(content, $@"/{name} (\d+) 0 R").Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/Kids \[([^\]]*)\]")]
    private static partial Regex KidsPattern();

    [GeneratedRegex(@"/MediaBox \[0 0 ([^\]]*)\]")]
    private static partial Regex SizePattern();

    [GeneratedRegex(@"/(inter-[\w-]+) (\d+) 0 R")]
    private static partial Regex FontPattern();

    [GeneratedRegex(@"/ActualText <FEFF(?<instead>[0-9A-F]*)>|/(?<font>inter-[\w-]+) [\d.]+ Tf [-\d.]+ [-\d.]+ Td <(?<glyphs>[0-9A-F]*)> Tj")]
    private static partial Regex RunPattern();

    [GeneratedRegex(@"<([0-9A-F]{4})> <([0-9A-F]{4,8})>\n")]
    private static partial Regex LetterPattern();

    [GeneratedRegex(@"/Length (\d+)>>")]
    private static partial Regex LengthPattern();
}
