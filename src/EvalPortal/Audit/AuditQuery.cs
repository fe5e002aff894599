using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace PixelPost.EvalPortal.Audit;

/// <summary>Which entries of the log are asked for. It stands in the page's address.</summary>
public sealed record AuditQuery
{
    /// <summary>Entries of a page.</summary>
    public const int PageSize = 50;

    public long? StudyId { get; init; }

    public long? AccountId { get; init; }

    /// <summary>What was changed, such as <c>plan</c>; null for anything.</summary>
    public string? Subject { get; init; }

    /// <summary>First day, UTC.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day, UTC.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Only entries older than this one.</summary>
    public long? Before { get; init; }

    /// <summary>Reads an address; what cannot be read is not asked for.</summary>
    public static AuditQuery Parse(string? query)
    {
        var values = QueryHelpers.ParseQuery(query);
        string? Text(string key) => values.TryGetValue(key, out var found) && !string.IsNullOrWhiteSpace(found) ? found.ToString() : null;
        long? Number(string key) => long.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        DateOnly? Day(string key) => DateOnly.TryParseExact(Text(key), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        return new AuditQuery
        {
            StudyId = Number("study"),
            AccountId = Number("account"),
            Subject = Text("subject"),
            From = Day("from"),
            To = Day("to"),
            Before = Number("before"),
        };
    }

    /// <summary>The query part of an address, with its question mark; empty when nothing is asked for.</summary>
    public override string ToString() => QueryString.Create(
        new (string Key, string? Value)[]
        {
            ("study", StudyId?.ToString(CultureInfo.InvariantCulture)),
            ("account", AccountId?.ToString(CultureInfo.InvariantCulture)),
            ("subject", Subject),
            ("from", From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ("to", To?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ("before", Before?.ToString(CultureInfo.InvariantCulture)),
        }.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).ToString();
}
