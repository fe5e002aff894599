using System.Text;
using System.Text.Json;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Reads tables with one comparison a row, by the same columns as the report on files, and what a report has no use for: times, ids and prompts.</summary>
internal sealed class TableReader(VoteFormat format) : IVoteReader
{
    /// <summary>GenAI-Bench's items, with the vote beside the verdicts of models.</summary>
    public static readonly VoteFormat HumanVote = new()
    {
        Name = "GenAI-Bench with judges",
        RecognisedBy = ["human_vote_raw"],
        Systems = ("left_model", "right_model"),
        Answer = new WordRule("human_vote_raw",
            ("leftvote", Answer.First), ("rightvote", Answer.Second), ("tievote", Answer.Tie), ("bothbad_vote", Answer.BothBad)),
        FirstIsLeft = true,
        Item = ["item_id"],
        Prompt = ["prompt"],
    };

    /// <summary>The better and the worse, with or without the names of models.</summary>
    public static readonly VoteFormat Chosen = new()
    {
        Name = "chosen and rejected",
        RecognisedBy = ["chosen", "rejected"],
        Systems = ("chosen_model", "rejected_model"),
        Answer = new FirstWinsRule("chosen"),
        Prompt = ["prompt"],
        FirstImage = ["chosen"],
        SecondImage = ["rejected"],
    };

    private static readonly string[] Times = ["voted_at", "created_at", "tstamp", "timestamp", "received_at"];
    private static readonly string[] Ids = ["vote_id", "ranking_id", "question_id", "id"];
    private static readonly string[] FirstImages = ["image_a_id", "image_a", "image_0_uid"];
    private static readonly string[] SecondImages = ["image_b_id", "image_b", "image_1_uid"];
    private static readonly string[] Prompts = ["prompt", "caption", "instruct_prompt"];
    private static readonly string[] PromptIds = ["prompt_id"];

    private readonly bool _isOwn = format.HasSuperseding;

    public RowVotes Read(SourceRow row)
    {
        foreach (var rule in format.Exclusions)
        {
            var text = row.Text(rule.Column);
            if (rule.When is { } when ? text is not null && Flags.Parse(Encoding.UTF8.GetBytes(text)) == when : text is not null)
                return RowVotes.Left(rule.Reason);
        }
        if (format.Answer.Read(column => Encoding.UTF8.GetBytes(row.Text(format.Answer.Columns[column]) ?? "")) is not { } answer)
            return RowVotes.Faulty($"{format.Answer.Columns[0]} is {format.Answer.Expected}, but '{Shown(row.Text(format.Answer.Columns[0]))}'.");
        if (answer == Answer.Tie && IsTrue(row, "both_bad"))
            answer = Answer.BothBad;
        var (first, second) = (row.Text(format.Systems.First) ?? "", row.Text(format.Systems.Second) ?? "");
        if ((first.Length == 0) != (second.Length == 0))
            return RowVotes.Faulty($"{(first.Length == 0 ? format.Systems.First : format.Systems.Second)} is empty, and the other system is not.");
        var firstImage = row.Text(format.FirstImage.Concat(FirstImages));
        var secondImage = row.Text(format.SecondImage.Concat(SecondImages));
        if ((firstImage is null) != (secondImage is null))
            return RowVotes.Faulty("one image is named and the other is not.");
        var prompt = row.Text(Prompts) ?? Conversation(row);
        var item = row.Text(format.Item.Concat(PromptIds)) ?? prompt;
        if (item is null && firstImage is null)
            return RowVotes.Faulty("neither item, prompt nor images are named, so nothing says what was compared.");
        return RowVotes.Of(new ForeignVote
        {
            Line = row.Number,
            Question = row.Text(format.Axis) ?? ForeignVote.Overall,
            Item = item ?? $"{firstImage} {secondImage}",
            Prompt = prompt,
            Rater = row.Text(format.Rater),
            FirstSystem = first,
            SecondSystem = second,
            FirstImage = firstImage,
            SecondImage = secondImage,
            Answer = answer,
            FirstIsLeft = format.FirstIsLeft ? true : LeftIsFirst(row, firstImage, first, second),
            FirstIsBetter = !format.Answer.CanChooseEither,
            VotedAt = row.Time(Times),
            ResponseMs = row.Amount(format.ResponseMs) is >= 0 and <= int.MaxValue and var time ? (int)time : null,
            SourceId = row.Text(Ids),
            Simulated = format.HasSimulated && IsTrue(row, "simulated"),
        });
    }

    private bool? LeftIsFirst(SourceRow row, string? firstImage, string first, string second)
    {
        if (_isOwn && firstImage is not null && row.Text("left_image_id") is { } image)
            return image == firstImage;
        return row.Text(format.LeftSystem) is not { } left || first == second ? null : left == first ? true : left == second ? false : null;
    }

    private static bool IsTrue(SourceRow row, string column) => row.Text(column) is { } text && Flags.Parse(Encoding.UTF8.GetBytes(text)) == true;

    /// <summary>What the first message of a conversation says.</summary>
    private static string? Conversation(SourceRow row) =>
        row.List("conversation_a") is [{ ValueKind: JsonValueKind.Object } message, ..] && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String
            ? content.GetString()
            : null;

    private static string Shown(string? text) => text is null ? "" : text.Length > 40 ? $"{text[..40]}…" : text;
}
