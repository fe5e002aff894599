using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Pdf;

namespace PixelPost.EvalPortal.Reports.Formats;

/// <summary>Draws a table: columns as wide as they need, long text in lines, and the heading again on every page that it runs over.</summary>
internal sealed class PdfTable
{
    private const double CaptionSize = 8.5;
    private const double Gap = 10;
    private const double RowGap = 3;
    private const double ThickRule = 1;
    private const double ThinRule = 0.5;

    private static readonly double[] Sizes = [8.5, 8, 7.5, 7, 6.5, 6];

    private readonly DocumentTable _table;
    private readonly PdfLayout _layout;
    private readonly double _size;
    private readonly double[] _widths;

    private PdfTable(DocumentTable table, PdfLayout layout)
    {
        (_table, _layout) = (table, layout);
        (_size, _widths) = Fit();
    }

    private double LineHeight => _size * PdfLayout.LineHeight;

    private double TableWidth => _widths.Sum() + Gap * (_widths.Length - 1);

    public static void Draw(DocumentTable table, PdfLayout layout) => new PdfTable(table, layout).Draw();

    /// <summary>Height of its caption, its heading and its first rows, which stay together.</summary>
    public static double Beginning(DocumentTable table, PdfLayout layout) => new PdfTable(table, layout).Beginning();

    private string Caption => $"Table {_table.Number}. {_table.Caption}";

    private double Beginning() =>
        PdfTextLines.Break(Caption, PdfTypeface.Regular, CaptionSize, _layout.Width).Count * CaptionSize * PdfLayout.LineHeight + HeadingHeight + 3 * (LineHeight + RowGap);

    private void Draw()
    {
        _layout.Skip(10);
        _layout.Need(Beginning());
        _layout.Text(Caption, PdfTypeface.Regular, CaptionSize, PdfColour.Black);
        _layout.Take(4);
        Heading();
        foreach (var (i, row) in _table.Rows.Index())
        {
            if (row.IsHeading)
                GroupHeading(row, i + 1 < _table.Rows.Count ? Math.Min(RowHeight(_table.Rows[i + 1]), MostLines * LineHeight) : 0);
            else
                Row(row);
        }
        Rule(ThickRule);
        _layout.Take(3);
        foreach (var note in _table.Notes)
            _layout.Text(note, PdfTypeface.Regular, 7.5, PdfColour.Grey);
        _layout.Take(8);
    }

    private double HeadingHeight => HeadingLines.Max(lines => lines.Count) * LineHeight + (_table.HasGroups ? LineHeight + 4 : 0) + 8;

    private List<string>[] HeadingLines => [.. _table.Columns.Select((column, i) => PdfTextLines.Break(column.Heading, PdfTypeface.Bold, _size, _widths[i]))];

    private void Heading()
    {
        Rule(ThickRule);
        _layout.Take(3);
        if (_table.HasGroups)
            Groups();
        var lines = HeadingLines;
        var most = lines.Max(cell => cell.Count);
        for (var i = 0; i < lines.Length; i++)
            Cell(lines[i], i, PdfTypeface.Bold, (most - lines[i].Count) * LineHeight);
        _layout.Take(most * LineHeight + 3);
        Rule(ThinRule);
        _layout.Take(2);
    }

    private void Groups()
    {
        var column = 0;
        foreach (var (group, columns) in _table.Groups)
        {
            if (group is not null)
            {
                var (left, right) = (Left(column), Left(column + columns - 1) + _widths[column + columns - 1]);
                var words = PdfTextLines.Break(group, PdfTypeface.Bold, _size, right - left)[0];
                _layout.Page.Text(PdfTypeface.Bold, words, _size, (left + right - PdfTypeface.Bold.Width(words, _size)) / 2, _layout.Y + _size, PdfColour.Black);
                _layout.Page.Line(left, _layout.Y + LineHeight, right, _layout.Y + LineHeight, ThinRule, PdfColour.Rule);
            }
            column += columns;
        }
        _layout.Take(LineHeight + 4);
    }

    /// <summary>A heading stays with the row that follows.</summary>
    private void GroupHeading(DocumentRow row, double next)
    {
        Need(RowHeight(row) + next);
        _layout.Take(RowGap);
        foreach (var line in PdfTextLines.Break(row.Cells[0], PdfTypeface.Bold, _size, TableWidth))
        {
            _layout.Page.Text(PdfTypeface.Bold, line, _size, PdfLayout.Margin, _layout.Y + _size, PdfColour.Black);
            _layout.Take(LineHeight);
        }
        _layout.Take(RowGap);
    }

