using System.Text.Json;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Writes a table as JSON, an object per row with every column: null where there is no value, lists as lists.</summary>
internal static class JsonRows
{
    private const int LongestFixed = 40;

    /// <param name="isList">One list of all rows; otherwise each row is a line by itself.</param>
    /// <returns>Number of rows.</returns>
    public static async Task<long> WriteAsync<T>(
        ExportTable<T> table, Stream stream, IAsyncEnumerable<IReadOnlyList<T>> batches, bool isList, CancellationToken cancel)
    {
        using var lines = new MemoryStream();
        await using var json = new Utf8JsonWriter(lines, ExportJson.Writer);
        JsonEncodedText[] names = [.. table.Columns.Select(column => JsonEncodedText.Encode(column.Name))];
        var count = 0L;
        await foreach (var batch in batches)
        {
            foreach (var row in batch)
            {
                if (isList)
                    lines.Write(count == 0 ? "[\n"u8 : ",\n"u8);
                WriteRow(json, table.Columns, names, row);
                json.Flush();
                json.Reset();
                if (!isList)
                    lines.WriteByte((byte)'\n');
                count++;
            }
            await FlushAsync(lines, stream, cancel);
        }
        if (isList)
            lines.Write(count == 0 ? "[]\n"u8 : "\n]\n"u8);
        await FlushAsync(lines, stream, cancel);
        return count;
    }

    private static async Task FlushAsync(MemoryStream lines, Stream stream, CancellationToken cancel)
    {
        await stream.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancel);
        lines.SetLength(0);
    }

    private static void WriteRow<T>(Utf8JsonWriter json, IReadOnlyList<Column<T>> columns, JsonEncodedText[] names, T row)
    {
        json.WriteStartObject();
        for (var i = 0; i < names.Length; i++)
        {
            json.WritePropertyName(names[i]);
            Write(json, columns[i], row);
        }
        json.WriteEndObject();
    }

    private static void Write<T>(Utf8JsonWriter json, Column<T> column, T row)
    {
        Span<byte> bytes = stackalloc byte[LongestFixed];
        if (column.Text is { } text && text(row) is { } someText)
            json.WriteStringValue(someText);
        else if (column.Whole is { } whole && whole(row) is { } someWhole)
            json.WriteNumberValue(someWhole);
        else if (column.Flag is { } flag && flag(row) is { } someFlag)
            json.WriteBooleanValue(someFlag);
        else if (column.Time is { } time && time(row) is { } someTime)
            json.WriteStringValue(bytes[..someTime.WriteText(bytes)]);
        else if (column.Id is { } id && id(row) is { } someId)
            json.WriteStringValue(someId);
        else if (column.Number is { } number && number(row) is { } someNumber)
            json.WriteNumberValue(someNumber);
        else if (column.Wholes is not null || column.Texts is not null)
            WriteList(json, column, row);
        else
            json.WriteNullValue();
    }

    private static void WriteList<T>(Utf8JsonWriter json, Column<T> column, T row)
    {
        json.WriteStartArray();
        foreach (var whole in column.Wholes?.Invoke(row) ?? [])
            json.WriteNumberValue(whole);
        foreach (var text in column.Texts?.Invoke(row) ?? [])
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
