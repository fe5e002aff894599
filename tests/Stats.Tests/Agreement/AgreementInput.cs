using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>The input of a case of agreement.json: ratings by rater and unit, or a cross table of two raters.</summary>
internal sealed record AgreementInput
{
    public required RatingTable Table { get; init; }

    /// <summary>The two raters' ratings of each unit; empty for ratings of more raters.</summary>
    public required IReadOnlyList<(int First, int Second)> Pairs { get; init; }

    public static AgreementInput Read(JsonElement input)
    {
        if (input.TryGetProperty("categories", out var categories))
            return new() { Table = new(categories.GetArrayLength(), Ratings(input)), Pairs = [] };

        var rows = input.GetProperty("table_rater1_rows_rater2_columns");
        (int First, int Second)[] pairs = [.. CrossTable(rows)];
        return new()
        {
            Table = new(rows.GetArrayLength(), pairs.SelectMany((pair, unit) => new[] { ((long)unit, pair.First), (unit, pair.Second) })),
            Pairs = pairs,
        };
    }

    public static IEnumerable<(long Unit, int Category)> Ratings(JsonElement input) =>
        from rater in input.GetProperty("ratings_raters_by_units").EnumerateArray()
        from rating in rater.EnumerateArray().Select((value, unit) => (Unit: (long)unit, Value: value))
        where rating.Value.ValueKind != JsonValueKind.Null
        select (rating.Unit, rating.Value.GetInt32());

    // each count is that many units with one rating per rater
    private static IEnumerable<(int First, int Second)> CrossTable(JsonElement rows) =>
        from row in rows.EnumerateArray().Index()
        from cell in row.Item.EnumerateArray().Index()
        from unit in Enumerable.Range(0, cell.Item.GetInt32())
        select (row.Index, cell.Index);
}
