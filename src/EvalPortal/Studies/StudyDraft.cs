using PixelPost.EvalPortal.Rating.Texts;

namespace PixelPost.EvalPortal.Studies;

/// <summary>A study that is being set up, and the rules it has to keep.</summary>
public sealed class StudyDraft
{
    /// <summary>Votes on a comparison that the reference protocol asks for at least (arXiv 2409.17565).</summary>
    public const int ProtocolVotes = 5;

    /// <summary>Most votes on a comparison.</summary>
    public const int MaxVotes = 1_000;

    private const string StandardConsent = "Standard_Consent";
    private const string StandardInstructions = "Standard_Instructions";

    public string Name { get; set; } = "";

    public long? SystemAId { get; set; }

    public long? SystemBId { get; set; }

    public int VotesPerComparison { get; set; } = ProtocolVotes;

    /// <summary>The most answers of one rater; null for no limit.</summary>
    public int? AnswersPerRater { get; set; }

    /// <summary>Whether comparisons whose votes end close get more.</summary>
    public bool TopsUpClose { get; set; }

    /// <summary>The language of its pages for raters. Choosing another puts the standard texts of that one in the place of those that nobody has changed.</summary>
    public Language Language
    {
        get;
        set
        {
            Consent = Translated(Consent, StandardConsent, value);
            Instructions = Translated(Instructions, StandardInstructions, value);
            foreach (var axis in Axes)
                axis.Question = Translated(axis.Question, axis.StandardQuestion, value);
            field = value;
        }
    } = Language.English;

    public string Consent { get; set; } = RaterTexts.In(Language.English, StandardConsent);

    public string Instructions { get; set; } = RaterTexts.In(Language.English, StandardInstructions);

    /// <summary>Every axis there is, asked or not, in the order raters meet them.</summary>
    public IReadOnlyList<AxisDraft> Axes { get; } =
    [
        new(Axis.Flaws, "Standard_Question_Flaws") { FlawStrip = true },
        new(Axis.Appeal, "Standard_Question_Appeal"),
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
        Language = Language.Code,
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

    private string Translated(string text, string key, Language language) =>
        text == RaterTexts.In(Language, key) ? RaterTexts.In(language, key) : text;
}

/// <summary>One question that a study may ask.</summary>
/// <param name="standardQuestion">Key of the text that asks it unless the researcher writes another.</param>
public sealed class AxisDraft(Axis axis, string standardQuestion)
{
    public Axis Axis { get; } = axis;

    public bool Asked { get; set; } = true;

    public string Question { get; set; } = RaterTexts.In(Language.English, standardQuestion);

    internal string StandardQuestion { get; } = standardQuestion;

    /// <summary>Whether raters see the prompt: the reference protocol hides it on both axes.</summary>
    public bool PromptVisible { get; set; }

    /// <summary>Whether raters are asked where the worst flaw was, once they have answered.</summary>
    public bool FlawStrip { get; set; }

    /// <summary>Whether <see cref="FlawStrip"/> goes with the question.</summary>
    public bool CanAskForFlaw => Axis == Axis.Flaws;
}
