namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>A report as text, tables and figures, before it is a page, a PDF, Markdown or LaTeX: all of them say the same.</summary>
public sealed record ReportDocument
{
    public required string Title { get; init; }

    /// <summary>What is reported, when and by what program, a line each.</summary>
    public required IReadOnlyList<string> Facts { get; init; }

    /// <summary>What has to be known before the first number, a sentence each: simulated votes, a pilot, a look before the planned n.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<DocumentSection> Sections { get; init; }

    /// <summary>The same with its tables and figures numbered from 1, and without sections that say nothing.</summary>
    internal ReportDocument Numbered()
    {
        var (tables, figures) = (0, 0);
        return this with
        {
            Sections = [.. Sections.Where(section => section.Blocks.Count > 0).Select(section => section with
            {
                Blocks = [.. section.Blocks.Select(block => block switch
                {
                    DocumentTable table => table with { Number = ++tables },
                    DocumentFigure figure => figure with { Number = ++figures },
                    _ => block,
                })],
            })],
        };
    }
}

/// <summary>A heading and what stands under it.</summary>
public sealed record DocumentSection(string Heading, IReadOnlyList<DocumentBlock> Blocks);

/// <summary>A part of a section.</summary>
public abstract record DocumentBlock;

/// <summary>A paragraph.</summary>
public sealed record Paragraph(string Text) : DocumentBlock;

/// <summary>Points, one below the other.</summary>
public sealed record BulletList(IReadOnlyList<string> Points) : DocumentBlock;

/// <summary>A table with a caption; every cell is text as it is shown.</summary>
public sealed record DocumentTable(string Caption, IReadOnlyList<DocumentColumn> Columns, IReadOnlyList<DocumentRow> Rows) : DocumentBlock
{
    /// <summary>From 1; 0 until the document is numbered.</summary>
    public int Number { get; init; }

    /// <summary>What stands under it, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether columns stand under shared headings.</summary>
    public bool HasGroups => Columns.Any(column => column.Group is not null);

    /// <summary>The shared headings from left to right, with the number of columns under each; null over columns that have none.</summary>
    public IReadOnlyList<(string? Group, int Columns)> Groups
    {
        get
        {
            var groups = new List<(string? Group, int Columns)>();
            foreach (var column in Columns)
            {
                if (groups.Count > 0 && groups[^1].Group is not null && groups[^1].Group == column.Group)
                    groups[^1] = (column.Group, groups[^1].Columns + 1);
                else
                    groups.Add((column.Group, 1));
            }
            return groups;
        }
    }
}

/// <summary>A column.</summary>
/// <param name="Heading">What stands over it.</param>
/// <param name="IsNumber">Whether it holds numbers, which are flush right.</param>
/// <param name="Group">Heading that it shares with its neighbours; null for none.</param>
public sealed record DocumentColumn(string Heading, bool IsNumber = false, string? Group = null);

/// <summary>A row.</summary>
/// <param name="Cells">One for each column; a heading has its one text only.</param>
/// <param name="IsHeading">Whether it is a heading over the rows that follow.</param>
public sealed record DocumentRow(IReadOnlyList<string> Cells, bool IsHeading = false)
{
    internal static DocumentRow Of(params IReadOnlyList<string> cells) => new(cells);

    internal static DocumentRow Heading(string text) => new([text], IsHeading: true);
}

/// <summary>A drawing with a caption. The numbers in it stand in a table too.</summary>
/// <param name="Caption">What it shows, with its units.</param>
/// <param name="Svg">The drawing: a single <c>svg</c> element with a <c>viewBox</c>, on white, nothing from elsewhere.</param>
/// <param name="Alternative">The same in words, for who does not see it.</param>
public sealed record DocumentFigure(string Caption, string Svg, string Alternative) : DocumentBlock
{
    /// <summary>From 1; 0 until the document is numbered.</summary>
    public int Number { get; init; }
}
