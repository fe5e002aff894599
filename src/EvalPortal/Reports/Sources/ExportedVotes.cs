using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>The rows that count of votes.csv, answers.csv and picks.csv, with who of the raters is marked as excluded.</summary>
internal sealed class ExportedVotes(ExportedNumbers numbers)
{
    private static readonly Dictionary<string, Outcome> Winners = Enum.GetValues<Outcome>().ToDictionary(outcome => outcome.ToText());
    private static readonly Dictionary<string, Axis> Axes = Enum.GetValues<Axis>().ToDictionary(axis => axis.ToText());
    private static readonly Dictionary<string, ExpectedAnswer> Expected = Enum.GetValues<ExpectedAnswer>().ToDictionary(answer => answer.ToText());
    private static readonly Dictionary<string, Answer> Given = Enum.GetValues<Answer>().ToDictionary(answer => answer.ToText());

    /// <summary>Raters whose rows are marked as excluded.</summary>
    public HashSet<long> Excluded { get; } = [];

    /// <summary>The counting votes on pairs, and the pairs that were voted on.</summary>
    /// <param name="studyId">Of the comparisons.</param>
    /// <param name="names">Is told the systems of every row.</param>
    public (IReadOnlyList<CountingVote> Votes, IReadOnlyList<Comparison> Comparisons) ReadPairs(ExportedTable table, long studyId, SystemNames names)
    {
        table.With("axis", "item_id", "prompt_id", "prompt", "rater_id", "winner", "left_system", "system_a", "system_b", "counts", "excluded", "simulated", "received_at");
        var (votes, comparisons) = (new List<CountingVote>(), new Dictionary<long, Comparison>());
        while (table.Read())
        {
            if (!table.Flag("counts"))
                continue;
            names.Note(table);
            var vote = new CountingVote
            {
                ComparisonId = table.Number("item_id"),
                Axis = table.Word("axis", Axes),
                RaterId = RaterOf(table),
                Winner = table.Word("winner", Winners),
                LeftIsB = table.Text("left_system") == table.Text("system_b"),
                Simulated = table.Flag("simulated"),
                ReceivedAt = table.Time("received_at"),
            };
            votes.Add(vote);
            comparisons.TryAdd(vote.ComparisonId, ComparisonOf(table, studyId, comparisons.Count + 1));
        }
        return (votes, [.. comparisons.Values]);
    }

    /// <summary>Every pair of a study, in its order: decisions.csv has those too that nobody voted on.</summary>
    public static IReadOnlyList<Comparison> ReadComparisons(ExportedTable table, long studyId)
    {
        table.With("item_id", "prompt_id", "prompt", "simulated");
        var comparisons = new Dictionary<long, Comparison>();
        while (table.Read())
            comparisons.TryAdd(table.Number("item_id"), ComparisonOf(table, studyId, comparisons.Count + 1));
        return [.. comparisons.Values];
    }

    /// <summary>The counting votes that say that what is no pair could not be judged.</summary>
    public IReadOnlyList<(long RaterId, bool Simulated)> ReadRejected(ExportedTable table)
    {
        table.With("choice_screen", "rater_id", "counts", "excluded", "simulated");
        var rejected = new List<(long, bool)>();
        while (table.Read())
        {
            if (table.Text("choice_screen") == "reject" && table.Flag("counts"))
                rejected.Add((RaterOf(table), table.Flag("simulated")));
        }
        return rejected;
    }

