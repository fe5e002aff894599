using System.Globalization;
using System.Text.Json;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>A row of a file of votes, whatever kind of file it is: values by the names of their columns, read as text, number or list.</summary>
/// <param name="number">Line of the file or, where it has none, its entry or row, from 1.</param>
internal sealed class SourceRow(int number, IReadOnlyDictionary<string, JsonElement> values)
{
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"];

    /// <summary>Seconds since 1970 from 1990 to 2100: a smaller number is no time, a larger one counts milliseconds.</summary>
    private static readonly (double From, double To) Seconds = (631_152_000, 4_102_444_800);

    public int Number { get; } = number;

    public IReadOnlyDictionary<string, JsonElement> Values { get; } = values;

    public bool Has(string column) => Values.ContainsKey(column);

    /// <summary>The text in a column, without space around it; null where there is nothing.</summary>
    public string? Text(string? column)
    {
        if (column is null || !Values.TryGetValue(column, out var value))
            return null;
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>The first of several columns that has text.</summary>
    public string? Text(IEnumerable<string> columns) => columns.Select(column => Text(column)).FirstOrDefault(text => text is not null);

    public double? Amount(string? column) =>
        double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A time: ISO 8601, in UTC where it names no zone, or seconds or milliseconds since 1970.</summary>
    public DateTimeOffset? Time(IEnumerable<string> columns)
    {
        var text = Text(columns);
        if (text is null)
            return null;
        if (DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time.Year is >= 1990 and <= 2100 ? time : null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return null;
        var seconds = number > Seconds.To ? number / 1000 : number;
        return seconds >= Seconds.From && seconds <= Seconds.To ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000)) : null;
    }

    /// <summary>The texts of a list; null where there is no list, or something in it is no text.</summary>
    public IReadOnlyList<string>? Texts(string column) =>
        Values.TryGetValue(column, out var value) && AsList(value) is { } list && list.All(entry => entry.ValueKind == JsonValueKind.String)
            ? [.. list.Select(entry => entry.GetString()!)]
            : null;

    /// <summary>The numbers of a list; null where there is no list, or something in it is no number.</summary>
    public IReadOnlyList<double>? Numbers(string column) => Values.TryGetValue(column, out var value) ? NumbersOf(value) : null;

    /// <inheritdoc cref="Numbers(string)"/>
    public static IReadOnlyList<double>? NumbersOf(JsonElement value) =>
        AsList(value) is { } list && list.All(entry => entry.ValueKind == JsonValueKind.Number) ? [.. list.Select(entry => entry.GetDouble())] : null;

    /// <summary>The entries of a list; null where there is none.</summary>
    public IReadOnlyList<JsonElement>? List(string column) => Values.TryGetValue(column, out var value) ? AsList(value) : null;

    /// <summary>A list, or a text that holds one as JSON, as tables have them.</summary>
    private static List<JsonElement>? AsList(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray()];
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not ['[', ..] text)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.Clone().EnumerateArray()] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
