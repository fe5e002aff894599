using System.Globalization;
using System.Xml.Linq;

namespace PixelPost.EvalPortal.Reports.Pdf;

/// <summary>What an element of an SVG drawing inherits: place, colours and type.</summary>
internal sealed record SvgStyle
{
    private static readonly PdfColour Pattern = new(0.85, 0.85, 0.85);

    public required SvgMatrix Matrix { get; init; }

    public PdfColour? Fill { get; init; } = PdfColour.Black;

    public PdfColour? Stroke { get; init; }

    public double StrokeWidth { get; init; } = 1;

    public double FillOpacity { get; init; } = 1;

    public double StrokeOpacity { get; init; } = 1;

    public double Opacity { get; init; } = 1;

    public double Size { get; init; } = 16;

    public int Weight { get; init; } = 400;

    public string Anchor { get; init; } = "start";

    /// <summary>The style of an element within this one.</summary>
    public SvgStyle With(XElement element) => this with
    {
        Matrix = Attribute(element, "transform") is { } transform ? SvgMatrix.Parse(transform).Within(Matrix) : Matrix,
        Fill = Colour(element, "fill", Fill),
        Stroke = Colour(element, "stroke", Stroke),
        StrokeWidth = Number(element, "stroke-width", StrokeWidth),
        FillOpacity = Number(element, "fill-opacity", FillOpacity),
        StrokeOpacity = Number(element, "stroke-opacity", StrokeOpacity),
        Opacity = Opacity * Number(element, "opacity", 1),
        Size = Number(element, "font-size", Size),
        Weight = Attribute(element, "font-weight") switch { null => Weight, "bold" => 700, "normal" => 400, var text => int.TryParse(text, CultureInfo.InvariantCulture, out var weight) ? weight : Weight },
        Anchor = Attribute(element, "text-anchor") ?? Anchor,
    };

    private static PdfColour? Colour(XElement element, string name, PdfColour? inherited) => Attribute(element, name) switch
    {
        null => inherited,
        "none" or "transparent" => null,
        "white" => new PdfColour(1, 1, 1),
        var text when text.StartsWith("url", StringComparison.Ordinal) => Pattern,
        var text => PdfColour.Parse(text) ?? PdfColour.Black, // currentColor too: paper is printed black
    };

    private static double Number(XElement element, string name, double inherited) => SvgDrawing.Number(Attribute(element, name), 1, inherited);

    private static string? Attribute(XElement element, string name) => element.Attribute(name)?.Value.Trim();
}
