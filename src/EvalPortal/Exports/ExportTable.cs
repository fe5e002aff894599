using System.Text.Encodings.Web;
using System.Text.Json;

namespace PixelPost.EvalPortal.Exports;

/// <summary>A table to write: its name, which is that of its file without the extension, and what stands in its columns.</summary>
public sealed record ExportTable<T>(string Name, IReadOnlyList<Column<T>> Columns)
{
    /// <summary>Writes all rows. They are read one by one while they are written.</summary>
    /// <param name="stream">Need not be able to seek; nothing is written to it synchronously.</param>
    /// <returns>Number of rows.</returns>
    public Task<long> WriteAsync(Stream stream, IAsyncEnumerable<T> rows, ExportFormat format, CancellationToken cancel = default)
    {
        var batches = Batches.OfAsync(rows, cancel);
        return format switch
        {
            ExportFormat.Csv => CsvRows.WriteAsync(this, stream, batches, forSpreadsheets: false, cancel),
            ExportFormat.Spreadsheet => CsvRows.WriteAsync(this, stream, batches, forSpreadsheets: true, cancel),
            ExportFormat.Jsonl => JsonRows.WriteAsync(this, stream, batches, isList: false, cancel),
            ExportFormat.Json => JsonRows.WriteAsync(this, stream, batches, isList: true, cancel),
            _ => ParquetRows.WriteAsync(this, stream, batches, cancel),
        };
    }
}

/// <summary>How JSON is written for other programs.</summary>
internal static class ExportJson
{
    /// <summary>Prompts stay legible: only what JSON itself needs is escaped.</summary>
    public static readonly JsonWriterOptions Writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Snake case, a line for each value, the same line ends on every system.</summary>
    public static readonly JsonSerializerOptions Manifest = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
    };
}
