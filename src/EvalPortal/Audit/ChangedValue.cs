using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Audit;

/// <summary>One value of a change, for reading: long ones are cut off, and whole in the CSV.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Before">What it was; null where there was nothing.</param>
/// <param name="After">What it is now; null where there is nothing any more.</param>
public sealed partial record ChangedValue(string Name, string? Before, string? After)
{
    private const int MostCharacters = 120;

    /// <summary>The values of an entry, in its order; what is empty before and after is left out.</summary>
    public static IEnumerable<ChangedValue> Of(AuditEntry entry)
    {
        var (before, after) = (Parse(entry.BeforeJson), Parse(entry.AfterJson));
        return before.Select(value => value.Key).Union(after.Select(value => value.Key))
            .Select(name => new ChangedValue(name.Replace('_', ' '), Text(before[name]), Text(after[name])))
            .Where(value => !string.IsNullOrEmpty(value.Before) || !string.IsNullOrEmpty(value.After));
    }

    private static JsonObject Parse(string? json) => json is null ? [] : JsonNode.Parse(json)!.AsObject();

    private static string? Text(JsonNode? value)
    {
        var text = value switch
        {
            null => null,
            JsonValue one when Time().IsMatch(one.ToString()) => TimeText.Exact(DateTimeOffset.Parse(one.ToString(), CultureInfo.InvariantCulture)),
            JsonValue one => one.ToString(),
            JsonArray list => string.Join(", ", list.Select(Text)),
            _ => value.ToJsonString(),
        };
        return text?.Length > MostCharacters ? $"{text[..MostCharacters]}…" : text;
    }

    /// <summary>A time as it is recorded: to the part of a second, with its offset.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")]
    private static partial Regex Time();
}
