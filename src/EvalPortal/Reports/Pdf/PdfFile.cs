using System.Globalization;
using System.IO.Compression;
using System.Text;
using PixelPost.EvalPortal.Fonts;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>Writes pages as a PDF 1.7 file with the fonts they use inside. The same pages give the same bytes.</summary>
internal sealed class PdfFile
{
    // The first objects; the trailer names them.
    private const int Catalog = 1;
    private const int Info = 2;

    private readonly Stream _file;
    private readonly List<long> _offsets = [];
    private readonly Dictionary<string, int> _fonts = [];

    private PdfFile(Stream file) => _file = file;

    /// <param name="title">Of the document.</param>
    /// <param name="writtenAt">When it was made.</param>
    public static void Write(IReadOnlyList<PdfPage> pages, string title, DateTimeOffset writtenAt, Stream stream)
    {
        using var file = new MemoryStream(); // a stream that is written to need not know its position
        new PdfFile(file).Write(pages, title, writtenAt);
        file.WriteTo(stream);
    }

    private void Write(IReadOnlyList<PdfPage> pages, string title, DateTimeOffset writtenAt)
    {
        _file.Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n"u8);
        var (catalog, info, list) = (Reserve(), Reserve(), Reserve());
        var numbers = pages.Select(_ => Reserve()).ToList();
        foreach (var font in pages.SelectMany(page => page.Fonts).Distinct().Order(StringComparer.Ordinal))
            _fonts.Add(font, AddFont(font, PdfTypeface.Find(font)));
        Object(catalog, $"<</Type /Catalog /Pages {list} 0 R /Lang (en-GB) /ViewerPreferences <</DisplayDocTitle true>>>>");
        Object(list, $"<</Type /Pages /Count {pages.Count} /Kids [{string.Join(' ', numbers.Select(number => $"{number} 0 R"))}]>>");
        Object(info, $"<</Title {Text(title)} /Producer {Text($"PixelPost {MethodsText.Version}")} /CreationDate (D:{writtenAt.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}Z)>>");
        foreach (var (page, number) in pages.Zip(numbers))
        {
            var content = Stream("", Encoding.ASCII.GetBytes(page.Content));
            var fonts = string.Concat(page.Fonts.Select(font => $"/{font} {_fonts[font]} 0 R "));
            var opacities = string.Concat(page.Opacities.Select(percent => string.Create(CultureInfo.InvariantCulture, $"/o{percent} <</ca {percent / 100.0} /CA {percent / 100.0}>> ")));
            Object(number, string.Create(CultureInfo.InvariantCulture,
                $"<</Type /Page /Parent {list} 0 R /MediaBox [0 0 {page.Width:0.##} {page.Height:0.##}] /Contents {content} 0 R /Resources <</Font <<{fonts}>> /ExtGState <<{opacities}>>>>>>"));
        }
        WriteEnd();
    }

    private void WriteEnd()
    {
        var start = _file.Position;
        Ascii($"xref\n0 {_offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in _offsets)
            Ascii(string.Create(CultureInfo.InvariantCulture, $"{offset:0000000000} 00000 n \n"));
        Ascii($"trailer\n<</Size {_offsets.Count + 1} /Root {Catalog} 0 R /Info {Info} 0 R>>\nstartxref\n{start}\n%%EOF\n");
    }

    /// <summary>A font with 16-bit glyph numbers, and the way back from glyphs to letters so that text can be selected and searched.</summary>
    private int AddFont(string name, WoffFont font)
    {
        var file = font.ToTrueType();
        var data = Stream($"/Length1 {file.Length}", file);
        var descriptor = Add($"<</Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{string.Join(' ', font.Box)}] /ItalicAngle 0 /Ascent {font.Ascent} /Descent {font.Descent} /CapHeight {font.Ascent * 3 / 4} /StemV 80 /FontFile2 {data} 0 R>>");
        var widths = string.Join(' ', Enumerable.Range(0, font.Glyphs).Select(font.Advance));
        var descendant = Add($"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /W [0 [{widths}]]>>");
        var letters = Stream("", Encoding.ASCII.GetBytes(ToUnicode(font)));
        return Add($"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] /ToUnicode {letters} 0 R>>");
    }

    private static string ToUnicode(WoffFont font)
    {
        const int MostInBlock = 100;
        var map = new StringBuilder("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Letters def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
        foreach (var block in font.Letters.OrderBy(letter => letter.Value).ThenBy(letter => letter.Key).DistinctBy(letter => letter.Value).Chunk(MostInBlock))
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach (var (letter, glyph) in block)
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(char.ConvertFromUtf32(letter)))}>\n");
            map.Append("endbfchar\n");
        }
        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }

    private static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private int Stream(string entries, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(bytes);
        var number = Reserve();
        _offsets[number - 1] = _file.Position;
        Ascii($"{number} 0 obj\n<</Filter /FlateDecode {entries} /Length {packed.Length}>>\nstream\n");
        packed.WriteTo(_file);
        Ascii("\nendstream\nendobj\n");
        return number;
    }

    private int Add(string content)
    {
        var number = Reserve();
        Object(number, content);
        return number;
    }

    private int Reserve()
    {
        _offsets.Add(0);
        return _offsets.Count;
    }

    private void Object(int number, string content)
    {
        _offsets[number - 1] = _file.Position;
        Ascii($"{number} 0 obj\n{content}\nendobj\n");
    }

    private void Ascii(string text) => _file.Write(Encoding.ASCII.GetBytes(text));
}
