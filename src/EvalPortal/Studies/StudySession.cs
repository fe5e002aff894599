using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What the overview of a study shows, as it was when last read.</summary>
public sealed class StudySession(StudyStore studies, SystemStore systems, QuestionSetStore questions, ProgressStore progress, LossLedgerStore ledger,
    StudyMaterialStore materials, StudyGroupStore groups, PacedReadings readings, StudyAccess accesses)
{
    /// <summary>So old may be what takes long to count.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(30);

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

    /// <summary>The studies it is linked with; null when there are none, or some may not be seen.</summary>
    public StudyGroup? Group { get; private set; }

    /// <summary>Reads everything anew, but for what takes long and was counted just now.</summary>
    public async Task ReadAsync(long studyId, CancellationToken cancel = default)
    {
        if (await studies.FindAsync(studyId, cancel) is not { } study)
        {
            Study = null;
            return;
        }
        SystemA = (await systems.FindAsync(study.SystemAId, cancel))!.Name;
        SystemB = study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "";
        Questions = study.QuestionSetId is { } set ? await questions.FindAsync(set, cancel) : null;
        Axes = await readings.ReadAsync(("progress", studyId), Oldest, stop => progress.ListAsync(studyId, stop), cancel);
        Raters = await readings.ReadAsync(("raters", studyId), Oldest, stop => progress.ListRatersAsync(studyId, stop), cancel);
        Ledger = await readings.ReadAsync(("ledger", studyId), Oldest, stop => ledger.ReadAsync(studyId, stop), cancel);
        Deviations = study.Preset is null ? [] : Deviation.Of(study, await materials.ReadAsync(studyId, cancel));
        Group = study.StudyGroupId is { } id && await accesses.OfAsync(StudyScope.Group(id), cancel) != Access.None ? await groups.FindAsync(id, cancel) : null;
        Study = study;
    }
}
