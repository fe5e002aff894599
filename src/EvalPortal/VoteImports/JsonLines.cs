using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Reads JSON lines: an object in each. A line that is none is a fault of its own and does not end the reading.</summary>
internal static class JsonLines
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = SourceFile.MostDepth };

    public static async IAsyncEnumerable<ReadRow> ReadAsync(GuardedStream text, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (buffer, start, end) = (new byte[1 << 16], 0, 0);
        for (var (number, more) = (1, true); more || start < end;)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0 && more)
            {
                if (start > 0)
                {
                    buffer.AsSpan(start, end - start).CopyTo(buffer);
                    (start, end) = (0, end - start);
                }
                if (end == buffer.Length)
                    Array.Resize(ref buffer, 2 * buffer.Length); // the stream gives no row more than it may have
                var count = await text.ReadAsync(buffer.AsMemory(end), cancel);
                (end, more) = (end + count, count > 0);
                continue;
            }
            var line = buffer.AsMemory(start, length < 0 ? end - start : length);
            start = Math.Min(end, start + line.Length + 1);
            text.StartRow();
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                yield return Parse(line, number);
            number++;
        }
    }

    /// <summary>The row of an object.</summary>
    public static ReadRow Row(JsonElement entry, int number, string unit)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return new ReadRow(number, null, $"this {unit} is no object. Write {{\"prompt\": …}}.");
        var values = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in entry.EnumerateObject())
        {
            if (!IsText(property.Value))
                return new ReadRow(number, null, $"the text of {property.Name} is not valid Unicode. Write it anew.");
            values.TryAdd(property.Name, property.Value.Clone());
        }
        return new ReadRow(number, new SourceRow(number, values), null);
    }

    private static ReadRow Parse(ReadOnlyMemory<byte> line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Options);
            return Row(document.RootElement, number, "line");
        }
        catch (JsonException)
        {
            return new ReadRow(number, null, $"this is no JSON object, or nested deeper than {SourceFile.MostDepth} levels. Write one in each line, as {{\"prompt\": …}}.");
        }
    }

    /// <summary>Whether text can be read: JSON can write half of a surrogate pair, which no text can hold.</summary>
    private static bool IsText(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is not null,
                JsonValueKind.Array => value.EnumerateArray().All(IsText),
                JsonValueKind.Object => value.EnumerateObject().All(property => IsText(property.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
