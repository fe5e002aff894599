using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What the pages of a study's results show.</summary>
public sealed class ResultsSession(StudyStore studies, SystemStore systems, ReportCache reports, PlanStore plans, ExclusionStore exclusions)
{
    private readonly List<VoteTable> _linked = [];
    private IReadOnlyList<Exclusion> _exclusions = [];

    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public string SystemA { get; private set; } = "";

    /// <summary>Empty where the study is about one system.</summary>
    public string SystemB { get; private set; } = "";

    /// <summary>The plan in force; null where none is locked.</summary>
    public PlanVersion? Plan { get; private set; }

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
        Plan = await plans.FindLockedAsync(studyId, cancel);
        _exclusions = Plan is null ? [] : await exclusions.ListAsync(studyId, cancel);
        _linked.Clear();
        if (Plan is { Plan.WithLinked: true } && Study.StudyGroupId is { } group)
        {
            foreach (var linked in await studies.ListGroupAsync(group, cancel))
            {
                if (linked.StudyId != studyId && linked.Form == StudyForm.Pairs)
                    _linked.Add(await reports.ReadVotesAsync(linked, cancel));
            }
        }
        return true;
    }

    /// <summary>The report on what was read, with the tests of the plan where one is locked.</summary>
    public StudyReport Report(VoteSource source, Exclusions applied)
    {
        var report = reports.Report(Table, source, applied);
        return Plan is null ? report : report.Under(Plan.Plan, [.. _linked.Select(table => reports.Report(table, source, applied))]);
    }

    /// <summary>How a report stands to the plan; null where none is locked.</summary>
    public PlanReading? Read(StudyReport report) => Plan is null ? null : PlanReading.Of(
        Plan, Table.Axes, axis => report.Axes.Single(one => one.Axis == axis).Decisions.Compared, report.Source, report.Exclusions.Exclusions, _exclusions);
}
