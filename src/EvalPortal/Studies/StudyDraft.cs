namespace PixelPost.EvalPortal.Studies;

/// <summary>A study that is being set up, and the rules it has to keep.</summary>
public sealed class StudyDraft
{
    /// <summary>Votes on a comparison that the reference protocol asks for at least (arXiv 2409.17565).</summary>
    public const int ProtocolVotes = 5;

    /// <summary>Most votes on a comparison.</summary>
    public const int MaxVotes = 1_000;

    public string Name { get; set; } = "";

    public long? SystemAId { get; set; }

    public long? SystemBId { get; set; }

    public int VotesPerComparison { get; set; } = ProtocolVotes;

    /// <summary>The most answers of one rater; null for no limit.</summary>
    public int? AnswersPerRater { get; set; }

    /// <summary>Whether comparisons whose votes end close get more.</summary>
    public bool TopsUpClose { get; set; }

    public string Consent { get; set; } = """
        You will see pairs of images made by computer programs and say which of the two is better. You can stop at any moment.

        Your answers, the time each took, how you looked at the images (such as zooming in) and the size of your window are kept under a made-up name. Your name and your network address are not kept. The answers are used for research.
        """;

    public string Instructions { get; set; } = """
        You are asked one question at a time about two images.

        Flaws: look for what is plainly wrong, such as parts that are missing, doubled or in the wrong place, distorted faces and eyes, smeared edges. A small flaw counts less than a large one. Leave aside which image you like.

        Appeal: say which image is more pleasing to look at, taken as a whole.

        If you see no difference, answer that they are equal. If the two cannot be compared, for example a photograph and a drawing, reject the pair and say why.
        """;

    /// <summary>Every axis there is, asked or not, in the order raters meet them.</summary>
    public IReadOnlyList<AxisDraft> Axes { get; } =
    [
        new() { Axis = Axis.Flaws, Question = "Which image has fewer visual flaws?", FlawStrip = true },
        new() { Axis = Axis.Appeal, Question = "Which image is more pleasing?" },
    ];

    /// <summary>What keeps the study from being made, a sentence each.</summary>
    /// <param name="pairs">How the images of the chosen systems go together; null while two systems are not chosen.</param>
    public IEnumerable<string> Faults(PairCheck? pairs)
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return "Give the study a name.";
        if (SystemAId is null || SystemBId is null)
            yield return "Choose two systems.";
        else if (SystemAId == SystemBId)
            yield return "Choose two different systems.";
        else if (pairs?.Fault is { } fault)
            yield return fault;
        if (VotesPerComparison is < 1 or > MaxVotes)
            yield return $"Ask for 1 to {MaxVotes} votes per comparison.";
        if (AnswersPerRater < 1)
            yield return "Let a rater give at least 1 answer, or leave the limit empty.";
        if (TopsUpClose && VotesPerComparison < TopUpRule.MinVotes)
            yield return $"Close comparisons can get more votes from {TopUpRule.MinVotes} votes per comparison on: of fewer, almost all are close.";
        if (Axes.All(axis => !axis.Asked))
            yield return "Ask at least one question.";
        if (Axes.Any(axis => axis.Asked && string.IsNullOrWhiteSpace(axis.Question)))
            yield return "Write down every question that is asked.";
        if (string.IsNullOrWhiteSpace(Consent))
            yield return "Say what raters agree to.";
        if (string.IsNullOrWhiteSpace(Instructions))
            yield return "Say how raters are to judge.";
    }

    /// <summary>The study to add, once there are no faults.</summary>
    public NewStudy ToNewStudy(PairCheck pairs, long createdByAccountId) => new()
    {
        Name = Name.Trim(),
        VotesPerComparison = VotesPerComparison,
        AnswersPerRater = AnswersPerRater,
        TopUp = TopsUpClose ? TopUp.Close : TopUp.Off,
        Consent = Consent.Trim(),
        Instructions = Instructions.Trim(),
        SystemAId = SystemAId!.Value,
        SystemBId = SystemBId!.Value,
        CreatedByAccountId = createdByAccountId,
        Axes =
        [
            .. Axes.Where(axis => axis.Asked).Select(axis => new StudyAxis
            {
                Axis = axis.Axis,
                Question = axis.Question.Trim(),
                PromptVisible = axis.PromptVisible,
                FlawStrip = axis.FlawStrip && axis.CanAskForFlaw,
            }),
        ],
        Pairs = pairs.Pairs,
    };
}

/// <summary>One question that a study may ask.</summary>
public sealed class AxisDraft
{
    public required Axis Axis { get; init; }

    public bool Asked { get; set; } = true;

    public required string Question { get; set; }

    /// <summary>Whether raters see the prompt: the reference protocol hides it on both axes.</summary>
    public bool PromptVisible { get; set; }

    /// <summary>Whether raters are asked where the worst flaw was, once they have answered.</summary>
    public bool FlawStrip { get; set; }

    /// <summary>Whether <see cref="FlawStrip"/> goes with the question.</summary>
    public bool CanAskForFlaw => Axis == Axis.Flaws;
}
