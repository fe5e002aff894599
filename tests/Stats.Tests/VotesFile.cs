namespace PixelPost.Stats.Tests;

/// <summary>Golden/ab_votes.csv: 695 votes of 30 raters on 150 prompts, unequal numbers of raters per prompt.</summary>
internal static class VotesFile
{
    public static IReadOnlyList<ClusteredScore> Scores(string axis) =>
        [.. Votes(axis).Select(vote => new ClusteredScore(vote.Prompt, vote.Rater, vote.Outcome.Score()!.Value))];

    public static IReadOnlyList<(long Prompt, long Rater, Outcome Outcome)> Votes(string axis)
    {
        var lines = File.ReadLines(GoldenFile.PathOf("ab_votes.csv")).Select(line => line.Split(',')).ToList();
        var column = Array.IndexOf(lines[0], axis);
        return [.. lines.Skip(1).Select(row => (Number(row[0]), Number(row[1]), Enum.Parse<Outcome>(row[column], ignoreCase: true)))];
    }

    // "p017" and "r08" to 17 and 8
    private static long Number(string label) => long.Parse(label.AsSpan(1));
}
