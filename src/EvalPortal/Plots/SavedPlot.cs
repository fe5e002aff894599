using System.Text;

namespace PixelPost.EvalPortal.Plots;

/// <summary>A figure as a file that is understood by itself: its title, what it rests on, and whether simulated votes are in it.</summary>
public sealed record SavedPlot
{
    private const double Margin = 24;
    private const double LineHeight = 18;
    private const double BadgeWidth = 128;
    private const double BadgeHeight = 24;
    private const int MostLetters = 60; // of a name in a file name

    public required Plot Plot { get; init; }

    /// <summary>Whose figure it is: the name of the study or of linked studies.</summary>
    public required string Study { get; init; }

    /// <summary>The axis it is about; null for several.</summary>
    public string? Axis { get; init; }

    /// <summary>What it rests on, a line each.</summary>
    public IReadOnlyList<string> Basis { get; init; } = [];

    /// <summary>Whether simulated votes are in it.</summary>
    public bool Simulated { get; init; }

    /// <summary>Study, axis and figure, such as <c>round-1-flaws-forest</c>.</summary>
    public string FileName => string.Join('-', new[] { Slug(Study), Axis is null ? null : Slug(Axis), Plot.Key }.OfType<string>().Where(part => part != ""));

    private string Title => Axis is null ? $"{Study}: {Plot.Title}" : $"{Study}, {Axis}: {Plot.Title}";

    public string ToSvg(Palette palette, double width = Plot.Wide) => SvgWriter.ForFile(Draw(width), Title, Plot.Summary, palette);

    public byte[] ToPng(Palette palette, double width = Plot.Wide) => PngWriter.Write(Draw(width), palette);

    /// <summary>The figure under its heading, with room around.</summary>
    public Drawing Draw(double width)
    {
        var body = Plot.Draw(width);
        var room = body.Width - (Simulated ? BadgeWidth + Margin : 0);
        var marks = new List<Mark>();
        var y = Margin;
        foreach (var line in Lines(Title, room, 18, bold: true))
            marks.Add(new Words(Margin, y += 20, line, Tone.Text, Size: 18, Bold: true));
        y += 4;
        foreach (var line in Basis.Append(Plot.Note).SelectMany(line => Lines(line, body.Width, Words.Usual, bold: false)))
            marks.Add(new Words(Margin, y += LineHeight, line, Tone.Secondary));
        if (Simulated)
            marks.AddRange(Badge(Margin + body.Width - BadgeWidth, Margin + 2));
        y += Margin;
        marks.AddRange(body.Marks.Select(mark => mark.Moved(Margin, y)));
        return new Drawing(body.Width + 2 * Margin, y + body.Height + Margin, marks);
    }

    /// <summary>The hatched badge that simulated votes have everywhere.</summary>
    private static IEnumerable<Mark> Badge(double x, double y)
    {
        for (var left = x + 4; left + BadgeHeight < x + BadgeWidth; left += 8)
            yield return new Stroke(left, y + BadgeHeight, left + BadgeHeight, y, Tone.Lines, 3);
        foreach (var (x1, y1, x2, y2) in new[] { (x, y, x + BadgeWidth, y), (x, y + BadgeHeight, x + BadgeWidth, y + BadgeHeight), (x, y, x, y + BadgeHeight), (x + BadgeWidth, y, x + BadgeWidth, y + BadgeHeight) })
            yield return new Stroke(x1, y1, x2, y2, Tone.Secondary);
        yield return new Words(x + BadgeWidth / 2, y + 16.5, "simulated votes", Tone.Text, Anchor.Middle, Bold: true);
    }

    /// <summary>Breaks a text between words so that each line fits; a word that does not is cut.</summary>
    internal static IEnumerable<string> Lines(string text, double width, double size, bool bold)
    {
        var typeface = Typeface.Of(bold);
        var line = "";
        foreach (var word in text.Replace(" %", "\u00A0%", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line == "" ? word : $"{line} {word}";
            if (line != "" && typeface.Width(longer, size) > width)
            {
                yield return typeface.Fit(line, width, size);
                longer = word;
            }
            line = longer;
        }
        if (line != "")
            yield return typeface.Fit(line, width, size);
    }

    /// <summary>Letters and digits of any script in lower case, with a hyphen for everything else.</summary>
    internal static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
                slug.Append(Rune.ToLowerInvariant(rune));
            else if (slug is [.., not '-'])
                slug.Append('-');
        }
        return slug.ToString(0, Math.Min(slug.Length, MostLetters)).Trim('-');
    }
}
