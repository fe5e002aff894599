using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A study in a list.</summary>
public record StudySummary
{
    public required long StudyId { get; init; }
    public required string Name { get; init; }
    public required StudyState State { get; init; }

    /// <summary>What raters judge: pairs, one image and its text, or the best and the worst of several.</summary>
    public required StudyForm Form { get; init; }

    /// <summary>Name of the system that is A in results.</summary>
    public required string SystemA { get; init; }

    /// <summary>Null where the study is about one system.</summary>
    public string? SystemB { get; init; }

    /// <summary>The linked studies that it is one of.</summary>
    public long? StudyGroupId { get; init; }

    /// <summary>The study that it tries out; its votes count nowhere.</summary>
    public long? PilotOfStudyId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it first ran.</summary>
    public DateTimeOffset? OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>A study as it is set up.</summary>
public sealed record StudyResource : StudySummary
{
    /// <summary>What raters get. Whoever has it can rate, unless only personal links let people in.</summary>
    public required string RaterLink { get; init; }
    public required int VotesPerComparison { get; init; }

    /// <summary>The most answers of one rater; null for no limit.</summary>
    public int? AnswersPerRater { get; init; }

    /// <summary>Whether comparisons whose votes end close get more.</summary>
    public required bool TopsUpClose { get; init; }

    /// <summary>Code of the language of the raters' pages.</summary>
    public required string Language { get; init; }
    public required string Consent { get; init; }
    public required string Instructions { get; init; }

    /// <summary>What is asked, in order.</summary>
    public required IReadOnlyList<AskedAxis> Axes { get; init; }

    /// <summary>What raters of text alignment are asked.</summary>
    public string? QuestionSet { get; init; }

    /// <summary>Comparisons, images or sets of images that votes are wanted on.</summary>
    public required int Comparisons { get; init; }

    /// <summary>The study whose votes led to this one.</summary>
    public long? ParentStudyId { get; init; }

    /// <summary>Key of the preset's study that it began as.</summary>
    public string? Preset { get; init; }

    /// <summary>Where it is not as its preset says.</summary>
    public required IReadOnlyList<PresetDeviation> Deviations { get; init; }
}

/// <summary>A question of a study.</summary>
public sealed record AskedAxis
{
    public required Axis Axis { get; init; }

    /// <summary>The words over the images.</summary>
    public required string Question { get; init; }
    public required bool PromptVisible { get; init; }

    /// <summary>Whether raters are asked where the worst flaw was.</summary>
    public required bool FlawStrip { get; init; }
}

/// <summary>A setting in which a study is not as its preset says.</summary>
/// <param name="Setting">What is set.</param>
/// <param name="Preset">What the preset says.</param>
/// <param name="Study">What the study has.</param>
public sealed record PresetDeviation(string Setting, string Preset, string Study);

/// <summary>Tells studies as the API does.</summary>
public sealed class StudyReader(StudyStore studies, SystemStore systems, QuestionSetStore questions, StudyMaterialStore materials)
{
    /// <summary>The study as it is now.</summary>
    internal async Task<StudyResource> ReadAsync(long studyId, HttpRequest request, CancellationToken cancel)
    {
        var study = (await studies.FindAsync(studyId, cancel))!;
        var material = await materials.ReadAsync(studyId, cancel);
        return new StudyResource
        {
            StudyId = studyId,
            Name = study.Name,
            State = study.State,
            Form = study.Form,
            SystemA = (await systems.FindAsync(study.SystemAId, cancel))!.Name,
            SystemB = study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : null,
            StudyGroupId = study.StudyGroupId,
            PilotOfStudyId = study.PilotOfStudyId,
            CreatedAt = study.CreatedAt,
            OpenedAt = study.OpenedAt,
            ClosedAt = study.ClosedAt,
            RaterLink = RaterLink(study, request),
            VotesPerComparison = study.VotesPerComparison,
            AnswersPerRater = study.AnswersPerRater,
            TopsUpClose = study.TopUp == TopUp.Close,
            Language = study.Language,
            Consent = study.Consent,
            Instructions = study.Instructions,
            Axes = [.. study.Axes.Select(axis => new AskedAxis { Axis = axis.Axis, Question = axis.Question, PromptVisible = axis.PromptVisible, FlawStrip = axis.FlawStrip })],
            QuestionSet = study.QuestionSetId is { } set ? (await questions.FindAsync(set, cancel))!.Name : null,
            Comparisons = material.Comparisons,
            ParentStudyId = study.ParentStudyId,
            Preset = study.Preset,
            Deviations = [.. Deviation.Of(study, material).Select(deviation => new PresetDeviation(deviation.Setting, deviation.Preset, deviation.Study))],
        };
    }

    /// <summary>Studies for a list.</summary>
    internal async Task<IReadOnlyList<StudySummary>> ListAsync(IEnumerable<Study> listed, CancellationToken cancel)
    {
        var names = (await systems.ListAsync(cancel)).ToDictionary(system => system.SystemId, system => system.Name);
        return [.. listed.Select(study => new StudySummary
        {
            StudyId = study.StudyId,
            Name = study.Name,
            State = study.State,
            Form = study.Form,
            SystemA = names[study.SystemAId],
            SystemB = study.SystemBId is { } other ? names[other] : null,
            StudyGroupId = study.StudyGroupId,
            PilotOfStudyId = study.PilotOfStudyId,
            CreatedAt = study.CreatedAt,
            OpenedAt = study.OpenedAt,
            ClosedAt = study.ClosedAt,
        })];
    }

    /// <summary>The address that raters get, as whoever asks reaches the portal.</summary>
    internal static string RaterLink(Study study, HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}/r/{study.LinkToken}";
}
