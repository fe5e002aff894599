using System.Globalization;
using CsvHelper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plots;

/// <summary>How a column's numbers are written on a page.</summary>
public enum CellKind
{
    Words,

    /// <summary>A count.</summary>
    Whole,

    /// <summary>A share; in percent on the page.</summary>
    Percent,

    /// <summary>A difference of shares; in percent and with its sign on the page.</summary>
    Net,

    /// <summary>A number with two decimals and its sign.</summary>
    Strength,
}

/// <summary>A column of the table behind a figure.</summary>
/// <param name="Name">In the CSV file.</param>
/// <param name="Heading">On the page.</param>
public sealed record PlotColumn(string Name, string Heading, CellKind Kind = CellKind.Words)
{
    /// <summary>The columns of an estimate: itself and the bounds of its interval.</summary>
    public static IEnumerable<PlotColumn> Of(string name, string heading, CellKind kind, string level = "95 %") =>
        [new(name, heading, kind), .. Bounds(name, kind, level)];

    /// <summary>The bounds of an interval.</summary>
    public static IEnumerable<PlotColumn> Bounds(string name, CellKind kind, string level) =>
        [new($"{name}_lower", $"{level} from", kind), new($"{name}_upper", "to", kind)];
}

/// <summary>The numbers behind a figure, a row for each thing that it shows.</summary>
/// <param name="Rows">As many values as columns: text, numbers, or null where there is none.</param>
public sealed record PlotTable(IReadOnlyList<PlotColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>The values of an estimate in its columns.</summary>
    public static IEnumerable<object?> Cells(Estimate estimate) => [estimate.Value, .. Cells(estimate.Interval)];

    /// <inheritdoc cref="Cells(Estimate)"/>
    public static IEnumerable<object?> Cells(Interval? interval) => [interval?.Lower, interval?.Upper];

    /// <summary>A value as the page writes it.</summary>
    public static string Text(PlotColumn column, object? value) => (column.Kind, value) switch
    {
        (_, null) => Figures.None,
        (CellKind.Percent, double share) => Figures.Percent(share),
        (CellKind.Net, double net) => Figures.SignedPercent(net),
        (CellKind.Strength, double strength) => Figures.SignedNumber(strength),
        (_, int count) => Figures.Whole(count),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The table as CSV, its numbers in full.</summary>
    /// <param name="forSpreadsheets">Whether text that a spreadsheet would take for a formula gets an apostrophe before it.</param>
    public async Task<byte[]> ToCsvAsync(bool forSpreadsheets = false, CancellationToken cancel = default)
    {
        using var stream = new MemoryStream();
        await using (var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\r\n", Injection = forSpreadsheets ? CsvInjection.Escape : CsvInjection.None }, leaveOpen: true))
        {
            csv.WriteHeader([.. Columns.Select(column => column.Name)]);
            foreach (var row in Rows)
            {
                foreach (var value in row)
                    csv.WriteField(value);
                await csv.EndRecordAsync(cancel);
            }
            await csv.FlushAsync(cancel);
        }
        return stream.ToArray();
    }
}
