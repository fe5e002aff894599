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

/// <summary>Two systems compared, prompt by prompt, by raters who do not know which is which.</summary>
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

    public required long SystemBId { get; init; }

    /// <summary>The study whose votes led to this one.</summary>
    public long? ParentStudyId { get; init; }

    /// <summary>Null for what the program made itself.</summary>
    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it first ran.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The questions, in order.</summary>
    public IReadOnlyList<StudyAxis> Axes { get; init; } = [];
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

    public required long SystemBId { get; init; }

    public long? ParentStudyId { get; init; }

    public long? CreatedByAccountId { get; init; }

    /// <summary>At least one, in the order raters meet them.</summary>
    public required IReadOnlyList<StudyAxis> Axes { get; init; }

    /// <summary>At least one; see <see cref="ComparisonStore.PairUpAsync"/>.</summary>
    public required IReadOnlyList<ImagePair> Pairs { get; init; }
}

/// <summary>Two images of one prompt: of system A and of system B.</summary>
public sealed record ImagePair
{
    public required long PromptId { get; init; }

    public required long ImageAId { get; init; }

    public required long ImageBId { get; init; }
}