    /// <summary>The answers of sheets that count.</summary>
    /// <param name="names">Is told the system of every row.</param>
    public IReadOnlyList<RecordedAnswer> ReadAnswers(ExportedTable table, SystemNames names)
    {
        table.With("vote_id", "item_id", "image_id", "system", "prompt_id", "question_id", "question", "expected", "answer", "rater_id", "category", "counts", "excluded", "simulated", "voted_at");
        var answers = new List<RecordedAnswer>();
        while (table.Read())
        {
            if (!table.Flag("counts"))
                continue;
            names.Note(table.Text("system"));
            answers.Add(new RecordedAnswer
            {
                VoteId = table.Id("vote_id"),
                ComparisonId = table.Number("item_id"),
                ImageId = table.Number("image_id"),
                SystemId = numbers.OfSystem(table.Text("system")),
                PromptId = table.Number("prompt_id"),
                QuestionId = 0, // the portal's own number, which is not exported
                Label = table.Text("question_id"),
                Question = table.Text("question"),
                Expected = table.Word("expected", Expected),
                Category = table.Text("category") is { Length: > 0 } category ? category : null,
                AnswerText = table.Word("answer", Given).ToText(),
                RaterId = RaterOf(table),
                Pseudonym = table.Text("rater_id"),
                Simulated = table.Flag("simulated"),
                VotedAt = table.Time("voted_at"),
                Counts = true,
            });
        }
        return answers;
    }

    /// <summary>The picks that count, with the images they were made from.</summary>
    /// <param name="names">Is told the systems of every row.</param>
    public (IReadOnlyList<RecordedPick> Picks, IReadOnlyList<PickableImage> Images) ReadPicks(ExportedTable table, SystemNames names)
    {
        table.With("system_a", "system_b", "pick_id", "item_id", "prompt_id", "prompt", "image_ids", "image_systems", "best_image_id", "worst_image_id", "flaw_override", "rater_id", "rt_ms", "counts", "excluded", "simulated", "voted_at");
        var (picks, images) = (new List<RecordedPick>(), new Dictionary<(long, long), PickableImage>());
        while (table.Read())
        {
            if (!table.Flag("counts"))
                continue;
            names.Note(table);
            var (a, b) = (numbers.OfSystem(table.Text("system_a")), numbers.OfSystem(table.Text("system_b")));
            var systems = table.Text("image_systems").Split(' ');
            var pick = PickOf(table);
            if (systems.Length != pick.ImageIds.Count || systems.Any(system => system is not ("a" or "b")))
                throw table.Wrong("image_systems", $"a or b for each of the {pick.ImageIds.Count} images, with spaces between");
            picks.Add(pick);
            foreach (var (image, system) in pick.ImageIds.Zip(systems))
            {
                images.TryAdd((pick.ComparisonId, image), new PickableImage
                {
                    ComparisonId = pick.ComparisonId,
                    Prompt = pick.Prompt,
                    ImageId = image,
                    SystemId = system == "a" ? a : b,
                    Sha256 = "", // not exported
                });
            }
        }
        // In the order of their numbers, as they were made.
        return (picks, [.. images.OrderBy(image => image.Key).Select(image => image.Value)]);
    }

    private RecordedPick PickOf(ExportedTable table) => new()
    {
        VoteId = table.Id("pick_id"),
        ComparisonId = table.Number("item_id"),
        PromptId = table.Number("prompt_id"),
        Prompt = table.Text("prompt"),
        ImageIds = [.. table.Text("image_ids").Split(' ').Select(image => long.TryParse(image, out var id) ? id : throw table.Wrong("image_ids", "whole numbers with spaces between"))],
        BestImageId = table.Number("best_image_id"),
        WorstImageId = table.Number("worst_image_id"),
        FlawOverride = table.Flag("flaw_override"),
        RaterId = RaterOf(table),
        Pseudonym = table.Text("rater_id"),
        Simulated = table.Flag("simulated"),
        ResponseMs = (int)table.Number("rt_ms"),
        VotedAt = table.Time("voted_at"),
        Counts = true,
    };

    private static Comparison ComparisonOf(ExportedTable table, long studyId, int position) => new()
    {
        ComparisonId = table.Number("item_id"),
        StudyId = studyId,
        Position = position,
        PromptId = table.Number("prompt_id"),
        Prompt = table.Text("prompt"),
        ImageAId = 0,
        ImageASha256 = "",
        ImageBId = 0,
        ImageBSha256 = "",
    };

    private long RaterOf(ExportedTable table)
    {
        var rater = numbers.OfRater(table.Text("rater_id"));
        if (table.Flag("excluded"))
            Excluded.Add(rater);
        return rater;
    }
}
