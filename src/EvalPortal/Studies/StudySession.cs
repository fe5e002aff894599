using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What the overview of a study shows, as it was when last read.</summary>
public sealed class StudySession(StudyStore studies, SystemStore systems, ProgressStore progress)
{
    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public string SystemA { get; private set; } = "";

    public string SystemB { get; private set; } = "";

    public IReadOnlyList<AxisProgress> Axes { get; private set; } = [];

    public IReadOnlyList<RaterProgress> Raters { get; private set; } = [];

    /// <summary>Reads everything anew.</summary>
    public async Task ReadAsync(long studyId, CancellationToken cancel = default)
    {
        Study = await studies.FindAsync(studyId, cancel);
        if (Study is null)
            return;
        SystemA = (await systems.FindAsync(Study.SystemAId, cancel))!.Name;
        SystemB = (await systems.FindAsync(Study.SystemBId, cancel))!.Name;
        Axes = await progress.ListAsync(studyId, cancel);
        Raters = await progress.ListRatersAsync(studyId, cancel);
    }
}
