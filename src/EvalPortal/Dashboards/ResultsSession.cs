using PixelPost.EvalPortal.Dashboards.Live;
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
        if (await studies.FindAsync(studyId, cancel) is not { } study)
        {
            Study = null;
            return false;
        }
        SystemA = (await systems.FindAsync(study.SystemAId, cancel))!.Name;
        SystemB = study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "";
        Table = await reports.ReadVotesAsync(study, cancel);
        Plan = await plans.FindLockedAsync(studyId, cancel);
        _exclusions = Plan is null ? [] : await exclusions.ListAsync(studyId, cancel);
        _linked.Clear();
        if (Plan is { Plan.WithLinked: true } && study.StudyGroupId is { } group)
        {
            foreach (var linked in await studies.ListGroupAsync(group, cancel))
            {
                if (linked.StudyId != studyId && linked.Form == StudyForm.Pairs)
                    _linked.Add(await reports.ReadVotesAsync(linked, cancel));
            }
        }
        Study = study;
        return true;
    }

    /// <summary>The report on what was read, with the tests of the plan where one is locked.</summary>
    public StudyReport Report(VoteSource source, Exclusions applied)
    {
        var report = reports.Report(Table, source, applied);
        return Plan is null ? report : report.Under(Plan.Plan, [.. _linked.Select(table => reports.Report(table, source, applied))]);
    }

    /// <summary>The report without the votes of some raters, whoever is excluded now; with the tests of the plan too.</summary>
    /// <param name="name">Of whom is left out, no two sets with the same.</param>
    /// <param name="excluded">With their exclusions.</param>
    public StudyReport Report(VoteSource source, string name, IReadOnlyDictionary<long, long> excluded)
    {
        var report = reports.Keep(Table, (source, name), () => StudyReport.Of(Table with { Excluded = excluded }, source, Exclusions.Applied));
        return Plan is null ? report : report.Under(Plan.Plan, [.. _linked.Select(table => reports.Report(table, source, Exclusions.Applied))]);
    }

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Counts(Exclusions applied) => Keep((nameof(Counts), applied), () => Table.Counts(applied));

    /// <summary>What is made of the votes, once for as long as they stay the same; see <see cref="ReportCache.Keep"/>.</summary>
    public T Keep<T>(object key, Func<T> make) where T : class => reports.Keep(Table, key, make);

    /// <summary>What was made of the votes; null where it was not.</summary>
    public T? Find<T>(object key) where T : class => reports.Find<T>(Table, key);

    /// <summary>How far a question is from the number at which it was to be looked at.</summary>
    public PlannedLook Look(StudyReport report, AxisReport axis) => PlannedLook.Of(Plan?.Plan, axis.Axis, axis.Decisions.Compared, report.Comparisons.Count);

    /// <summary>How a report stands to the plan; null where none is locked.</summary>
    public PlanReading? Read(StudyReport report) => Plan is null ? null : PlanReading.Of(
        Plan, Table.Axes, axis => report.Axes.Single(one => one.Axis == axis).Decisions.Compared, report.Source, report.Exclusions.Exclusions, _exclusions);
}
