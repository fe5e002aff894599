using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plots;

/// <summary>A row of a forest plot.</summary>
public sealed record ForestLine
{
    /// <summary>What it is about.</summary>
    public required string Label { get; init; }

    /// <summary>Dot and whisker; a reason where they are missing.</summary>
    public required Estimate Estimate { get; init; }

    /// <summary>An interval that holds for all rows together, drawn thin behind the other; null where there is none.</summary>
    public Interval? Joint { get; init; }

    /// <summary>How many things it rests on.</summary>
    public required int Count { get; init; }

    /// <summary>A row of less weight, drawn smaller, that belongs to the one above.</summary>
    public bool IsSecond { get; init; }

    /// <summary>The colour of the dot.</summary>
    public Tone Tone { get; init; } = Tone.Text;

    /// <summary>Where a click leads; nowhere when null.</summary>
    public string? Link { get; init; }
}

/// <summary>Estimates with their intervals on one scale, a row each.</summary>
public static class ForestPlot
{
    private const double RowHeight = 30;
    private const double NarrowRowHeight = 48;
    private const double Footer = 44;
    private const double ValueWidth = 148;
    private const double CountWidth = 64;
    private const double Room = 480; // from this width on everything of a row stands in one line
    private const double LineHeight = 20;

    /// <summary>A forest plot of net win rates.</summary>
    public static Plot OfNetWinRates(string key, string title, string note, IReadOnlyList<ForestLine> lines, string counted) =>
        Of(key, title, note, lines, counted, "Net win rate, %", CellKind.Net);

    /// <summary>A forest plot of shares.</summary>
    public static Plot OfShares(string key, string title, string note, IReadOnlyList<ForestLine> lines, string counted, string unit) =>
        Of(key, title, note, lines, counted, unit, CellKind.Percent);

    private static Plot Of(string key, string title, string note, IReadOnlyList<ForestLine> lines, string counted, string unit, CellKind kind) => new()
    {
        Key = key,
        Title = title,
        Summary = lines.Count == 0 ? $"{title}: nothing to show." : Plot.Summarise([.. lines.Select(line => $"{line.Label} {Value(line.Estimate, kind)}, n = {line.Count}")]),
        Note = note,
        Table = new PlotTable(
            [
                new("row", "Row"), new("n", counted, CellKind.Whole), .. PlotColumn.Of("estimate", unit, kind),
                .. lines.Any(line => line.Joint is not null) ? PlotColumn.Bounds("joint", kind, "Joint 95 %") : [],
            ],
            [.. lines.Select(line => (IReadOnlyList<object?>)
            [
                line.Label, line.Count, .. PlotTable.Cells(line.Estimate),
                .. lines.Any(other => other.Joint is not null) ? PlotTable.Cells(line.Joint) : [],
            ])]),
        Draw = width => lines.Count == 0 ? new Drawing(width, 24, [new Words(0, 16, "Nothing to show yet.", Tone.Secondary)]) : width < Room ? DrawNarrow(lines, unit, kind, width) : DrawWide(lines, unit, kind, width),
    };

    private static string Value(Estimate estimate, CellKind kind) => kind == CellKind.Net ? Figures.NetWinRate(estimate) : Figures.Rate(estimate);

    private static Drawing DrawWide(IReadOnlyList<ForestLine> lines, string unit, CellKind kind, double width)
    {
        var labels = Math.Min(0.36 * width, 12 + lines.Select(line => Typeface.Of(!line.IsSecond).Width(line.Label, Words.Usual) + Indent(line)).DefaultIfEmpty(0).Max());
        var scale = ScaleOf(lines, kind, labels + 12, width - labels - ValueWidth - CountWidth - 24);
        var bottom = LineHeight + lines.Count * RowHeight;
        List<Mark> marks = [.. scale.Lines(LineHeight, bottom), new Words(width, 12, "n", Tone.Secondary, Anchor.End)];
        for (var i = 0; i < lines.Count; i++)
        {
            var (line, middle) = (lines[i], LineHeight + (i + 0.5) * RowHeight);
            marks.Add(Label(line, 0, middle + 5, labels));
            marks.AddRange(Row(line, scale, middle));
            marks.Add(new Words(width - CountWidth, middle + 5, Value(line.Estimate, kind), Tone.Text, Anchor.End) { Hint = line.Estimate.Reason });
            marks.Add(new Words(width, middle + 5, Figures.Whole(line.Count), Tone.Secondary, Anchor.End));
        }
        marks.AddRange(scale.Labels(bottom + 18, unit));
        return new Drawing(width, bottom + Footer, marks);
    }

    private static Drawing DrawNarrow(IReadOnlyList<ForestLine> lines, string unit, CellKind kind, double width)
    {
        var scale = ScaleOf(lines, kind, 16, width - 32);
        var bottom = lines.Count * NarrowRowHeight;
        var marks = new List<Mark>();
        for (var i = 0; i < lines.Count; i++)
        {
            var (line, top) = (lines[i], i * NarrowRowHeight);
            var value = $"{Value(line.Estimate, kind)}, n = {Figures.Whole(line.Count)}";
            var valueWidth = Typeface.Regular.Width(value, Words.Usual);
            marks.AddRange(scale.Lines(top + 22, top + NarrowRowHeight - 2));
            marks.Add(Label(line, 0, top + 16, width - valueWidth - 12));
            marks.Add(new Words(width, top + 16, value, Tone.Text, Anchor.End) { Hint = line.Estimate.Reason });
            marks.AddRange(Row(line, scale, top + 34));
        }
        marks.AddRange(scale.Labels(bottom + 18, unit));
        return new Drawing(width, bottom + Footer, marks);
    }

    private static double Indent(ForestLine line) => line.IsSecond ? 12 : 0;

    private static Words Label(ForestLine line, double x, double y, double room) =>
        new(x + Indent(line), y, Typeface.Of(!line.IsSecond).Fit(line.Label, room - Indent(line)), line.IsSecond ? Tone.Secondary : Tone.Text, Bold: !line.IsSecond) { Hint = line.Label, Link = line.Link };

    private static IEnumerable<Mark> Row(ForestLine line, ValueScale scale, double y)
    {
        foreach (var mark in Marked.Whisker(line.Joint, scale.At, y, Tone.Secondary, weight: 1, cap: 4))
            yield return mark;
        foreach (var mark in Marked.Whisker(line.Estimate.Interval, scale.At, y, line.Tone, weight: line.IsSecond ? 1.5 : 2.5, cap: line.IsSecond ? 3 : 5))
            yield return mark;
        if (line.Estimate.Value is { } value)
            yield return new Dot(scale.At(value), y, line.IsSecond ? 3 : 4.5, line.Tone) { Hint = line.Label };
    }

    private static ValueScale ScaleOf(IReadOnlyList<ForestLine> lines, CellKind kind, double left, double width) => new(
        [.. lines.SelectMany(line => new[] { line.Estimate.Value, line.Estimate.Interval?.Lower, line.Estimate.Interval?.Upper, line.Joint?.Lower, line.Joint?.Upper }.OfType<double>())],
        left, width, unit: 100, signed: kind == CellKind.Net);
}
