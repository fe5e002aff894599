using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Output;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>A document as tables for a terminal.</summary>
internal static class TextDocument
{
    private const string Indent = "  ";

    public static void Write(ReportDocument document, TextWriter writer)
    {
        writer.WriteLine(document.Title);
        foreach (var line in document.Facts.Concat(document.Warnings))
            TextReport.Wrap(writer, line);
        foreach (var section in document.Sections)
        {
            writer.WriteLine();
            writer.WriteLine(section.Heading);
            foreach (var block in section.Blocks)
                Write(block, writer);
        }
    }

    private static void Write(DocumentBlock block, TextWriter writer)
    {
        switch (block)
        {
            case Paragraph paragraph:
                TextReport.Wrap(writer, paragraph.Text);
                break;
            case BulletList list:
                foreach (var point in list.Points)
                    TextReport.Wrap(writer, $"- {point}");
                break;
            case DocumentTable table:
                Write(table, writer);
                break;
        }
    }

    private static void Write(DocumentTable table, TextWriter writer)
    {
        writer.WriteLine();
        TextReport.Wrap(writer, $"Table {table.Number}. {table.Caption}");
        var text = new TextTable(string.Concat(table.Columns.Select(column => column.IsNumber ? 'r' : 'l')));
        text.Add([.. table.Columns.Select(column => column.Group is { } group ? $"{group}: {column.Heading}" : column.Heading)]);
        foreach (var row in table.Rows)
            text.Add(row.IsHeading ? [row.Cells[0], .. table.Columns.Skip(1).Select(_ => "")] : row.Cells);
        text.Write(writer, Indent);
        foreach (var note in table.Notes)
            TextReport.Wrap(writer, note);
    }
}
