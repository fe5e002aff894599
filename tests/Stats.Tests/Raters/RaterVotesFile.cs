namespace PixelPost.Stats.Tests;

/// <summary>A golden file of votes with the columns prompt, rater, a_on_left and one per axis, as votes of raters.</summary>
internal static class RaterVotesFile
{
    public static IReadOnlyList<RaterVote> Read(string file, string axis)
    {
        var lines = File.ReadLines(GoldenFile.PathOf(file)).Select(line => line.Split(',')).ToList();
        var header = lines[0];
        return
        [
            .. lines.Skip(1).Select((row, order) => new RaterVote
            {
                Comparison = Number(Cell(row, "prompt")),
                Rater = Number(Cell(row, "rater")),
                AOnLeft = Cell(row, "a_on_left") == "1",
                Outcome = Enum.Parse<Outcome>(Cell(row, axis), ignoreCase: true),
                Order = order,
            }),
        ];

        string Cell(string[] row, string column) => row[Array.IndexOf(header, column)];

        static long Number(string label) => long.Parse(label.AsSpan(1)); // "p017" and "r08" to 17 and 8
    }
}
