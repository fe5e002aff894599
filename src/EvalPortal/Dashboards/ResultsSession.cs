using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What the pages of a study's results show.</summary>
public sealed class ResultsSession(StudyStore studies, SystemStore systems, ReportCache reports)
{
    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public string SystemA { get; private set; } = "";

    /// <summary>Empty where the study is about one system.</summary>
    public string SystemB { get; private set; } = "";

    /// <summary>Its comparisons and votes.</summary>
    public VoteTable Table { get; private set; } = default!;

    /// <summary>Reads the study.</summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> ReadAsync(long studyId, CancellationToken cancel = default)
    {
        Study = await studies.FindAsync(studyId, cancel);
        if (Study is null)
            return false;
        SystemA = (await systems.FindAsync(Study.SystemAId, cancel))!.Name;
        SystemB = Study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "";
        Table = await reports.ReadVotesAsync(Study, cancel);
        return true;
    }

    /// <summary>The report on what was read.</summary>
    public StudyReport Report(VoteSource source, Exclusions exclusions) => reports.Report(Table, source, exclusions);
}
