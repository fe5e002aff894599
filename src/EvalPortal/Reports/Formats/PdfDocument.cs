using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Pdf;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>Paper to print on.</summary>
public enum Paper
{
    A4,
    Letter,
}

/// <summary>A document as PDF, with text that can be selected and the fonts inside.</summary>
internal static class PdfDocument
{
    private const double Body = 9.5;
    private const double HeadingSize = 13;

    public static void Write(ReportDocument document, Paper paper, DateTimeOffset now, Stream stream)
    {
        var (width, height) = paper == Paper.Letter ? (612, 792) : (595.28, 841.89);
        var layout = new PdfLayout(width, height);
        layout.Text(document.Title, PdfTypeface.Bold, 18, PdfColour.Black);
        layout.Skip(4);
        foreach (var fact in document.Facts)
            layout.Text(fact, PdfTypeface.Regular, Body, PdfColour.Grey);
        layout.Skip(4);
        foreach (var warning in document.Warnings)
            Point(layout, warning, PdfTypeface.Bold);
        foreach (var section in document.Sections)
        {
            layout.Skip(16);
            // A heading is not left alone at the foot of a page.
            layout.Need(HeadingSize * 2 + (section.Blocks[0] is DocumentTable first ? PdfTable.Beginning(first, layout) : 3 * Body * PdfLayout.LineHeight));
            layout.Text(section.Heading, PdfTypeface.Bold, HeadingSize, PdfColour.Black);
            layout.Skip(4);
            foreach (var block in section.Blocks)
                Draw(block, layout);
        }
        layout.Foot(document.Title);
        PdfFile.Write(layout.Pages, document.Title, now, stream);
    }

    private static void Draw(DocumentBlock block, PdfLayout layout)
    {
        switch (block)
        {
            case Paragraph paragraph:
                layout.Text(paragraph.Text, PdfTypeface.Regular, Body, PdfColour.Black);
                layout.Skip(6);
                break;
            case BulletList list:
                foreach (var point in list.Points)
                    Point(layout, point, PdfTypeface.Regular);
                layout.Skip(4);
                break;
            case DocumentTable table:
                PdfTable.Draw(table, layout);
                break;
            case DocumentFigure figure:
                Draw(figure, layout);
                break;
        }
    }

    private static void Point(PdfLayout layout, string text, PdfTypeface face)
    {
        layout.Need(Body * PdfLayout.LineHeight);
        layout.Page.Text(face, "•", Body, PdfLayout.Margin + 2, layout.Y + Body, PdfColour.Black);
        layout.Text(text, face, Body, PdfColour.Black, indent: 12);
        layout.Skip(2);
    }

    private static void Draw(DocumentFigure figure, PdfLayout layout)
    {
        const double CaptionSize = 8.5;
        var (width, height) = SvgDrawing.SizeOf(figure.Svg);
        var caption = $"Figure {figure.Number}. {figure.Caption}";
        var captionHeight = PdfTextLines.Break(caption, PdfTypeface.Regular, CaptionSize, layout.Width).Count * CaptionSize * PdfLayout.LineHeight;
        // Its text is at most as large as that around it; one that is higher than a page is made smaller.
        var scale = Math.Min(Math.Min(layout.Width / width, 0.75), (layout.Height - captionHeight - 12) / height);
        layout.Skip(10);
        layout.Need(height * scale + captionHeight + 12);
        SvgDrawing.Draw(layout.Page, figure.Svg, PdfLayout.Margin, layout.Y, scale);
        layout.Take(height * scale + 4);
        layout.Text(caption, PdfTypeface.Regular, CaptionSize, PdfColour.Black);
        layout.Skip(8);
    }
}
