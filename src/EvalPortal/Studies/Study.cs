using PixelPost.EvalPortal.Plans;

namespace PixelPost.EvalPortal.Studies;

/// <summary>Where a study is in its life.</summary>
public enum StudyState
{
    /// <summary>Being set up; its link leads nowhere.</summary>
    Draft,

    /// <summary>Raters may rate.</summary>
    Running,

    /// <summary>Stopped for now.</summary>
    Paused,

    /// <summary>Over.</summary>
    Closed,
}

/// <summary>One system or two, judged prompt by prompt by raters who do not know which is which.</summary>
public sealed record Study
{
    public required long StudyId { get; init; }

    public required string Name { get; init; }

    /// <summary>Last part of the address that raters get.</summary>
    public required string LinkToken { get; init; }

    public required StudyState State { get; init; }

    /// <summary>Raters per comparison and axis that are aimed at.</summary>
    public required int VotesPerComparison { get; init; }

    /// <summary>The most answers of one rater; null where there is no limit.</summary>
    public int? AnswersPerRater { get; init; }

    /// <summary>Which comparisons get more votes.</summary>
    public required TopUp TopUp { get; init; }

    /// <summary>Code of the language of its pages for raters.</summary>
    public required string Language { get; init; }

    /// <summary>What raters agree to before anything is stored about them.</summary>
    public required string Consent { get; init; }

    /// <summary>How raters are to judge.</summary>
    public required string Instructions { get; init; }

    public required long SystemAId { get; init; }

    /// <summary>Null where the study is about one system; never in pairs.</summary>
    public long? SystemBId { get; init; }

    /// <summary>What raters of text alignment are asked; null in other forms.</summary>
    public long? QuestionSetId { get; init; }

    /// <summary>The study whose votes led to this one.</summary>
    public long? ParentStudyId { get; init; }

    /// <summary>The group it was made in; null when it was made alone.</summary>
    public long? StudyGroupId { get; init; }

    /// <summary>Key of the preset's study that it began as; null when it began with none.</summary>
    public string? Preset { get; init; }

    /// <summary>The study that it tries out; null for one whose votes count.</summary>
    public long? PilotOfStudyId { get; init; }

    /// <summary>Null for what the program made itself.</summary>
    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it first ran.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The questions, in order.</summary>
    public IReadOnlyList<StudyAxis> Axes { get; init; } = [];

    /// <summary>In which form raters judge.</summary>
    public StudyForm Form => Axes.Count == 0 ? StudyForm.Pairs : Axes[0].Axis.Form();
}

/// <summary>One question of a study.</summary>
public sealed record StudyAxis
{
    public required Axis Axis { get; init; }

    /// <summary>The words over the pair, such as "Which image has fewer visual flaws?".</summary>
    public required string Question { get; init; }

    /// <summary>Whether raters see the prompt.</summary>
    public required bool PromptVisible { get; init; }

    /// <summary>Whether raters are asked where the worst flaw was, once they have answered; on the flaws axis only.</summary>
    public bool FlawStrip { get; init; }
}

/// <summary>A study to add, as a draft.</summary>
public sealed record NewStudy
{
    public required string Name { get; init; }

    public int VotesPerComparison { get; init; } = 5;

    /// <summary>The most answers of one rater; null for no limit.</summary>
    public int? AnswersPerRater { get; init; }

    public TopUp TopUp { get; init; }

    /// <summary>Code of the language of its pages for raters.</summary>
    public string Language { get; init; } = "en";

    public required string Consent { get; init; }

    public required string Instructions { get; init; }

    public required long SystemAId { get; init; }

    /// <summary>Null for a study of one system.</summary>
    public long? SystemBId { get; init; }

    /// <summary>Needed for text alignment, and for nothing else.</summary>
    public long? QuestionSetId { get; init; }

    public long? ParentStudyId { get; init; }

    /// <summary>The study whose guidelines, training, checks and smallest window it takes over; null for none.</summary>
    public long? OriginalStudyId { get; init; }

    /// <summary>Key of the preset's study that it began as; null for none.</summary>
    public string? Preset { get; init; }

    /// <summary>How it will be analysed, not locked yet; null where nothing is written down.</summary>
    public AnalysisPlan? Plan { get; init; }

    public long? CreatedByAccountId { get; init; }

    /// <summary>At least one, in the order raters meet them.</summary>
    public required IReadOnlyList<StudyAxis> Axes { get; init; }

    /// <summary>What is compared in pairs; see <see cref="ComparisonStore.PairUpAsync"/>.</summary>
    public IReadOnlyList<ImagePair> Pairs { get; init; } = [];

    /// <summary>What is judged in another form; see <see cref="StudyItems"/>. A study has pairs or items, at least one.</summary>
    public IReadOnlyList<StudyItem> Items { get; init; } = [];
}

/// <summary>What a rater judges at once where that is no pair: one image for text alignment, otherwise several of one prompt.</summary>
public sealed record StudyItem(long PromptId, IReadOnlyList<long> ImageIds);

/// <summary>Two images of one prompt: of system A and of system B.</summary>
public sealed record ImagePair
{
    public required long PromptId { get; init; }

    public required long ImageAId { get; init; }

    public required long ImageBId { get; init; }
}
