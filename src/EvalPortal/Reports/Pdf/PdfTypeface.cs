using System.Text;
using PixelPost.EvalPortal.Fonts;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>One weight of Inter, whose letters are spread over several fonts: text is cut where another font goes on.</summary>
internal sealed class PdfTypeface
{
    // The box that stands for a letter that no font has.
    private const int Box = 0;

    private readonly IReadOnlyList<NamedFont> _fonts;

    private PdfTypeface(IReadOnlyList<NamedFont> fonts) => _fonts = fonts;

    public static PdfTypeface Regular { get; } = new(Inter.Regular);

    public static PdfTypeface Bold { get; } = new(Inter.Bold);

    /// <summary>The font of this name.</summary>
    public static WoffFont Find(string name) => Regular._fonts.Concat(Bold._fonts).First(font => font.Name == name).Font;

    /// <summary>Width of a text in points.</summary>
    public double Width(string text, double size) => Runs(text).Sum(run => run.Width) * size / 1000;

    /// <summary>The text in parts of one font each.</summary>
    public IEnumerable<PdfRun> Runs(string text)
    {
        var (name, glyphs, missing, width) = ("", new List<int>(), new StringBuilder(), 0);
        foreach (var rune in text.EnumerateRunes().Where(rune => !IsUnseen(rune)))
        {
            var (font, glyph) = Find(rune);
            var isMissing = glyph == Box;
            if (glyphs.Count > 0 && (font.Name != name || isMissing != missing.Length > 0))
            {
                yield return new PdfRun(name, [.. glyphs], missing.Length > 0 ? missing.ToString() : null, width);
                (width, glyphs, missing) = (0, [], new());
            }
            name = font.Name;
            glyphs.Add(glyph);
            width += font.Font.Advance(glyph);
            if (isMissing)
                missing.Append(rune.ToString());
        }
        if (glyphs.Count > 0)
            yield return new PdfRun(name, glyphs, missing.Length > 0 ? missing.ToString() : null, width);
    }

    private (NamedFont Font, int Glyph) Find(Rune rune)
    {
        // A space that does not break and a tab look like any other.
        var letter = rune.Value is 0xA0 or 0x202F or '\t' ? ' ' : rune.Value;
        foreach (var font in _fonts)
        {
            if (font.Font.Letters.TryGetValue(letter, out var glyph))
                return (font, glyph);
        }
        return (_fonts[0], Box);
    }

    /// <summary>Marks that direct text or join it take no space.</summary>
    private static bool IsUnseen(Rune rune) => (Rune.IsControl(rune) && rune.Value != '\t') || rune.Value is (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF;
}

/// <summary>Glyphs of one font.</summary>
/// <param name="Font">Its name.</param>
/// <param name="Missing">The letters that boxes stand for, which are then copied instead; null where the font has all.</param>
/// <param name="Width">In thousandths of the size.</param>
internal sealed record PdfRun(string Font, IReadOnlyList<int> Glyphs, string? Missing, int Width);
