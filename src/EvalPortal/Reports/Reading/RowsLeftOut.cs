using System.Runtime.InteropServices;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Rows that do not count for one reason.</summary>
public sealed record RowsLeftOut
{
    private readonly List<int> _lines = [];
    private List<string>? _values;

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>How many.</summary>
    public int Count => _lines.Count;

    /// <summary>The lines on which they start, from 1, in order.</summary>
    public IReadOnlyList<int> Lines => _lines;

    /// <summary>What stood in the place that is wrong, one per line; null when the reason says it all.</summary>
    public IReadOnlyList<string>? Values => _values;

    internal void Add(int line, string? value)
    {
        _lines.Add(line);
        if (value is not null)
            (_values ??= []).Add(value);
    }
}

/// <summary>Collects rows that do not count, by reason, the most frequent reason first.</summary>
internal sealed class RowCollector
{
    private const int LongestValue = 60;

    private readonly Dictionary<string, RowsLeftOut> _byReason = [];

    /// <param name="value">The text that is wrong; always or never given with the same reason.</param>
    public void Add(int line, string reason, string? value = null)
    {
        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_byReason, reason, out _);
        rows ??= new RowsLeftOut { Reason = reason };
        rows.Add(line, value?.Length > LongestValue ? string.Concat(value.AsSpan(0, LongestValue), "…") : value);
    }

    public IReadOnlyList<RowsLeftOut> ByReason() =>
        [.. _byReason.Values.OrderByDescending(rows => rows.Count).ThenBy(rows => rows.Lines[0])];
}
