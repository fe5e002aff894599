using System.Globalization;
using System.Text;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>A page to draw on. Lengths are points, from the upper left corner.</summary>
internal sealed class PdfPage(double width, double height)
{
    private readonly StringBuilder _content = new();

    public double Width => width;

    public double Height => height;

    /// <summary>Fonts that its text uses.</summary>
    public SortedSet<string> Fonts { get; } = new(StringComparer.Ordinal);

    /// <summary>How opaque what is drawn on it is, where that is not fully.</summary>
    public SortedSet<int> Opacities { get; } = [];

    /// <summary>What is drawn, as a content stream.</summary>
    public string Content => _content.ToString();

    /// <param name="y">Of the line that letters stand on.</param>
    /// <param name="colour">Red, green and blue from 0 to 1.</param>
    public void Text(PdfTypeface face, string text, double size, double x, double y, PdfColour colour)
    {
        foreach (var run in face.Runs(text))
        {
            Fonts.Add(run.Font);
            Begin(colour, isStroke: false);
            if (run.Missing is { } missing)
                _content.Append("/Span <</ActualText <FEFF").Append(Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(missing))).Append(">>> BDC\n");
            _content.Append(CultureInfo.InvariantCulture, $"BT /{run.Font} {N(size)} Tf {N(x)} {N(height - y)} Td <");
            foreach (var glyph in run.Glyphs)
                _content.Append(glyph.ToString("X4", CultureInfo.InvariantCulture));
            _content.Append("> Tj ET\n");
            if (run.Missing is not null)
                _content.Append("EMC\n");
            End();
            x += run.Width * size / 1000;
        }
    }

    public void Line(double x1, double y1, double x2, double y2, double thickness, PdfColour colour)
    {
        Begin(colour, isStroke: true);
        _content.Append(CultureInfo.InvariantCulture, $"{N(thickness)} w {N(x1)} {N(height - y1)} m {N(x2)} {N(height - y2)} l S\n");
        End();
    }

    /// <summary>A path, filled and outlined.</summary>
    /// <param name="path">Of <c>m</c>, <c>l</c>, <c>c</c> (with its points as they are drawn) and <c>h</c> to close.</param>
    public void Path(IEnumerable<(char Operator, double[] Points)> path, PdfColour? fill, PdfColour? stroke, double thickness)
    {
        var drawn = new StringBuilder();
        foreach (var (step, points) in path)
        {
            for (var i = 0; i < points.Length; i += 2)
                drawn.Append(CultureInfo.InvariantCulture, $"{N(points[i])} {N(height - points[i + 1])} ");
            drawn.Append(step).Append('\n');
        }
        if (fill is { } inside)
        {
            Begin(inside, isStroke: false);
            _content.Append(drawn).Append("f\n");
            End();
        }
        if (stroke is { } outline)
        {
            Begin(outline, isStroke: true);
            _content.Append(CultureInfo.InvariantCulture, $"{N(thickness)} w\n").Append(drawn).Append("S\n");
            End();
        }
    }

    private void Begin(PdfColour colour, bool isStroke)
    {
        _content.Append("q ");
        if (colour.Opacity < 100)
        {
            Opacities.Add(colour.Opacity);
            _content.Append(CultureInfo.InvariantCulture, $"/o{colour.Opacity} gs ");
        }
        _content.Append(CultureInfo.InvariantCulture, $"{N(colour.Red)} {N(colour.Green)} {N(colour.Blue)} {(isStroke ? "RG" : "rg")}\n");
    }

    private void End() => _content.Append("Q\n");

    private static string N(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>A colour, each part from 0 to 1, and how opaque it is in percent.</summary>
internal readonly record struct PdfColour(double Red, double Green, double Blue, int Opacity = 100)
{
    public static PdfColour Black { get; } = new(0, 0, 0);

    public static PdfColour Grey { get; } = new(0.35, 0.35, 0.38);

    public static PdfColour Rule { get; } = new(0.7, 0.7, 0.7);

    /// <summary>A colour such as <c>#0072b2</c> or <c>#fff</c>; null for anything else.</summary>
    public static PdfColour? Parse(string text)
    {
        var digits = text.StartsWith('#') ? text[1..] : "";
        if (digits.Length == 3)
            digits = string.Concat(digits.Select(digit => $"{digit}{digit}"));
        return digits.Length == 6 && int.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rgb)
            ? new PdfColour((rgb >> 16) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0)
            : null;
    }
}
