using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>
/// Draws the part of SVG that our figures are made of: nested groups with transforms, rectangles, lines, circles, polygons, paths and
/// text, in plain colours. A pattern is drawn as grey; what it does not know it leaves out.
/// </summary>
internal sealed partial class SvgDrawing
{
    private const double UsualSize = 16;

    private readonly PdfPage _page;
    private readonly double _viewWidth;
    private readonly double _viewHeight;

    private SvgDrawing(PdfPage page, double viewWidth, double viewHeight) => (_page, _viewWidth, _viewHeight) = (page, viewWidth, viewHeight);

    /// <summary>Width and height in the drawing's own units.</summary>
    public static (double Width, double Height) SizeOf(string svg)
    {
        var root = XDocument.Parse(svg).Root!;
        var box = Numbers(root.Attribute("viewBox")?.Value ?? "");
        return box.Length == 4 ? (box[2], box[3]) : (Number(root.Attribute("width")?.Value, 1, 640), Number(root.Attribute("height")?.Value, 1, 200));
    }

    /// <summary>Draws with its upper left corner at a point.</summary>
    public static void Draw(PdfPage page, string svg, double x, double y, double scale)
    {
        var root = XDocument.Parse(svg).Root!;
        var (width, height) = SizeOf(svg);
        var box = Numbers(root.Attribute("viewBox")?.Value ?? "");
        var (left, top) = box.Length == 4 ? (box[0], box[1]) : (0, 0);
        var drawing = new SvgDrawing(page, width, height);
        drawing.Children(root, new SvgStyle { Matrix = new SvgMatrix(scale, 0, 0, scale, x - left * scale, y - top * scale) }.With(root));
    }

    private void Children(XElement parent, SvgStyle style)
    {
        foreach (var element in parent.Elements())
            Draw(element, style.With(element));
    }

    private void Draw(XElement element, SvgStyle style)
    {
        switch (element.Name.LocalName)
        {
            case "g" or "a":
                Children(element, style);
                break;
            case "svg":
                Children(element, style with { Matrix = style.Matrix.Moved(X(element, "x"), Y(element, "y")) });
                break;
            case "rect":
                var (x, y, width, height) = (X(element, "x"), Y(element, "y"), X(element, "width"), Y(element, "height"));
                Fill([('m', [x, y]), ('l', [x + width, y]), ('l', [x + width, y + height]), ('l', [x, y + height]), ('h', [])], style);
                break;
            case "line":
                Fill([('m', [X(element, "x1"), Y(element, "y1")]), ('l', [X(element, "x2"), Y(element, "y2")])], style with { Fill = null });
                break;
            case "circle":
                Fill(Ellipse(X(element, "cx"), Y(element, "cy"), X(element, "r"), X(element, "r")), style);
                break;
            case "ellipse":
                Fill(Ellipse(X(element, "cx"), Y(element, "cy"), X(element, "rx"), Y(element, "ry")), style);
                break;
            case "polyline" or "polygon":
                var points = Numbers(element.Attribute("points")?.Value ?? "");
                var corners = points.Chunk(2).Where(point => point.Length == 2).Select((point, i) => (i == 0 ? 'm' : 'l', point));
                Fill([.. corners, .. element.Name.LocalName == "polygon" ? ((char, double[])[])[('h', [])] : []], style);
                break;
            case "path":
                Fill(SvgPath.Parse(element.Attribute("d")?.Value ?? ""), style);
                break;
            case "text":
                Text(element, style, X(element, "x"), Y(element, "y"));
                break;
        }
    }

    private void Fill(IReadOnlyList<(char Operator, double[] Points)> path, SvgStyle style) => _page.Path(
        path.Select(step => (step.Operator, style.Matrix.Apply(step.Points))),
        style.Fill is { } fill ? fill with { Opacity = Percent(style.FillOpacity * style.Opacity) } : null,
        style.Stroke is { } stroke ? stroke with { Opacity = Percent(style.StrokeOpacity * style.Opacity) } : null,
        style.StrokeWidth * style.Matrix.Scale);

    private void Text(XElement element, SvgStyle style, double x, double y)
    {
        var words = string.Concat(element.Nodes().OfType<XText>().Select(text => text.Value)).Trim();
        if (words.Length > 0 && style.Fill is { } colour)
        {
            var (face, size) = (style.Weight >= 600 ? PdfTypeface.Bold : PdfTypeface.Regular, style.Size * style.Matrix.Scale);
            var at = style.Matrix.Apply([x + X(element, "dx"), y + Y(element, "dy")]);
            var shift = style.Anchor switch { "middle" => 0.5, "end" => 1, _ => 0 } * face.Width(words, size);
            _page.Text(face, words, size, at[0] - shift, at[1], colour with { Opacity = Percent(style.FillOpacity * style.Opacity) });
        }
        foreach (var span in element.Elements().Where(child => child.Name.LocalName == "tspan"))
            Text(span, style.With(span), span.Attribute("x") is null ? x : X(span, "x"), span.Attribute("y") is null ? y : Y(span, "y"));
    }

    /// <summary>Four arcs, each a Bézier curve.</summary>
    private static List<(char, double[])> Ellipse(double x, double y, double wide, double high)
    {
        const double K = 0.5522847498; // makes a curve of a quarter of a circle
        var (a, b) = (wide * K, high * K);
        return
        [
            ('m', [x + wide, y]),
            ('c', [x + wide, y + b, x + a, y + high, x, y + high]),
            ('c', [x - a, y + high, x - wide, y + b, x - wide, y]),
            ('c', [x - wide, y - b, x - a, y - high, x, y - high]),
            ('c', [x + a, y - high, x + wide, y - b, x + wide, y]),
            ('h', []),
        ];
    }

    private double X(XElement element, string name) => Number(element.Attribute(name)?.Value, _viewWidth, 0);

    private double Y(XElement element, string name) => Number(element.Attribute(name)?.Value, _viewHeight, 0);

    private static int Percent(double opacity) => (int)Math.Round(Math.Clamp(opacity, 0, 1) * 100);

    /// <summary>A length; a percentage is one of the whole drawing.</summary>
    internal static double Number(string? text, double whole, double missing)
    {
        if (text is null)
            return missing;
        var isShare = text.EndsWith('%');
        var digits = text.EndsWith("em", StringComparison.Ordinal) || text.EndsWith("px", StringComparison.Ordinal) ? text[..^2] : text.TrimEnd('%');
        if (!double.TryParse(digits, CultureInfo.InvariantCulture, out var number))
            return missing;
        return isShare ? number / 100 * whole : text.EndsWith("em", StringComparison.Ordinal) ? number * UsualSize : number;
    }

    internal static double[] Numbers(string text) => [.. NumberPattern().Matches(text).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")]
    private static partial Regex NumberPattern();
}
