using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>What can be said of a study beside what it shows. What is left out is as in any new study, or stays as it is.</summary>
public record StudySettings
{
    public int? VotesPerComparison { get; init; }

    /// <summary>The most answers of one rater; 0 for no limit.</summary>
    public int? AnswersPerRater { get; init; }

    /// <summary>Whether comparisons whose votes end close get more.</summary>
    public bool? TopsUpClose { get; init; }

    /// <summary>What raters agree to.</summary>
    public string? Consent { get; init; }

    /// <summary>How raters are to judge.</summary>
    public string? Instructions { get; init; }

    /// <summary>The questions: of a new study those that are asked, of a draft those that change.</summary>
    public IReadOnlyList<AxisSettings>? Axes { get; init; }

    /// <summary>Sets a draft of a study so.</summary>
    /// <exception cref="RefusedException">It names a question that the form has not.</exception>
    internal void Apply(StudyDraft draft)
    {
        draft.VotesPerComparison = VotesPerComparison ?? draft.VotesPerComparison;
        draft.AnswersPerRater = AnswersPerRater switch
        {
            null => draft.AnswersPerRater,
            0 => null,
            { } most => most,
        };
        draft.TopsUpClose = TopsUpClose ?? draft.TopsUpClose;
        draft.Consent = Consent ?? draft.Consent;
        draft.Instructions = Instructions ?? draft.Instructions;
        foreach (var axis in Axes ?? [])
        {
            axis.Apply(draft.Axes.FirstOrDefault(known => known.Axis == axis.Axis)
                ?? throw new RefusedException($"Studies of this form have no question about {axis.Axis.ToText()}. They have: {string.Join(", ", draft.Axes.Select(known => known.Axis.ToText()))}."));
        }
    }
}

/// <summary>What can be said of a question.</summary>
public sealed record AxisSettings
{
    public required Axis Axis { get; init; }

    /// <summary>The words over the images.</summary>
    public string? Question { get; init; }
    public bool? PromptVisible { get; init; }

    /// <summary>Whether raters are asked where the worst flaw was; on the flaws axis only.</summary>
    public bool? FlawStrip { get; init; }

    internal void Apply(AxisDraft draft) => (draft.Question, draft.PromptVisible, draft.FlawStrip) =
        (Question ?? draft.Question, PromptVisible ?? draft.PromptVisible, FlawStrip ?? draft.FlawStrip);
}

/// <summary>A study to make, or linked ones.</summary>
public record NewStudySettings : StudySettings
{
    public required string Name { get; init; }

    /// <summary>Key of a preset; left out, a study of one's own design.</summary>
    public string? Preset { get; init; }

    /// <summary>Name of a system.</summary>
    public string? SystemA { get; init; }

    /// <summary>Name of the other system; left out in a study of one.</summary>
    public string? SystemB { get; init; }

    /// <summary>Name of a question set, for text alignment.</summary>
    public string? QuestionSet { get; init; }

    /// <summary>How many images raters pick from, for the best and the worst of several.</summary>
    public int? ImagesAtOnce { get; init; }

    /// <summary>Code of the language of the raters' pages, such as <c>en</c>.</summary>
    public string? Language { get; init; }

    /// <summary>Sets a part of the form of new studies so.</summary>
    internal void ApplyNew(StudyDraft draft, long? questionSetId)
    {
        // First what standard texts follow, then the texts.
        draft.Language = Language is null ? draft.Language : Rating.Texts.Language.Find(Language)
            ?? throw new RefusedException($"There is no language '{Language}'. There are: {string.Join(", ", Rating.Texts.Language.All.Select(known => known.Code))}.");
        draft.QuestionSetId = draft.Form == StudyForm.Alignment ? questionSetId : null;
        draft.ImagesPerItem = ImagesAtOnce ?? draft.ImagesPerItem;
        if (Axes is not null)
        {
            foreach (var axis in draft.Axes)
                axis.Asked = Axes.Any(asked => asked.Axis == axis.Axis);
        }
        Apply(draft);
    }
}

/// <summary>A study to make.</summary>
public sealed record NewStudyBody : NewStudySettings
{
    /// <summary>What raters judge, where no preset says it: pairs, unless told otherwise.</summary>
    public StudyForm Form { get; init; }

    /// <summary>How many comparisons are planned; kept as the plan of analysis, which is not locked by that.</summary>
    public int? PlannedComparisons { get; init; }
}

/// <summary>Linked studies to make.</summary>
public sealed record NewStudyGroupBody : NewStudySettings
{
    /// <summary>The systems of a leaderboard, each compared with each.</summary>
    public IReadOnlyList<string>? Systems { get; init; }

    /// <summary>Names of the preset's studies that are not made, such as <c>alignment</c>.</summary>
    public IReadOnlyList<string>? LeaveOut { get; init; }
}

/// <summary>What changes in a draft.</summary>
public sealed record StudyChange : StudySettings
{
    public string? Name { get; init; }
}