    /// <summary>A row; one that is higher than a page goes on on the next.</summary>
    private void Row(DocumentRow row)
    {
        var cells = Enumerable.Range(0, row.Cells.Count).Select(i => Lines(row, i)).ToList();
        var most = cells.Max(lines => lines.Count);
        for (var from = 0; from < most; from += MostLines)
        {
            var part = cells.ConvertAll(lines => lines.Skip(from).Take(MostLines).ToList());
            var height = part.Max(lines => lines.Count) * LineHeight + RowGap;
            Need(height);
            for (var i = 0; i < part.Count; i++)
                Cell(part[i], i, PdfTypeface.Regular, 0);
            _layout.Take(height);
        }
    }

    private void Need(double height)
    {
        if (_layout.Need(height + ThickRule))
            Heading();
    }

    /// <summary>Lines of a row that fit on a page under the heading.</summary>
    private int MostLines => Math.Max(1, (int)((_layout.Height - HeadingHeight - 4 * RowGap) / LineHeight) - 2);

    private void Cell(List<string> lines, int column, PdfTypeface face, double down)
    {
        foreach (var (i, line) in lines.Index())
        {
            var x = _table.Columns[column].IsNumber ? Left(column) + _widths[column] - face.Width(line, _size) : Left(column);
            _layout.Page.Text(face, line, _size, x, _layout.Y + down + i * LineHeight + _size, PdfColour.Black);
        }
    }

    private double RowHeight(DocumentRow row) => row.IsHeading
        ? PdfTextLines.Break(row.Cells[0], PdfTypeface.Bold, _size, TableWidth).Count * LineHeight + 2 * RowGap
        : Enumerable.Range(0, row.Cells.Count).Max(i => Lines(row, i).Count) * LineHeight + RowGap;

    private List<string> Lines(DocumentRow row, int column) => PdfTextLines.Break(row.Cells[column], PdfTypeface.Regular, _size, _widths[column]);

    private void Rule(double thickness) =>
        _layout.Page.Line(PdfLayout.Margin, _layout.Y, PdfLayout.Margin + TableWidth, _layout.Y, thickness, PdfColour.Black);

    private double Left(int column) => PdfLayout.Margin + _widths.Take(column).Sum() + Gap * column;

    /// <summary>The largest type with which no number is broken, and the widths: numbers take what they need, text shares what is left.</summary>
    private (double Size, double[] Widths) Fit()
    {
        foreach (var size in Sizes)
        {
            var least = Enumerable.Range(0, _table.Columns.Count).Select(i => Least(i, size)).ToArray();
            var wanted = Enumerable.Range(0, _table.Columns.Count).Select(i => Wanted(i, size)).ToArray();
            var room = _layout.Width - Gap * (_table.Columns.Count - 1);
            if (wanted.Sum() <= room)
                return (size, wanted);
            if (least.Sum() > room)
                continue;
            // Columns that could use more share the rest by how much more they could use.
            var rest = room - least.Sum();
            var want = wanted.Zip(least, (most, few) => most - few).ToArray();
            return (size, [.. least.Select((few, i) => few + rest * want[i] / want.Sum())]);
        }
        // Nothing fits: each has a share, and words are broken.
        var smallest = Enumerable.Range(0, _table.Columns.Count).Select(i => Least(i, Sizes[^1])).ToArray();
        var scale = (_layout.Width - Gap * (_table.Columns.Count - 1)) / smallest.Sum();
        return (Sizes[^1], [.. smallest.Select(few => few * scale)]);
    }

    private IEnumerable<string> Texts(int column) => _table.Rows.Where(row => !row.IsHeading).Select(row => row.Cells[column]);

    private double Least(int column, double size) => Math.Max(
        Math.Max(PdfTextLines.LongestWord(_table.Columns[column].Heading, PdfTypeface.Bold, size), GroupShare(_table.Columns[column].Group, size)),
        _table.Columns[column].IsNumber
            ? Texts(column).Select(text => PdfTypeface.Regular.Width(text, size)).DefaultIfEmpty(0).Max()
            : Math.Min(Texts(column).Select(text => PdfTextLines.LongestWord(text, PdfTypeface.Regular, size)).DefaultIfEmpty(0).Max(), _layout.Width / 5));

    /// <summary>What each column under a shared heading must give for it to fit.</summary>
    private double GroupShare(string? group, double size)
    {
        if (group is null)
            return 0;
        var columns = _table.Columns.Count(column => column.Group == group);
        return Math.Min(_layout.Width / 3, PdfTypeface.Bold.Width(group, size) - Gap * (columns - 1)) / columns;
    }

    private double Wanted(int column, double size) => Math.Max(Least(column, size), Math.Max(
        PdfTypeface.Bold.Width(_table.Columns[column].Heading, size),
        Texts(column).Select(text => PdfTypeface.Regular.Width(text, size)).DefaultIfEmpty(0).Max()));
}
