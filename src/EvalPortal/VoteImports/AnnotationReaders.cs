using System.Text.Json;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>LMArena's log as its server writes it: votes among other lines.</summary>
internal sealed class ArenaLogReader : IVoteReader
{
    public RowVotes Read(SourceRow row)
    {
        Answer? answer = row.Text("type") switch
        {
            "leftvote" => Answer.First,
            "rightvote" => Answer.Second,
            "tievote" => Answer.Tie,
            "bothbad_vote" => Answer.BothBad,
            _ => null,
        };
        if (answer is null)
            return RowVotes.Left("a line of the log that is no vote on two models");
        if (row.Texts("models") is not [var left, var right])
            return RowVotes.Faulty("models does not name two models.");
        var state = row.List("states") is [{ ValueKind: JsonValueKind.Object } first, ..] ? first : default;
        var prompt = Prompt(state);
        return RowVotes.Of(new ForeignVote
        {
            Line = row.Number,
            Item = Text(state, "conv_id") ?? prompt ?? $"line {row.Number}",
            Prompt = prompt,
            Rater = row.Text("ip"),
            FirstSystem = left,
            SecondSystem = right,
            Answer = answer.Value,
            FirstIsLeft = true,
            VotedAt = row.Time(["tstamp"]),
        });
    }

    private static string? Prompt(JsonElement state) =>
        state.ValueKind == JsonValueKind.Object && state.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array
        && messages.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Array } message && message.GetArrayLength() == 2 && message[1].ValueKind == JsonValueKind.String
            ? message[1].GetString()
            : null;

    private static string? Text(JsonElement state, string name) =>
        state.ValueKind == JsonValueKind.Object && state.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Label Studio's flat exports (JSON_MIN, CSV): one column of each row says which of two was chosen.</summary>
internal sealed class LabelStudioReader : IVoteReader
{
    private static readonly string[] Known = ["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "prompt", "text"];

    public RowVotes Read(SourceRow row)
    {
        var choice = row.Values.Keys.Except(Known, StringComparer.OrdinalIgnoreCase)
            .Select(column => (Column: column, Answer: AnswerOf(row.Text(column)))).FirstOrDefault(found => found.Answer is not null);
        if (choice.Answer is not { } answer)
            return RowVotes.Faulty("no column says left, right or tie.");
        var (first, second) = (row.Text(["left_image", "image_left", "left", "image_a", "image1", "image_1"]), row.Text(["right_image", "image_right", "right", "image_b", "image2", "image_2"]));
        var prompt = row.Text(["prompt", "text"]);
        if ((prompt ?? row.Text("id") ?? first) is not { } item)
            return RowVotes.Faulty("neither id, prompt nor images say what was compared.");
        return RowVotes.Of(new ForeignVote
        {
            Line = row.Number,
            Question = choice.Column,
            Item = row.Text("id") ?? item,
            Prompt = prompt,
            Rater = row.Text("annotator"),
            FirstSystem = row.Text(["left_model", "model_a", "system_a"]) ?? "",
            SecondSystem = row.Text(["right_model", "model_b", "system_b"]) ?? "",
            FirstImage = second is null ? null : first,
            SecondImage = first is null ? null : second,
            Answer = answer,
            FirstIsLeft = true,
            VotedAt = row.Time(["created_at"]),
            ResponseMs = row.Amount("lead_time") is >= 0 and < 2_000_000 and var seconds ? (int)Math.Round(seconds * 1000) : null,
            SourceId = row.Text("annotation_id"),
        });
    }

    private static Answer? AnswerOf(string? text) => text?.ToLowerInvariant() switch
    {
        "left" => Answer.First,
        "right" => Answer.Second,
        "tie" or "equal" or "both" => Answer.Tie,
        _ => null,
    };
}

/// <summary>Potato's annotated instances: an object for each scheme says which of two was selected, on a scale or on several dimensions.</summary>
internal sealed class PotatoReader : IVoteReader
{
    public static bool Recognises(SourceRow row) => Schemes(row).Any();

    public RowVotes Read(SourceRow row)
    {
        if (row.Text(["instance_id", "id"]) is not { } item)
            return RowVotes.Faulty("instance_id and id are empty.");
        List<ForeignVote> votes = [.. Schemes(row).Select(scheme => Vote(row, item, scheme.Question, scheme.Answer))];
        return votes.Count == 0 ? RowVotes.Faulty("no scheme selects A, B or tie, or a value on a scale.") : RowVotes.Of(votes);
    }

    internal static ForeignVote Vote(SourceRow row, string item, string question, Answer answer) => new()
    {
        Line = row.Number,
        Question = question,
        Item = item,
        Prompt = row.Text(["prompt", "text", "displayed_text"]),
        Rater = row.Text(["user", "user_id", "annotator"]),
        FirstSystem = row.Text(["system_a", "model_a"]) ?? "",
        SecondSystem = row.Text(["system_b", "model_b"]) ?? "",
        FirstImage = row.Text(["image_b", "right_image"]) is null ? null : row.Text(["image_a", "left_image"]),
        SecondImage = row.Text(["image_a", "left_image"]) is null ? null : row.Text(["image_b", "right_image"]),
        Answer = answer,
        FirstIsLeft = true,
        VotedAt = row.Time(["timestamp", "created_at"]),
    };

    internal static Answer? AnswerOf(string? text, bool isScale)
    {
        if (isScale)
            return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value < 0 ? Answer.First : value > 0 ? Answer.Second : Answer.Tie : null;
        return text?.ToLowerInvariant() switch { "a" => Answer.First, "b" => Answer.Second, "tie" => Answer.Tie, _ => null };
    }

    private static IEnumerable<(string Question, Answer Answer)> Schemes(SourceRow row) =>
        from column in row.Values
        where column.Value.ValueKind == JsonValueKind.Object
        from scheme in column.Key.Equals("label_annotations", StringComparison.OrdinalIgnoreCase) ? column.Value.EnumerateObject().Select(property => (property.Name, property.Value)) : [(column.Key, column.Value)]
        where scheme.Item2.ValueKind == JsonValueKind.Object
        from label in scheme.Item2.EnumerateObject()
        let answer = AnswerOf(label.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? label.Value.ToString() : null, label.Name == "scale_value")
        where answer is not null
        select (label.Name is "selection" or "scale_value" ? scheme.Item1 : label.Name, answer.Value);
}

/// <summary>Potato's log of changes: what a rater said last counts.</summary>
internal sealed class PotatoLogReader : IVoteReader
{
    private readonly Dictionary<(string Item, string Question, string? Rater), ForeignVote?> _last = [];

    public RowVotes Read(SourceRow row)
    {
        if (row.Text("instance_id") is not { } item)
            return RowVotes.Left("a line that is about no item");
        var question = row.Text("schema") ?? ForeignVote.Overall;
        var value = row.Text("new_value");
        var answer = PotatoReader.AnswerOf(value, isScale: row.Text("new_label") == "scale_value") ?? PotatoReader.AnswerOf(row.Text("new_label"), isScale: false);
        var key = (item, question, row.Text("user_id"));
        if (answer is null && value is not null)
            return RowVotes.Left("a change of something that is no choice of two");
        _last[key] = answer is { } known ? PotatoReader.Vote(row, item, question, known) : null; // nothing: taken back
        return RowVotes.Of();
    }

    public IEnumerable<ForeignVote> Finish() => _last.Values.OfType<ForeignVote>();
}
