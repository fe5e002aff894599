using CsvHelper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Writes a table as CSV: a heading and a line per row, RFC 4180, UTF-8, nothing where there is no value.</summary>
internal static class CsvRows
{
    private const int LongestFixed = 40; // a time and an id have fewer bytes

    /// <param name="forSpreadsheets">
    /// Text that a spreadsheet would take for a formula gets an apostrophe before it, and the file a mark that says UTF-8. Such
    /// a file is for looking at: the text in it is not the text that was kept.
    /// </param>
    /// <returns>Number of rows.</returns>
    public static async Task<long> WriteAsync<T>(
        ExportTable<T> table, Stream stream, IAsyncEnumerable<IReadOnlyList<T>> batches, bool forSpreadsheets, CancellationToken cancel)
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
        csv.WriteHeader([.. table.Columns.Select(column => column.Name)]);
        var count = 0L;
        await foreach (var batch in batches)
        {
            foreach (var row in batch)
            {
                foreach (var column in table.Columns)
                    Write(csv, column, row);
                await csv.EndRecordAsync(cancel);
            }
            count += batch.Count;
        }
        await csv.FlushAsync(cancel);
        return count;
    }

    /// <summary>Numbers are written as numbers: a minus before them is no formula.</summary>
    private static void Write<T>(CsvWriter csv, Column<T> column, T row)
    {
        if (column.Text is { } text)
            csv.WriteField(text(row));
        else if (column.Whole is { } whole)
            csv.WriteField(whole(row), default);
        else if (column.Flag is { } flag)
            WriteFlag(csv, flag(row));
        else if (column.Time is { } time)
            WriteTime(csv, time(row));
        else if (column.Id is { } id)
            WriteId(csv, id(row));
        else if (column.Number is { } number)
            csv.WriteField(number(row), default);
        else if (column.Wholes is { } wholes)
            csv.WriteField(string.Join(' ', wholes(row)));
        else
            csv.WriteField(string.Join(' ', column.Texts!(row)));
    }

    private static void WriteFlag(CsvWriter csv, bool? flag)
    {
        if (flag is { } known)
            csv.WriteField(known);
        else
            csv.WriteField((string?)null);
    }

    private static void WriteTime(CsvWriter csv, DateTimeOffset? time)
    {
        Span<byte> bytes = stackalloc byte[LongestFixed];
        if (time is { } known)
            csv.WriteField(bytes[..known.WriteText(bytes)]);
        else
            csv.WriteField((string?)null);
    }

    private static void WriteId(CsvWriter csv, Guid? id)
    {
        Span<byte> bytes = stackalloc byte[LongestFixed];
        if (id is { } known && known.TryFormat(bytes, out var length))
            csv.WriteField(bytes[..length]);
        else
            csv.WriteField((string?)null);
    }
}
