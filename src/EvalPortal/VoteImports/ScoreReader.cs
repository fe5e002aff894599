using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>
/// Scores of single images. Those that a rater gave on one question to images of the same item are compared: nobody saw the two side
/// by side, and such votes hang together.
/// </summary>
internal sealed class ScoreReader(ScoreReader.Columns columns) : IVoteReader
{
    /// <summary>A row per image, rater and question.</summary>
    public static readonly Columns Plain = new(["item_id"], [("score", null)], "system", "item_id");

    /// <summary>A row per image with three scores.</summary>
    public static readonly Columns ImageReward = new(
        ["prompt_id", "id", "prompt"], [("overall_rating", "overall"), ("image_text_alignment_rating", "image_text_alignment"), ("fidelity_rating", "fidelity")], "model", "image_path");

    private const int MostScores = 5_000_000;

    private readonly Dictionary<(string Item, string Question, string? Rater), List<Score>> _scores = [];
    private int _count;

    /// <param name="Item">What the images of are compared; the first that a file has.</param>
    /// <param name="Scores">The columns with scores, and the question each is about; null for what the column axis says.</param>
    public sealed record Columns(IReadOnlyList<string> Item, IReadOnlyList<(string Column, string? Question)> Scores, string System, string Image);

    private sealed record Score(int Line, string System, string? Image, string? Prompt, double Value);

    public RowVotes Read(SourceRow row)
    {
        if (row.Text(columns.Item) is not { } item)
            return RowVotes.Faulty($"{columns.Item[0]} is empty.");
        foreach (var (column, question) in columns.Scores)
        {
            if (!row.Has(column))
                continue;
            if (row.Amount(column) is not { } value)
                return RowVotes.Faulty($"{column} is no number.");
            if (++_count > MostScores)
                throw new RefusedException($"The file has more than {MostScores:N0} scores. Split it.");
            var key = (item, question ?? row.Text("axis") ?? ForeignVote.Overall, row.Text(["rater_id", "user_id", "annotator"]));
            if (!_scores.TryGetValue(key, out var scores))
                _scores.Add(key, scores = []);
            scores.Add(new Score(row.Number, row.Text(columns.System) ?? "", columns.Image == columns.Item[0] ? null : row.Text(columns.Image), row.Text("prompt"), value));
        }
        return RowVotes.Of();
    }

    public IEnumerable<ForeignVote> Finish() =>
        from entry in _scores
        from first in entry.Value.Index()
        from second in entry.Value.Skip(first.Index + 1)
        where first.Item.System.Length == 0 || first.Item.System != second.System // scores of the same system are no comparison
        select new ForeignVote
        {
            Line = second.Line,
            Question = entry.Key.Question,
            Item = entry.Key.Item,
            Prompt = second.Prompt,
            Rater = entry.Key.Rater,
            FirstSystem = first.Item.System,
            SecondSystem = second.System,
            FirstImage = first.Item.Image,
            SecondImage = second.Image,
            Answer = first.Item.Value > second.Value ? Answer.First : first.Item.Value < second.Value ? Answer.Second : Answer.Tie,
            Derived = true,
        };
}
