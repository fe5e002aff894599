using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;

namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>Tables of a bundle as files: CSV, and lists of objects in <c>study.json</c>. What has no value is empty in one and null in the other.</summary>
internal static class BundleTableFile
{
    private const int MostRecordBytes = 4 << 20;

    private static readonly JsonWriterOptions Json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a table as CSV.</summary>
    /// <returns>How many rows.</returns>
    public static async Task<long> WriteCsvAsync(BundleTable table, IAsyncEnumerable<IReadOnlyList<string?>> rows, Stream stream, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\r\n" }, leaveOpen: true);
        csv.WriteHeader([.. table.Heading]);
        var count = 0L;
        await foreach (var row in rows.WithCancellation(cancel))
        {
            foreach (var field in row)
                csv.WriteField(field);
            await csv.EndRecordAsync(cancel);
            count++;
        }
        await csv.FlushAsync(cancel);
        return count;
    }

    /// <summary>A table as a JSON list.</summary>
    public static async Task<(string Json, long Rows)> ToJsonAsync(BundleTable table, IAsyncEnumerable<IReadOnlyList<string?>> rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var count = 0L;
        await using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartArray();
            await foreach (var row in rows)
            {
                json.WriteStartObject();
                foreach (var (name, value) in table.Heading.Zip(row))
                    json.WriteString(name, value);
                json.WriteEndObject();
                count++;
            }
            json.WriteEndArray();
        }
        return (Encoding.UTF8.GetString(buffer.WrittenSpan), count);
    }

    /// <summary>Reads a table of CSV.</summary>
    /// <exception cref="RefusedException">It is not the table that it should be.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<string>> ReadCsvAsync(BundleTable table, Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var broken = false;
        await using var csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            MaxRecordSize = MostRecordBytes,
            OnMalformedRecord = _ => broken = true,
        });
        if (!csv.Headers.SequenceEqual(table.Heading))
            throw new RefusedException($"{table.FileName} has the columns {string.Join(", ", csv.Headers.Take(50))}, and should have {string.Join(", ", table.Heading)}.");
        var row = new string[csv.Headers.Count];
        while (await ReadAsync(csv, table, cancel))
        {
            if (broken || csv.FieldCount != row.Length)
                throw new RefusedException($"{table.FileName} has a row with {csv.FieldCount} columns, and should have {row.Length} in each.");
            for (var i = 0; i < row.Length; i++)
                row[i] = csv.GetString(i);
            yield return row;
        }
        if (broken)
            throw new RefusedException($"{table.FileName} has a quote that is never closed, so where its columns end cannot be told.");
    }

    /// <summary>Reads a table of <c>study.json</c>.</summary>
    /// <exception cref="RefusedException">It is not the table that it should be.</exception>
    public static IEnumerable<IReadOnlyList<string>> ReadJson(BundleTable table, JsonElement study)
    {
        var heading = table.Heading.ToList();
        if (!study.TryGetProperty(table.Name, out var rows) || rows.ValueKind != JsonValueKind.Array)
            throw new RefusedException($"study.json has no list {table.Name}.");
        foreach (var row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Object || !row.EnumerateObject().Select(field => field.Name).SequenceEqual(heading)
                || row.EnumerateObject().Any(field => field.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)))
            {
                throw new RefusedException($"study.json, {table.Name}: each row has {string.Join(", ", heading)}, each a text or null.");
            }
            yield return [.. row.EnumerateObject().Select(field => field.Value.GetString() ?? "")];
        }
    }

    private static async Task<bool> ReadAsync(CsvReader csv, BundleTable table, CancellationToken cancel)
    {
        try
        {
            return await csv.ReadAsync(cancel);
        }
        catch (CsvFormatException exception)
        {
            throw new RefusedException($"{table.FileName} cannot be read: {exception.Message}", exception);
        }
    }
}
