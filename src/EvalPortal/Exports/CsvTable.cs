using CsvHelper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Exports;

/// <summary>A table to write: the name of its file and what stands in its columns.</summary>
internal sealed record CsvTable<T>(string FileName, IReadOnlyList<Column<T>> Columns)
{
    /// <summary>Writes a heading and a line per row: RFC 4180, UTF-8, times in ISO 8601 UTC, nothing where there is no value.</summary>
    /// <param name="rows">Read one by one while they are written.</param>
    /// <param name="forSpreadsheets">
    /// Text that a spreadsheet would take for a formula gets an apostrophe before it, and the file a mark that says UTF-8. Such
    /// a file is for looking at: the text in it is not the text that was kept.
    /// </param>
    /// <returns>Number of rows.</returns>
    public async Task<int> WriteAsync(Stream stream, IAsyncEnumerable<T> rows, bool forSpreadsheets, CancellationToken cancel = default)
    {
        var options = new CsvWriterOptions
        {
            NewLine = "\r\n",
            TrueValue = "true",
            FalseValue = "false",
            Injection = forSpreadsheets ? CsvInjection.Escape : CsvInjection.None,
            WriteByteOrderMark = forSpreadsheets,
        };
        await using var csv = CsvWriter.Create(stream, options, leaveOpen: true);
        csv.WriteHeader([.. Columns.Select(column => column.Name)]);
        var count = 0;
        await foreach (var row in rows.WithCancellation(cancel))
        {
            foreach (var column in Columns)
                Write(csv, column.Value(row));
            await csv.EndRecordAsync(cancel);
            count++;
        }
        await csv.FlushAsync(cancel);
        return count;
    }

    /// <summary>Numbers are written as numbers: a minus before them is no formula.</summary>
    private static void Write(CsvWriter csv, object? value)
    {
        switch (value)
        {
            case DateTimeOffset time:
                csv.WriteField(time.ToText());
                break;
            case Guid id:
                csv.WriteField(id.ToString());
                break;
            default:
                csv.WriteField(value);
                break;
        }
    }
}

/// <summary>A column: its name and what a row has in it.</summary>
internal sealed record Column<T>(string Name, Func<T, object?> Value);
