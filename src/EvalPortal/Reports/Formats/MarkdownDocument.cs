using System.Text;
using PixelPost.EvalPortal.Reports.Documents;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>A document as Markdown, for a repository or an issue. Figures are named and not drawn.</summary>
internal static class MarkdownDocument
{
    // What begins markup wherever it stands, and what does so only where a line begins.
    private const string Anywhere = @"\`*_<|~&$";
    private const string AtStart = "-+.)=:#>[";
    private const string AfterBracket = "([:"; // what makes a link of the words before

    public static string Write(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(Escape(document.Title)).Append("\n\n");
        foreach (var fact in document.Facts)
            text.Append(Escape(fact)).Append("\n\n");
        foreach (var warning in document.Warnings)
            text.Append("> ").Append(Escape(warning)).Append("\n\n");
        foreach (var section in document.Sections)
        {
            text.Append("## ").Append(Escape(section.Heading)).Append("\n\n");
            foreach (var block in section.Blocks)
                Write(block, text);
        }
        return text.ToString();
    }

    /// <summary>Text that is shown as it is.</summary>
    /// <param name="atStart">Whether a line begins with it; in a cell nothing begins a list or a heading.</param>
    internal static string Escape(string text, bool atStart = true)
    {
        text = text.TrimStart();
        var escaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            var closesLink = letter == ']' && i + 1 < text.Length && AfterBracket.Contains(text[i + 1], StringComparison.Ordinal);
            if (closesLink || Anywhere.Contains(letter, StringComparison.Ordinal) || (atStart && AtStart.Contains(letter, StringComparison.Ordinal)))
                escaped.Append('\\');
            escaped.Append(char.IsControl(letter) ? ' ' : letter);
            atStart &= char.IsAsciiDigit(letter) || letter == ' '; // a number and a point begin a list
        }
        // No link is made of a bare address.
        return escaped.ToString().Replace("://", ":\u200B//", StringComparison.Ordinal).Replace("www.", "www\u200B.", StringComparison.OrdinalIgnoreCase);
    }

    private static void Write(DocumentBlock block, StringBuilder text)
    {
        switch (block)
        {
            case Paragraph paragraph:
                text.Append(Escape(paragraph.Text)).Append("\n\n");
                break;
            case BulletList list:
                foreach (var point in list.Points)
                    text.Append("- ").Append(Escape(point)).Append('\n');
                text.Append('\n');
                break;
            case DocumentTable table:
                Write(table, text);
                break;
            case DocumentFigure figure:
                text.Append("**Figure ").Append(figure.Number).Append(".** ").Append(Escape(figure.Caption)).Append(" The page and the PDF show it; its numbers stand in the tables.\n\n");
                break;
        }
    }

    private static void Write(DocumentTable table, StringBuilder text)
    {
        text.Append("**Table ").Append(table.Number).Append(".** ").Append(Escape(table.Caption)).Append("\n\n");
        Row(table.Columns.Select(column => Cell(column.Group is { } group ? $"{group}: {column.Heading}" : column.Heading)), text);
        Row(table.Columns.Select(column => column.IsNumber ? "---:" : "---"), text);
        foreach (var row in table.Rows)
            Row(row.IsHeading ? [$"**{Cell(row.Cells[0])}**", .. table.Columns.Skip(1).Select(_ => "")] : row.Cells.Select(Cell), text);
        text.Append('\n');
        foreach (var note in table.Notes)
            text.Append(Escape(note)).Append("\n\n");
    }

    private static string Cell(string text) => Escape(text, atStart: false);

    private static void Row(IEnumerable<string> cells, StringBuilder text) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
