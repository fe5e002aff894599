using PixelPost.EvalPortal.Rating.Texts;

namespace PixelPost.EvalPortal.Studies;

/// <summary>A study that is being set up, and the rules it has to keep.</summary>
public sealed class StudyDraft
{
    /// <summary>Votes on a comparison that the reference protocol asks for at least (arXiv 2409.17565).</summary>
    public const int ProtocolVotes = 5;

    /// <summary>Most votes on a comparison.</summary>
    public const int MaxVotes = 1_000;

    /// <summary>Images from which raters pick the best and the worst, as in the reference protocol (arXiv 2409.17565).</summary>
    public const int DefaultImages = 5;

    /// <summary>The most of them: they have a digit each.</summary>
    public const int MaxImages = 9;

    public string Name { get; set; } = "";

    public long? SystemAId { get; set; }

    public long? SystemBId { get; set; }

    public int VotesPerComparison { get; set; } = ProtocolVotes;

    /// <summary>The most answers of one rater; null for no limit.</summary>
    public int? AnswersPerRater { get; set; }

    /// <summary>Whether comparisons whose votes end close get more.</summary>
    public bool TopsUpClose { get; set; }

    /// <summary>The language of its pages for raters. Texts that nobody has changed follow it.</summary>
    public Language Language
    {
        get;
        set
        {
            Follow(Form, value);
            foreach (var axis in Axes)
                axis.Question = Followed(axis.Question, axis.StandardQuestion, axis.StandardQuestion, value);
            field = value;
        }
    } = Language.English;

    public string Consent { get; set; } = FormDefaults.Consent(StudyForm.Pairs, Language.English);

    public string Instructions { get; set; } = FormDefaults.Instructions(StudyForm.Pairs, Language.English);

    /// <summary>Every axis of the form, asked or not, in the order raters meet them.</summary>
    public IReadOnlyList<AxisDraft> Axes { get; private set; } = FormDefaults.Axes(StudyForm.Pairs, Language.English);

    /// <summary>In which form raters judge. Texts that nobody has changed follow it.</summary>
    public StudyForm Form
    {
        get;
        set
        {
            if (value == field)
                return;
            Follow(value, Language);
            (Axes, field) = (FormDefaults.Axes(value, Language), value);
        }
    }

    /// <summary>What raters of text alignment are asked.</summary>
    public long? QuestionSetId { get; set; }

    /// <summary>How many images raters choose from in the form of best and worst.</summary>
    public int ImagesPerItem { get; set; } = DefaultImages;

    /// <summary>Whether the form takes one system as well as two.</summary>
    public bool CanHaveOneSystem => Form != StudyForm.Pairs;

