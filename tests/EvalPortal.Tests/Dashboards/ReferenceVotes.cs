using System.Globalization;
using System.Text.Json;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Dashboards;

/// <summary>Golden/ab_votes.csv and what R and scipy say about it.</summary>
internal static class ReferenceVotes
{
    public static VoteTable Read(Axis axis)
    {
        var lines = File.ReadLines(PathOf("ab_votes.csv")).Select(line => line.Split(',')).ToList();
        var column = Array.IndexOf(lines[0], Name(axis));
        var votes = lines.Skip(1)
            .Select(row => Table.Vote(Number(row[0]), Number(row[1]), row[column].ToLowerInvariant()[0], axis) with { LeftIsB = row[2] == "0" })
            .ToList();
        return new VoteTable
        {
            Axes = [axis],
            VotesPerComparison = 5,
            Comparisons = [.. votes.Select(vote => vote.ComparisonId).Distinct().Select(id => Table.Comparison(id, id))],
            Votes = votes,
        };
    }

    public static JsonElement Expected(Axis axis) => JsonDocument.Parse(File.ReadAllText(PathOf("ab_votes_expected.json")))
        .RootElement.GetProperty("cases").EnumerateArray()
        .Single(item => item.GetProperty("id").GetString() == Name(axis)).GetProperty("expected");

    private static string Name(Axis axis) => axis == Axis.Flaws ? "flaws" : "appeal";

    // "p017" and "r08" to 17 and 8
    private static long Number(string label) => long.Parse(label.AsSpan(1), CultureInfo.InvariantCulture);

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", file);
}
