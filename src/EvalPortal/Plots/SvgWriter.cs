using System.Globalization;
using System.Text;
using System.Xml;

namespace PixelPost.EvalPortal.Plots;

/// <summary>Writes drawings as SVG: inside a page, where colours follow the theme and marks can be clicked, or as a file of its own.</summary>
public static class SvgWriter
{
    private const string Namespace = "http://www.w3.org/2000/svg";
    private const string Font = "inter-latin.woff2";

    private static readonly XmlWriterSettings Settings = new() { OmitXmlDeclaration = true, CheckCharacters = true };

    private static readonly Lazy<string> FontFace = new(() =>
    {
        using var stream = typeof(SvgWriter).Assembly.GetManifestResourceStream(Font)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return $"@font-face{{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,{Convert.ToBase64String(bytes)}) format('woff2')}}";
    });

    // Names of the sheet's colours; behind them what a page without that sheet shows.
    private static readonly Dictionary<Tone, string> Variables = new()
    {
        [Tone.Text] = "--text",
        [Tone.Secondary] = "--text-secondary",
        [Tone.Lines] = "--lines",
        [Tone.Surface] = "--surface",
        [Tone.A] = "--system-a",
        [Tone.B] = "--system-b",
        [Tone.Tie] = "--tie",
        [Tone.Split] = "--split",
        [Tone.Reject] = "--reject",
    };

    /// <summary>For a page: it fills what it stands in up to its own width, and little more.</summary>
    /// <param name="name">What is read out for the whole of it.</param>
    /// <param name="least">The width in pixels below which it does not shrink.</param>
    public static string ForPage(Drawing drawing, string name, double least = 0)
    {
        var linked = drawing.Marks.Any(mark => mark.Link is not null);
        return Write(drawing, ForPage, svg =>
        {
            svg.WriteAttributeString("class", "chart");
            svg.WriteAttributeString("role", linked ? "group" : "img");
            svg.WriteAttributeString("aria-label", Clean(name));
            svg.WriteAttributeString("style", $"max-width: {Number(1.2 * drawing.Width)}px; min-width: {Number(least)}px");
        }, links: true);
    }

    /// <summary>For a document, which has the font and is on white: its figures are on white in any theme.</summary>
    public static string ForDocument(Drawing drawing) => Write(drawing, paint => Palette.Light[paint].ToString(), svg =>
    {
        svg.WriteAttributeString("width", Number(drawing.Width));
        svg.WriteAttributeString("height", Number(drawing.Height));
        Write(svg, new Box(0, 0, drawing.Width, drawing.Height, Tone.Surface), paint => Palette.Light[paint].ToString(), links: false);
    }, links: false);

    /// <summary>For a file: the font is inside, and it says what it is.</summary>
    public static string ForFile(Drawing drawing, string title, string description, Palette palette) => Write(drawing, paint => palette[paint].ToString(), svg =>
    {
        svg.WriteAttributeString("width", Number(drawing.Width));
        svg.WriteAttributeString("height", Number(drawing.Height));
        svg.WriteAttributeString("role", "img");
        svg.WriteElementString("title", Namespace, Clean(title));
        svg.WriteElementString("desc", Namespace, Clean(description));
        svg.WriteElementString("style", Namespace, FontFace.Value);
        Write(svg, new Box(0, 0, drawing.Width, drawing.Height, Tone.Surface), paint => palette[paint].ToString(), links: false);
    }, links: false);

    private static string Write(Drawing drawing, Func<Paint, string> colour, Action<XmlWriter> start, bool links)
    {
        var text = new StringBuilder();
        using (var svg = XmlWriter.Create(text, Settings))
        {
            svg.WriteStartElement("svg", Namespace);
            svg.WriteAttributeString("viewBox", $"0 0 {Number(drawing.Width)} {Number(drawing.Height)}");
            svg.WriteAttributeString("font-family", "Inter, system-ui, sans-serif");
            start(svg);
            foreach (var mark in drawing.Marks)
                Write(svg, mark, colour, links);
            svg.WriteEndElement();
        }
        return text.ToString();
    }

    private static void Write(XmlWriter svg, Mark mark, Func<Paint, string> colour, bool links)
    {
        var linked = links && mark.Link is not null;
        if (linked)
        {
            svg.WriteStartElement("a", Namespace);
            svg.WriteAttributeString("href", mark.Link);
        }
        switch (mark)
        {
            case Box box:
                Start("rect", ("x", box.X), ("y", box.Y), ("width", box.Width), ("height", box.Height));
                svg.WriteAttributeString("fill", colour(box.Fill));
                break;
            case Stroke stroke:
                Start("line", ("x1", stroke.X1), ("y1", stroke.Y1), ("x2", stroke.X2), ("y2", stroke.Y2), ("stroke-width", stroke.Width));
                svg.WriteAttributeString("stroke", colour(stroke.Colour));
                break;
            case Dot dot:
                Start("circle", ("cx", dot.X), ("cy", dot.Y), ("r", dot.Radius));
                svg.WriteAttributeString("fill", colour(dot.Fill));
                break;
            case Words words:
                Start("text", ("x", words.X), ("y", words.Y), ("font-size", words.Size));
                svg.WriteAttributeString("fill", colour(words.Colour));
                if (words.Bold)
                    svg.WriteAttributeString("font-weight", "600");
                if (words.Anchor != Anchor.Start)
                    svg.WriteAttributeString("text-anchor", words.Anchor == Anchor.End ? "end" : "middle");
                svg.WriteString(Clean(words.Text));
                break;
            case Picture picture:
                Start("image", ("x", picture.X), ("y", picture.Y), ("width", picture.Width), ("height", picture.Height));
                svg.WriteAttributeString("preserveAspectRatio", "none");
                svg.WriteAttributeString("href", $"data:image/png;base64,{Convert.ToBase64String(picture.Png)}");
                break;
            default:
                throw new ArgumentException($"There is no SVG for {mark.GetType().Name}.");
        }
        if (mark.Hint is not null)
            svg.WriteElementString("title", Namespace, Clean(mark.Hint));
        svg.WriteEndElement();
        if (linked)
            svg.WriteEndElement();

        void Start(string element, params (string Name, double Value)[] numbers)
        {
            svg.WriteStartElement(element, Namespace);
            foreach (var (name, value) in numbers)
                svg.WriteAttributeString(name, Number(value));
            if (mark.Opacity < 1)
                svg.WriteAttributeString("opacity", Number(mark.Opacity));
        }
    }

    private static string ForPage(Paint paint)
    {
        var colour = Alone(paint.Tone);
        return paint.Share >= 1 ? colour : $"color-mix(in srgb, {colour} {Number(100 * paint.Share)}%, {Alone(Tone.Surface)})";

        static string Alone(Tone tone) =>
            Variables.TryGetValue(tone, out var variable) ? $"var({variable}, {Palette.Light[tone]})" : Palette.Light[tone].ToString();
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>XML has no place for control characters and halves of characters, which a name may hold all the same.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.Value is >= 0x20 and not (0xFFFE or 0xFFFF) or '\t' or '\n' or '\r' ? rune.ToString() : "\uFFFD"));
}