    /// <summary>What keeps the study from being made, a sentence each.</summary>
    /// <param name="pairs">How the images of the chosen systems go together in pairs; null while two systems are not chosen.</param>
    /// <param name="items">What they make in another form; null while not all of it is chosen.</param>
    public IEnumerable<string> Faults(PairCheck? pairs, ItemCheck? items = null)
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return "Give the study a name.";
        if (SystemAId is null || (SystemBId is null && !CanHaveOneSystem))
            yield return CanHaveOneSystem ? "Choose a system." : "Choose two systems.";
        else if (SystemAId == SystemBId)
            yield return "Choose two different systems.";
        else if ((Form == StudyForm.Pairs ? pairs?.Fault : items?.Fault) is { } fault)
            yield return fault;
        foreach (var fault in FaultsBesideSystems())
            yield return fault;
    }

    /// <summary>What keeps it from being made whatever its systems and its name.</summary>
    internal IEnumerable<string> FaultsBesideSystems()
    {
        if (Form == StudyForm.Preference && ImagesPerItem is < 2 or > MaxImages)
            yield return $"Show 2 to {MaxImages} images at once.";
        if (Form == StudyForm.Alignment && QuestionSetId is null)
            yield return "Choose what raters are asked.";
        if (VotesPerComparison is < 1 or > MaxVotes)
            yield return $"Ask for 1 to {MaxVotes} votes per comparison.";
        if (AnswersPerRater < 1)
            yield return "Let a rater give at least 1 answer, or leave the limit empty.";
        if (TopsUpClose && Form == StudyForm.Pairs && VotesPerComparison < TopUpRule.MinVotes)
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
    public NewStudy ToNewStudy(PairCheck? pairs, long createdByAccountId, ItemCheck? items = null) => new()
    {
        Name = Name.Trim(),
        VotesPerComparison = VotesPerComparison,
        AnswersPerRater = AnswersPerRater,
        TopUp = TopsUpClose && Form == StudyForm.Pairs ? TopUp.Close : TopUp.Off,
        Language = Language.Code,
        Consent = Consent.Trim(),
        Instructions = Instructions.Trim(),
        SystemAId = SystemAId!.Value,
        SystemBId = SystemBId,
        QuestionSetId = Form == StudyForm.Alignment ? QuestionSetId : null,
        CreatedByAccountId = createdByAccountId,
        Axes =
        [
            .. Axes.Where(axis => axis.Asked).Select(axis => axis.ToAxis()),
        ],
        Pairs = Form == StudyForm.Pairs ? pairs!.Pairs : [],
        Items = Form == StudyForm.Pairs ? [] : items!.Items,
    };

    /// <summary>Sets everything but the name as a study has it.</summary>
    /// <param name="imagesAtOnce">How many images its raters pick from; 0 in another form.</param>
    public void CopyFrom(Study study, int imagesAtOnce)
    {
        Language = Language.Find(study.Language) ?? Language.English;
        Form = study.Form;
        (SystemAId, SystemBId, QuestionSetId) = (study.SystemAId, study.SystemBId, study.QuestionSetId);
        (VotesPerComparison, AnswersPerRater, TopsUpClose) = (study.VotesPerComparison, study.AnswersPerRater, study.TopUp == TopUp.Close);
        (Consent, Instructions) = (study.Consent, study.Instructions);
        ImagesPerItem = imagesAtOnce > 0 ? imagesAtOnce : DefaultImages;
        foreach (var axis in Axes)
            axis.CopyFrom(study.Axes.FirstOrDefault(asked => asked.Axis == axis.Axis));
    }

    private void Follow(StudyForm form, Language language)
    {
        Consent = Followed(Consent, FormDefaults.ConsentKey(Form), FormDefaults.ConsentKey(form), language);
        Instructions = Followed(Instructions, FormDefaults.InstructionsKey(Form), FormDefaults.InstructionsKey(form), language);
    }

    private string Followed(string text, string key, string next, Language language) =>
        text == RaterTexts.In(Language, key) ? RaterTexts.In(language, next) : text;
}

/// <summary>One question that a study may ask.</summary>
/// <param name="standardQuestion">Key of the text that asks it unless the researcher writes another.</param>
/// <param name="language">In which language that is.</param>
public sealed class AxisDraft(Axis axis, string standardQuestion, Language language)
{
    public Axis Axis { get; } = axis;

    public bool Asked { get; set; } = true;

    public string Question { get; set; } = RaterTexts.In(language, standardQuestion);

    internal string StandardQuestion { get; } = standardQuestion;

    /// <summary>Whether raters see the prompt: the reference protocol hides it on both axes.</summary>
    public bool PromptVisible { get; set; }

    /// <summary>Whether raters are asked where the worst flaw was, once they have answered.</summary>
    public bool FlawStrip { get; set; }

    /// <summary>Whether <see cref="FlawStrip"/> goes with the question.</summary>
    public bool CanAskForFlaw => Axis == Axis.Flaws;

    /// <summary>Sets it as a study has it; null where the study does not ask it.</summary>
    internal void CopyFrom(StudyAxis? axis)
    {
        Asked = axis is not null;
        if (axis is not null)
            (Question, PromptVisible, FlawStrip) = (axis.Question, axis.PromptVisible, axis.FlawStrip);
    }

    /// <summary>The axis as a study has it.</summary>
    public StudyAxis ToAxis() => new()
    {
        Axis = Axis,
        Question = Question.Trim(),
        PromptVisible = PromptVisible,
        FlawStrip = FlawStrip && CanAskForFlaw,
    };
}
