using PixelPost.EvalPortal.Reports.Pdf;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>Lays lines out on pages from the top down, and begins a page where one is full.</summary>
internal sealed class PdfLayout(double width, double height)
{
    /// <summary>White on each side, in points: 18 mm.</summary>
    public const double Margin = 51;

    private const double FooterHeight = 24;

    private readonly List<PdfPage> _pages = [];

    public IReadOnlyList<PdfPage> Pages => _pages;

    public PdfPage Page => _pages[^1];

    /// <summary>Where the next thing begins.</summary>
    public double Y { get; private set; } = double.MaxValue;

    /// <summary>Width between the margins.</summary>
    public double Width => width - 2 * Margin;

    /// <summary>Height between the margins of an empty page.</summary>
    public double Height => height - 2 * Margin - FooterHeight;

    /// <summary>What is left of the page.</summary>
    public double Left => Margin + Height - Y;

    /// <summary>Begins a page unless there is this much left, or the page is empty.</summary>
    /// <returns>Whether a page was begun.</returns>
    public bool Need(double space)
    {
        if (_pages.Count > 0 && (space <= Left || Y <= Margin))
            return false;
        _pages.Add(new PdfPage(width, height));
        Y = Margin;
        return true;
    }

    /// <summary>Goes down, and not beyond the page.</summary>
    public void Skip(double space)
    {
        if (_pages.Count > 0 && Y > Margin)
            Y += space;
    }

    /// <summary>Takes space that was asked for.</summary>
    public void Take(double space) => Y += space;

    /// <summary>Text over the whole width, in as many lines as it needs.</summary>
    /// <param name="indent">Of all lines, in points.</param>
    public void Text(string text, PdfTypeface face, double size, PdfColour colour, double indent = 0)
    {
        foreach (var line in PdfTextLines.Break(text, face, size, Width - indent))
        {
            Need(size * LineHeight);
            Y += size * LineHeight;
            Page.Text(face, line, size, Margin + indent, Y - size * (LineHeight - 1), colour);
        }
    }

    /// <summary>Of a line, in sizes of its letters.</summary>
    public const double LineHeight = 1.4;

    /// <summary>Writes a line at the foot of every page.</summary>
    public void Foot(string text)
    {
        const double Size = 7.5;
        var y = height - Margin + 6;
        foreach (var (i, page) in _pages.Index())
        {
            var number = $"Page {i + 1} of {_pages.Count}";
            var numberWidth = PdfTypeface.Regular.Width(number, Size);
            page.Text(PdfTypeface.Regular, number, Size, width - Margin - numberWidth, y, PdfColour.Grey);
            page.Text(PdfTypeface.Regular, PdfTextLines.Break(text, PdfTypeface.Regular, Size, Width - numberWidth - 24)[0], Size, Margin, y, PdfColour.Grey);
        }
    }
}
