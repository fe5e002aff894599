using System.Text;
using PixelPost.EvalPortal.Fonts;

namespace PixelPost.EvalPortal.Plots;

/// <summary>
/// Inter as outlines: figures measure and draw their text without a font of the machine, so that they are the same everywhere. What
/// it does not have is drawn as an empty frame.
/// </summary>
internal sealed class Typeface
{
    private const int Missing = 0; // the glyph of what a font does not have

    private readonly IReadOnlyList<(WoffFont Font, GlyphOutlines Outlines)> _fonts;

    private Typeface(IReadOnlyList<NamedFont> fonts) => _fonts = [.. fonts.Select(font => (font.Font, new GlyphOutlines(font.Font)))];

    public static Typeface Regular { get; } = new(Inter.Regular);

    public static Typeface Bold { get; } = new(Inter.Bold);

    public static Typeface Of(bool bold) => bold ? Bold : Regular;

    /// <summary>Whether it can draw a text.</summary>
    public bool Has(string text) => text.EnumerateRunes().All(rune => Find(rune).Glyph != Missing);

    /// <summary>Width of a line of text in pixels.</summary>
    public double Width(string text, double size) => text.EnumerateRunes().Sum(rune =>
    {
        var (font, _, glyph) = Find(rune);
        return font.AdvanceUnits(glyph) * size / font.UnitsPerEm;
    });

    /// <summary>The text if it fits, else as much of it as fits with an ellipsis.</summary>
    public string Fit(string text, double width, double size = Words.Usual)
    {
        if (Width(text, size) <= width)
            return text;
        var left = width - Width("…", size);
        var fitting = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            left -= Width(rune.ToString(), size);
            if (left < 0)
                break;
            fitting.Append(rune);
        }
        return $"{fitting.ToString().TrimEnd()}…";
    }

    /// <summary>The outlines of a line of text whose base line begins at a place, as closed polygons.</summary>
    public IEnumerable<Point[]> Outline(string text, double x, double y, double size)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var (font, outlines, glyph) = Find(rune);
            var scale = size / font.UnitsPerEm;
            foreach (var contour in outlines.Contours(glyph))
                yield return [.. contour.Select(point => new Point(x + point.X * scale, y - point.Y * scale))];
            x += font.AdvanceUnits(glyph) * scale;
        }
    }

    private (WoffFont Font, GlyphOutlines Outlines, int Glyph) Find(Rune rune)
    {
        foreach (var (font, outlines) in _fonts)
        {
            if (font.Letters.TryGetValue(rune.Value, out var glyph))
                return (font, outlines, glyph);
        }
        return (_fonts[0].Font, _fonts[0].Outlines, Missing);
    }
}
