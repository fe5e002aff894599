namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>A table for a terminal: columns as wide as their widest cell, two spaces apart.</summary>
/// <param name="alignments">One per column: <c>l</c> for left, <c>r</c> for right.</param>
internal sealed class TextTable(string alignments)
{
    private const int WidestCell = 40;
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; a cell in a column that is not the last is cut where it is longer than 40 characters.</summary>
    public void Add(params IReadOnlyList<string> cells) =>
        _rows.Add([.. cells.Select((cell, column) => column < alignments.Length - 1 && cell.Length > WidestCell ? cell[..(WidestCell - 1)] + "…" : cell)]);

    public void Write(TextWriter writer, string indent)
    {
        var widths = Enumerable.Range(0, alignments.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) => alignments[column] == 'r' ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            writer.WriteLine((indent + string.Join(Gap, cells)).TrimEnd());
        }
    }
}
