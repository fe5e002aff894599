using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plots;

/// <summary>What the votes between two systems came to.</summary>
/// <param name="Row">Place of the system whose wins are counted as those of A.</param>
/// <param name="Column">Place of the other one.</param>
/// <param name="Link">Where a click leads; nowhere when null.</param>
public sealed record MatrixCell(int Row, int Column, OutcomeCounts Votes, string? Link = null)
{
    /// <summary>Share of its wins with a tie as half a win; null when nothing was compared.</summary>
    public double? WinShare => Votes.Compared == 0 ? null : (Votes.A + 0.5 * Votes.Tie) / Votes.Compared;
}

/// <summary>A heat map of every system against every other one: the row's share of wins, and the votes that it rests on.</summary>
public static class MatrixPlot
{
    // So much of the colour leaves text on it readable on light and on dark ground.
    private const double Deepest = 0.7;
    private const double Largest = 72;
    private const double Smallest = 14;
    private const double Readable = 40; // a cell that holds a number
    private const double Header = 22;
    private const double Key = 44;

    /// <param name="systems">The names in the order in which they stand, the strongest first.</param>
    /// <param name="cells">At most one for each row and column; of what is missing there are no votes.</param>
    public static Plot Of(IReadOnlyList<string> systems, IReadOnlyList<MatrixCell> cells)
    {
        var places = cells.ToDictionary(cell => (cell.Row, cell.Column));
        return new()
        {
            Key = "matrix",
            Title = "pairs of systems",
            Summary = systems.Count < 2 ? "There are no pairs of systems." : Plot.Summarise([.. cells.Where(cell => cell.Row < cell.Column)
                .Select(cell => $"{systems[cell.Row]} over {systems[cell.Column]}: {Share(cell)} of {Figures.Count(cell.Votes.Compared, "vote")}")]),
            Note = "Cell: share of votes that the row won against the column, a tie as half a win, and how many votes compare the two. Blue: the row wins; orange: the column wins.",
            Table = new PlotTable(
                [
                    new("row", "Row"), new("column", "Column"), new("won", "Won", CellKind.Whole), new("tied", "Tied", CellKind.Whole), new("lost", "Lost", CellKind.Whole),
                    new("compared", "Compared", CellKind.Whole), new("rejected", "Rejected", CellKind.Whole), new("win_share", "Win share", CellKind.Percent),
                ],
                [.. cells.OrderBy(cell => cell.Row).ThenBy(cell => cell.Column).Select(cell => (IReadOnlyList<object?>)
                    [systems[cell.Row], systems[cell.Column], cell.Votes.A, cell.Votes.Tie, cell.Votes.B, cell.Votes.Compared, cell.Votes.Reject, cell.WinShare])]),
            Draw = width => Draw(systems, places, width),
        };
    }

    private static string Share(MatrixCell cell) => cell.WinShare is { } share ? Figures.Percent(share) : Figures.None;

    private static Drawing Draw(IReadOnlyList<string> systems, Dictionary<(int Row, int Column), MatrixCell> cells, double width)
    {
        var longest = systems.Select((system, i) => Typeface.Regular.Width(NameOf(system, i), Words.Usual)).DefaultIfEmpty(0).Max();
        var labels = 12 + Math.Min(longest, width * (systems.Count > 8 ? 0.25 : 0.34));
        var size = Math.Clamp((width - labels) / Math.Max(1, systems.Count), Smallest, Largest);
        var marks = new List<Mark>();
        for (var i = 0; i < systems.Count; i++)
        {
            marks.Add(new Words(0, Header + (i + 0.5) * size + 5, Typeface.Regular.Fit(NameOf(systems[i], i), labels - 12), Tone.Text) { Hint = systems[i] });
            if (size >= 22 || (i + 1) % 5 == 0 || i == 0)
                marks.Add(new Words(labels + (i + 0.5) * size, Header - 7, Figures.Whole(i + 1), Tone.Secondary, Anchor.Middle) { Hint = systems[i] });
            for (var j = 0; j < systems.Count; j++)
                marks.AddRange(Cell(systems, cells.GetValueOrDefault((i, j)), i, j, labels + j * size, Header + i * size, size));
        }
        var bottom = Header + systems.Count * size;
        marks.AddRange(KeyOf(Math.Max(0, Math.Min(labels, width - 240)), bottom + 14));
        return new Drawing(size > Smallest ? width : Math.Max(width, labels + systems.Count * size + 8), bottom + Key, marks);
    }

    private static IEnumerable<Mark> Cell(IReadOnlyList<string> systems, MatrixCell? cell, int row, int column, double x, double y, double size)
    {
        var gap = size >= Readable ? 1 : 0.5;
        if (row == column)
        {
            yield return new Stroke(x + gap, y + size - gap, x + size - gap, y + gap, Tone.Lines);
            yield break;
        }
        if (cell?.WinShare is not { } share)
        {
            yield return new Box(x + gap, y + gap, size - 2 * gap, size - 2 * gap, new Paint(Tone.Lines, 0.5)) { Hint = $"{systems[row]} and {systems[column]}: no votes" };
            yield break;
        }
        var hint = $"{systems[row]} over {systems[column]}: {Share(cell)} of {Figures.Count(cell.Votes.Compared, "vote")}";
        yield return new Box(x + gap, y + gap, size - 2 * gap, size - 2 * gap, PaintOf(share)) { Hint = hint, Link = cell.Link };
        if (size < Readable)
            yield break;
        yield return new Words(x + size / 2, y + size / 2 + (size >= 52 ? -1 : 5), Figures.PercentNumber(share), Tone.Text, Anchor.Middle, Bold: true) { Hint = hint, Link = cell.Link };
        if (size >= 52)
            yield return new Words(x + size / 2, y + size / 2 + 15, string.Create(CultureInfo.InvariantCulture, $"{cell.Votes.Compared:N0}"), Tone.Text, Anchor.Middle, Size: 12) { Hint = hint };
    }

    private static IEnumerable<Mark> KeyOf(double x, double y)
    {
        const int Steps = 10;
        const double Width = 12;
        yield return new Words(x, y + 10, "0 %", Tone.Secondary);
        for (var step = 0; step <= Steps; step++)
            yield return new Box(x + 30 + step * Width, y, Width, 12, PaintOf((double)step / Steps));
        yield return new Words(x + 36 + (Steps + 1) * Width, y + 10, "100 % won", Tone.Secondary);
    }

    /// <summary>Blue above a half, orange below, the ground at it.</summary>
    internal static Paint PaintOf(double share) => new(share >= 0.5 ? Tone.A : Tone.B, Deepest * Math.Abs(2 * share - 1));

    private static string NameOf(string system, int place) => $"{place + 1}. {system}";
}
