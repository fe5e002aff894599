using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>A format in which others keep votes.</summary>
/// <param name="Key">On the command line and in the page.</param>
/// <param name="Name">For people.</param>
/// <param name="Recognises">Whether a file whose first row has these columns is one.</param>
/// <param name="Notes">What becomes of what does not fit one to one; null where everything does.</param>
internal sealed record ImportFormat(string Key, string Name, Func<SourceRow, bool> Recognises, Func<IVoteReader> Reader, string? Notes = null)
{
    private const string Ties = "A tie stays a tie.";
    private const string BothBad = "\"Both bad\" is a tie that is marked as both_bad, in this portal's tables too.";
    private const string Preferred = "The preferred image comes first in every row, so which one is first says nothing about sides; there are no ties in such a file.";
    private const string Rejects = "Pairs that were rejected stay rejected. Rows that count in no result (replaced, taken back, checks, of excluded raters) are left out and counted.";

    private static readonly Dictionary<string, (string Key, string? Notes)> Tables = new()
    {
        ["PixelPost votes"] = ("pixelpost", Rejects),
        ["PixelPost votes by side"] = ("pixelpost-sides", Rejects),
        ["pairs with a choice"] = ("pairs", Ties),
        ["LMSYS 55k (Kaggle)"] = ("lmsys", Ties),
        ["LMArena"] = ("lmarena", BothBad),
        ["GenAI-Bench"] = ("genai-bench", BothBad),
        ["Pick-a-Pic"] = ("pick-a-pic", "0.5 is a tie; rows without a label (has_label) are rejected pairs."),
        ["HPDv2 pairs"] = ("hpdv2-pairs", null),
        ["HPDv3"] = ("hpdv3", Preferred + " Each row is one vote, however many stand behind it (choice_dist)."),
        ["webMUSHRA paired comparison"] = ("webmushra", Ties),
    };

    /// <summary>In the order in which they are tried.</summary>
    public static IReadOnlyList<ImportFormat> All { get; } =
    [
        new("hpdv2", "HPDv2 train", row => Has(row, "human_preference", "file_path", "prompt"), () => new PreferredReader(),
            "Of more than two images the preferred one is taken for better than each other one."),
        new("hpdv2-test", "HPDv2 test", row => Has(row, "image_path", "rank", "prompt"), () => new RankReader("image_path", "rank", "raw_annotations"),
            "Each rater's ranking (raw_annotations) gives a vote for every two images, an equal rank a tie. Where only the averaged rank is there, it gives one vote for every two images, by nobody in particular."),
        new("imagereward", "ImageReward test", row => Has(row, "generations", "ranking", "prompt"), () => new RankReader("generations", "ranking", null),
            "Each ranking gives a vote for every two of its images, an equal rank a tie."),
        new("pick-a-pic-rankings", "Pick-a-Pic rankings", row => Has(row, "image_1_uid", "image_2_uid", "best_image_uid"), () => new PickReader(),
            "The best of several images is taken for better than each other one. Where none was best, two images are a tie, and more are left out."),
        new("lmarena-log", "LMArena raw log", row => Has(row, "type", "models", "tstamp"), () => new ArenaLogReader(), BothBad + " Lines that are no votes are left out."),
        new("imagereward-ratings", "ImageReward ratings", row => Has(row, "overall_rating", "prompt"), () => new ScoreReader(ScoreReader.ImageReward),
            "A rater's scores of two images of one prompt give a vote for the higher one on each question; equal scores are a tie."),
        new("potato-log", "Potato change log", row => Has(row, "user_id", "instance_id", "schema", "new_value"), () => new PotatoLogReader(), "The last value of each rater counts. " + Ties),
        new("label-studio", "Label Studio", row => Has(row, "annotation_id", "annotator"), () => new LabelStudioReader(), null),
        .. VoteFormats.All.Where(format => Tables.ContainsKey(format.Name)).Select(OfTable),
        new("genai-bench-items", "GenAI-Bench with judges", row => Has(row, "human_vote_raw"), () => new TableReader(TableReader.HumanVote), BothBad + " The verdicts of models beside the vote are not taken."),
        new("chosen-rejected", "chosen and rejected", row => Has(row, "chosen", "rejected"), () => new TableReader(TableReader.Chosen), Preferred),
        new("scores", "scores", row => Has(row, "item_id", "system", "score"), () => new ScoreReader(ScoreReader.Plain),
            "A rater's scores of two systems on one item give a vote for the higher one; equal scores are a tie."),
        new("potato", "Potato", PotatoReader.Recognises, () => new PotatoReader(), "Scales: below 0 is the first, above 0 the second, 0 a tie."),
    ];

    /// <summary>The format with this key, or null.</summary>
    public static ImportFormat? Find(string? key) => All.FirstOrDefault(format => format.Key == key);

    /// <summary>The format of a file whose first row this is, or null.</summary>
    public static ImportFormat? Recognise(SourceRow row) => All.FirstOrDefault(format => format.Recognises(row));

    private static ImportFormat OfTable(VoteFormat format) => new(
        Tables[format.Name].Key, format.Name, row => format.RecognisedBy.All(row.Has), () => new TableReader(format), Tables[format.Name].Notes);

    private static bool Has(SourceRow row, params string[] columns) => Array.TrueForAll(columns, row.Has);
}
