using PixelPost.EvalPortal.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Exports.Layouts;

/// <summary>The public layouts that are written. Prompts are never rewritten in any of them.</summary>
internal static class PublicLayouts
{
    private const string Times = "how long an answer took and how the images were looked at";
    private const string Sides = "which image stood on the left";
    private const string Raters = "who voted";

    /// <summary>In the order in which they are offered.</summary>
    public static readonly IReadOnlyList<PublicLayout> All =
    [
        new()
        {
            Key = "pick-a-pic",
            Name = "Pick-a-Pic",
            Usual = ExportFormat.Parquet,
            Rule = "Each vote is a row: label_0 is 1 where A won, 0 where B won and 0.5 for a tie. Slot 0 is A, whichever side it stood on. Rejected pairs are left out.",
            Lacks = [Sides, Times, "the pixels (jpg_0, jpg_1): image_0_uid and image_1_uid name the images"],
            HoldsTies = true,
            Votes = new("pick-a-pic",
            [
                new("are_different", _ => true),
                new("best_image_uid", row => row.Vote.Winner switch { Outcome.A => row.ImageA, Outcome.B => row.ImageB, _ => "none" }),
                new("caption", row => row.Vote.Prompt),
                new("created_at", row => Time(row)),
                new("has_label", _ => true),
                new("image_0_uid", row => row.ImageA),
                new("image_1_uid", row => row.ImageB),
                new("label_0", row => row.ShareOfA),
                new("label_1", row => 1 - row.ShareOfA),
                new("model_0", row => row.SystemA),
                new("model_1", row => row.SystemB),
                new("ranking_id", row => row.Vote.VoteId),
                new("user_id", row => row.Vote.Pseudonym),
            ]),
        },
        new()
        {
            Key = "hpdv2",
            Name = "HPDv2",
            Usual = ExportFormat.Json,
            Rule = "Each vote for one of the images is an entry of train.json: human_preference is [1, 0] where A won and [0, 1] where B won. Ties and rejected pairs are left out.",
            Lacks = [Sides, Times, Raters, "ties", "the systems"],
            Votes = new("hpdv2",
            [
                new("human_preference", row => row.Vote.Winner == Outcome.A ? [1L, 0L] : (IReadOnlyList<long>)[0L, 1L]),
                new("prompt", row => row.Vote.Prompt),
                new("file_path", row => (IReadOnlyList<string>)[row.ImageA, row.ImageB]),
            ]),
        },
        new()
        {
            Key = "hpdv3",
            Name = "HPDv3 pairs",
            Usual = ExportFormat.Json,
            Rule = "Each comparison that a majority decided for one image is an entry: path1 is that image, choice_dist its votes and those of the other, confidence its share of both.",
            Lacks = [Sides, Times, Raters, "single votes", "ties"],
            Decisions = new("hpdv3",
            [
                new("prompt", row => row.Comparison.Prompt),
                new("path1", row => row.ChosenImage),
                new("path2", row => row.RejectedImage),
                new("model1", row => row.ChosenSystem),
                new("model2", row => row.RejectedSystem),
                new("choice_dist", row => (IReadOnlyList<long>)[row.VotesChosen, row.VotesRejected]),
                new("confidence", row => (double)row.VotesChosen / (row.VotesChosen + row.VotesRejected)),
            ]),
        },
        new()
        {
            Key = "imagereward",
            Name = "ImageReward",
            Usual = ExportFormat.Json,
            Rule = "Each vote is an entry as in test.json: ranking is 1 for the better image and 2 for the other, and 1 for both in a tie. Rejected pairs are left out.",
            Lacks = [Sides, Times, Raters, "the systems"],
            HoldsTies = true,
            Votes = new("imagereward",
            [
                new("id", row => row.Vote.VoteId),
                new("prompt", row => row.Vote.Prompt),
                new("generations", row => (IReadOnlyList<string>)[row.ImageA, row.ImageB]),
                new("ranking", row => row.Vote.Winner switch { Outcome.A => [1L, 2L], Outcome.B => [2L, 1L], _ => (IReadOnlyList<long>)[1L, 1L] }),
            ]),
        },
        new()
        {
            Key = "genai-bench",
            Name = "GenAI-Bench",
            Usual = ExportFormat.Jsonl,
            Rule = "Each vote is a row: leftvote, rightvote or tievote. Rejected pairs are left out: bothbad_vote means something else.",
            Lacks = [Times, Raters],
            HoldsTies = true,
            TellsSides = true,
            Votes = new("genai-bench",
            [
                new("prompt", row => row.Vote.Prompt),
                new("left_image", row => row.LeftImage),
                new("right_image", row => row.RightImage),
                new("left_model", row => row.LeftSystem),
                new("right_model", row => row.RightSystem),
                new("vote_type", row => row.Vote.BothBad ? "bothbad_vote" : BySide(row, "leftvote", "rightvote", "tievote")),
            ]),
        },
        new()
        {
            Key = "lmarena",
            Name = "LMArena",
            Usual = ExportFormat.Jsonl,
            Rule = "Each vote is a row: model_a stood on the left, winner is model_a, model_b or tie. Rejected pairs are left out: both_bad means something else.",
            Lacks = [Times, "conversations: prompt, image_a and image_b stand in their place"],
            HoldsTies = true,
            TellsSides = true,
            Votes = new("lmarena",
            [
                new("id", row => row.Vote.VoteId),
                new("model_a", row => row.LeftSystem),
                new("model_b", row => row.RightSystem),
                new("winner", row => row.Vote.BothBad ? "both_bad" : BySide(row, "model_a", "model_b", "tie")),
                new("evaluation_session_id", row => row.Vote.Pseudonym),
                new("evaluation_order", row => row.Vote.Position),
                new("prompt", row => row.Vote.Prompt),
                new("image_a", row => row.LeftImage),
                new("image_b", row => row.RightImage),
                new("timestamp", row => Time(row)),
            ]),
        },
        new()
        {
            Key = "chosen-rejected",
            Name = "chosen and rejected",
            Usual = ExportFormat.Jsonl,
            Rule = "Each comparison that a majority decided for one image is a row. Ties, splits and rejected comparisons are left out.",
            Lacks = [Sides, Times, Raters, "single votes", "ties"],
            Decisions = new("chosen-rejected",
            [
                new("prompt", row => row.Comparison.Prompt),
                new("chosen", row => row.ChosenImage),
                new("rejected", row => row.RejectedImage),
                new("chosen_model", row => row.ChosenSystem),
                new("rejected_model", row => row.RejectedSystem),
            ]),
        },
    ];

    /// <summary>The layout with this key, or null.</summary>
    public static PublicLayout? Find(string? key) => All.FirstOrDefault(layout => layout.Key == key);

    private static string BySide(LaidVote row, string left, string right, string tie) =>
        row.Vote.Winner == Outcome.Tie ? tie : (row.Vote.Winner == Outcome.B) == row.Vote.LeftIsB ? left : right;

    private static string? Time(LaidVote row) => row.Vote.KnowsTime ? row.Vote.VotedAt.ToText() : null;
}
