using System.Text.Json;
using CsvHelper;

namespace PixelPost.EvalPortal.Library;

/// <summary>A row of a file that came in.</summary>
internal sealed record FileRow
{
    /// <summary>Where it stands, from 1: a line, or in a JSON list an entry.</summary>
    public required int Number { get; init; }

    /// <summary>What <see cref="Number"/> counts.</summary>
    public required string Unit { get; init; }

    /// <summary>Why it could not be read; null when it could.</summary>
    public string? Fault { get; init; }

    /// <summary>What stands in the columns that were asked for; nothing where a column is empty.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary><c>line 12</c></summary>
    public string Where => $"{Unit} {Number}";

    /// <summary>What stands in a column, trimmed; null where it is empty.</summary>
    public string? this[string column] => Values.GetValueOrDefault(column);
}

/// <summary>Reads rows from CSV with a heading (commas, semicolons or tabs), JSON lines, or a JSON list.</summary>
/// <param name="columns">The columns that are wanted, and every name they may have; small and capital letters are alike.</param>
/// <param name="missing">Says what is missing, by whether there is a column; null when there is enough.</param>
internal sealed class RowFile(IReadOnlyDictionary<string, string[]> columns, Func<Func<string, bool>, string?> missing)
{
    /// <summary>Most bytes of a row: a quote that is never closed would otherwise take in the rest of the file.</summary>
    public const int MostRowBytes = 1 << 20;

    private readonly Dictionary<string, string> _columns = columns
        .SelectMany(column => column.Value.Select(name => (name, column.Key)))
        .ToDictionary(pair => pair.name, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads rows one by one.</summary>
    /// <exception cref="RefusedException">The file as a whole cannot be read: it says where and what would be right.</exception>
    public IEnumerable<FileRow> Read(byte[] content)
    {
        var text = content.AsMemory();
        if (text.Span.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
            text = text[3..];
        return text.Span.TrimStart(" \t\r\n"u8) switch
        {
            [(byte)'[', ..] => ReadList(text),
            [(byte)'{', ..] => ReadLines(text),
            _ => ReadCsv(text),
        };
    }

    private IEnumerable<FileRow> ReadCsv(ReadOnlyMemory<byte> content)
    {
        var malformed = new Dictionary<long, string>();
        using var csv = CsvReader.Create(content, new CsvReaderOptions
        {
            TrackLineNumbers = true,
            TrimWhitespace = true,
            MaxRecordSize = MostRowBytes,
            OnMalformedRecord = record =>
            {
                if (record.Reason != CsvMalformedReason.StrayQuote) // which is kept as text, and can mean nothing else
                    malformed[record.LineNumber] = Malformed(record.Reason);
            },
        });
        var names = Refusing(() => csv.Headers.Select(header => _columns.GetValueOrDefault(header.Trim())).ToList());
        if (missing(names.Contains) is { } reason)
            throw new RefusedException($"line 1: {reason}");
        while (Refusing(csv.Read))
        {
            malformed.Remove(csv.LineNumber, out var fault);
            fault ??= csv.FieldCount == names.Count ? null : $"the heading has {names.Count} columns and this row has {csv.FieldCount}. Put text with commas in quotes.";
            var values = new Dictionary<string, string>();
            for (var i = 0; i < names.Count && fault is null; i++)
                Add(values, names[i], csv.GetString(i));
            yield return new FileRow { Number = (int)csv.LineNumber, Unit = "line", Fault = fault, Values = values };
        }
        foreach (var (line, fault) in malformed.OrderBy(line => line.Key))
            yield return new FileRow { Number = (int)line, Unit = "line", Fault = fault };
    }

    private static string Malformed(CsvMalformedReason reason) => reason == CsvMalformedReason.UnterminatedQuote
        ? "a quote that opens here is never closed. Close it; a quote inside quotes is written twice."
        : "its quotes do not end where its columns do. A quote inside quotes is written twice.";

    private static T Refusing<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException exception)
        {
            throw new RefusedException(
                $"line {exception.LineNumber}: a quote that opens here is never closed, or the row is longer than {MostRowBytes / 1024:N0} KB. Close it; a quote inside quotes is written twice.", exception);
        }
    }

    private IEnumerable<FileRow> ReadLines(ReadOnlyMemory<byte> content)
    {
        for (var number = 1; content.Length > 0; number++)
        {
            var end = content.Span.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            yield return line.Length > MostRowBytes
                ? new FileRow { Number = number, Unit = "line", Fault = $"it is longer than {MostRowBytes / 1024:N0} KB." }
                : ReadLine(line, number);
        }
    }

    private FileRow ReadLine(ReadOnlyMemory<byte> line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Row(document.RootElement, number, "line");
        }
        catch (JsonException)
        {
            return new FileRow { Number = number, Unit = "line", Fault = "this is no JSON object. Write one in each line, as {\"prompt\": …}." };
        }
    }

    private IEnumerable<FileRow> ReadList(ReadOnlyMemory<byte> content)
    {
        using var document = Parse(content);
        var number = 0;
        foreach (var entry in document.RootElement.EnumerateArray())
            yield return Row(entry, ++number, "entry");
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"line {exception.LineNumber + 1}: this is no JSON: {exception.Message}", exception);
        }
    }

    /// <summary>An object, or a text by itself, which is what the first column would hold.</summary>
    private FileRow Row(JsonElement entry, int number, string unit)
    {
        var values = new Dictionary<string, string>();
        var fault = (string?)null;
        try
        {
            if (entry.ValueKind == JsonValueKind.String)
                Add(values, columns.Keys.First(), entry.GetString()!);
            else if (entry.ValueKind != JsonValueKind.Object)
                fault = "this is no object. Write {\"prompt\": …}.";
            else
                AddAll(values, entry);
        }
        catch (InvalidOperationException) // half of a surrogate pair, which JSON can write and no text can hold
        {
            fault = "its text is not valid Unicode. Write it anew.";
        }
        return new FileRow { Number = number, Unit = unit, Fault = fault ?? missing(values.ContainsKey), Values = values };
    }

    private void AddAll(Dictionary<string, string> values, JsonElement entry)
    {
        foreach (var property in entry.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                Add(values, _columns.GetValueOrDefault(property.Name), property.Value.ToString());
        }
    }

    private static void Add(Dictionary<string, string> values, string? column, string value)
    {
        if (column is not null && value.Trim() is { Length: > 0 } text)
            values.TryAdd(column, text);
    }
}
