using PixelPost.EvalPortal.Plans;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>How often images show what their prompts ask for.</summary>
public sealed record AlignmentFigures
{
    /// <summary>The category of questions; null for all of them.</summary>
    public string? Category { get; init; }

    /// <summary>Right answers over all questions about images of A, those among them that were not asked.</summary>
    public required AlignmentRate A { get; init; }

    /// <summary>The same of B; null in a study of one system.</summary>
    public AlignmentRate? B { get; init; }

    /// <summary>A less B; null in a study of one system.</summary>
    public AlignmentResult? Difference { get; init; }
}

/// <summary>Right answers and how they came about.</summary>
public sealed record AlignmentRate
{
    /// <summary>The rate with its interval, clustered by prompt.</summary>
    public required Estimate Rate { get; init; }

    public required int Right { get; init; }

    /// <summary>Every question of every sheet.</summary>
    public required int Questions { get; init; }

    /// <summary>Answered “can't tell”: not right.</summary>
    public required int CannotTell { get; init; }

    /// <summary>Not asked, because a question before it was not answered yes: not right.</summary>
    public required int NotAsked { get; init; }
}

/// <summary>
/// The results of a study of text alignment. A question counts as right where it was answered as expected. One that follows from
/// another that was not answered yes is not asked and counts as wrong, as DSG does (arXiv 2310.18235).
/// </summary>
public sealed record AlignmentReport
{
    /// <summary>The largest lag behind the other system that does not matter, where no plan says otherwise.</summary>
    public const double UsualMargin = AnalysisPlan.UsualMargin;

    /// <summary>Prompts from which on the intervals can be relied on.</summary>
    public const int EnoughPrompts = 20;

    /// <summary>The largest lag behind the other system that does not matter.</summary>
    public required double Margin { get; init; }

    public required AlignmentFigures All { get; init; }

    /// <summary>By category of the questions, where there are several.</summary>
    public required IReadOnlyList<AlignmentFigures> Categories { get; init; }

    /// <summary>Whether A is shown to be no more than <see cref="Margin"/> worse than B; null in a study of one system.</summary>
    public MarginResult? NonInferiority { get; init; }

    /// <summary>Sheets that count.</summary>
    public required int Sheets { get; init; }

    public required int Raters { get; init; }

    public required int Images { get; init; }

    /// <summary>The clusters of the intervals.</summary>
    public required int Prompts { get; init; }

    public required bool CountsSimulated { get; init; }

    /// <summary>Computes the report.</summary>
    /// <param name="answers">Of the sheets that count.</param>
    /// <param name="systemA">Every other system is B.</param>
    /// <param name="hasB">Whether there is a B.</param>
    /// <param name="margin">See <see cref="Margin"/>.</param>
    /// <param name="significance">Of the tests against the margin.</param>
    public static AlignmentReport Of(
        IReadOnlyList<RecordedAnswer> answers, long systemA, bool hasB, double margin = UsualMargin, double significance = 0.05)
    {
        var categories = answers.Where(answer => answer.Category is not null).GroupBy(answer => answer.Category!)
            .OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        return new AlignmentReport
        {
            All = FiguresOf(answers, systemA, hasB, category: null),
            Categories = [.. categories.Select(group => FiguresOf([.. group], systemA, hasB, group.Key))],
            NonInferiority = hasB ? PixelPost.Stats.NonInferiority.AlignmentClustered(ByPrompt(answers, systemA), margin, significance) : null,
            Margin = margin,
            Sheets = answers.Select(answer => answer.VoteId).Distinct().Count(),
            Raters = answers.Select(answer => answer.RaterId).Distinct().Count(),
            Prompts = answers.Select(answer => answer.PromptId).Distinct().Count(),
            Images = answers.Select(answer => answer.ImageId).Distinct().Count(),
            CountsSimulated = answers.Any(answer => answer.Simulated),
        };
    }

    private static AlignmentFigures FiguresOf(IReadOnlyList<RecordedAnswer> answers, long systemA, bool hasB, string? category) => new()
    {
        Category = category,
        A = Rate([.. answers.Where(answer => answer.SystemId == systemA)]),
        B = hasB ? Rate([.. answers.Where(answer => answer.SystemId != systemA)]) : null,
        Difference = hasB ? AlignmentRates.Compare(ByPrompt(answers, systemA)) : null,
    };

    private static AlignmentRate Rate(IReadOnlyList<RecordedAnswer> answers) => new()
    {
        Rate = AlignmentRates.Of([.. answers.GroupBy(answer => answer.PromptId).OrderBy(prompt => prompt.Key)
            .Select(prompt => (prompt.Count(answer => answer.IsRight), prompt.Count()))]),
        Right = answers.Count(answer => answer.IsRight),
        Questions = answers.Count,
        CannotTell = answers.Count(answer => answer.Answer == Rating.Answer.CannotTell),
        NotAsked = answers.Count(answer => answer.Answer == Rating.Answer.NotAsked),
    };

    private static List<PromptAnswers> ByPrompt(IEnumerable<RecordedAnswer> answers, long systemA) =>
    [
        .. answers.GroupBy(answer => answer.PromptId).OrderBy(prompt => prompt.Key).Select(prompt => new PromptAnswers(
            prompt.Count(answer => answer.SystemId == systemA && answer.IsRight), prompt.Count(answer => answer.SystemId == systemA),
            prompt.Count(answer => answer.SystemId != systemA && answer.IsRight), prompt.Count(answer => answer.SystemId != systemA))),
    ];
}
