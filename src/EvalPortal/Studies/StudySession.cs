using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What the overview of a study shows, as it was when last read.</summary>
public sealed class StudySession(StudyStore studies, SystemStore systems, QuestionSetStore questions, ProgressStore progress, LossLedgerStore ledger,
    StudyMaterialStore materials, StudyGroupStore groups)
{
    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public string SystemA { get; private set; } = "";

    /// <summary>Empty where the study is about one system.</summary>
    public string SystemB { get; private set; } = "";

    /// <summary>What raters of text alignment are asked; null in other forms.</summary>
    public QuestionSet? Questions { get; private set; }

    public IReadOnlyList<AxisProgress> Axes { get; private set; } = [];

    public IReadOnlyList<RaterProgress> Raters { get; private set; } = [];

    /// <summary>What browsers say they made against what is stored; null when there is no study.</summary>
    public LossLedger? Ledger { get; private set; }

    /// <summary>Where it is not as its preset says.</summary>
    public IReadOnlyList<Deviation> Deviations { get; private set; } = [];

    /// <summary>The studies it is linked with; null when there are none.</summary>
    public StudyGroup? Group { get; private set; }

    /// <summary>Reads everything anew.</summary>
    public async Task ReadAsync(long studyId, CancellationToken cancel = default)
    {
        Study = await studies.FindAsync(studyId, cancel);
        if (Study is null)
            return;
        SystemA = (await systems.FindAsync(Study.SystemAId, cancel))!.Name;
        SystemB = Study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "";
        Questions = Study.QuestionSetId is { } set ? await questions.FindAsync(set, cancel) : null;
        Axes = await progress.ListAsync(studyId, cancel);
        Raters = await progress.ListRatersAsync(studyId, cancel);
        Ledger = await ledger.ReadAsync(studyId, cancel);
        Deviations = Study.Preset is null ? [] : Deviation.Of(Study, await materials.ReadAsync(studyId, cancel));
        Group = Study.StudyGroupId is { } id ? await groups.FindAsync(id, cancel) : null;
    }
}
