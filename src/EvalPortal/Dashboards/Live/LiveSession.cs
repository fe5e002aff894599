using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.Live;

/// <summary>How a study goes, as of a moment.</summary>
public sealed record LiveView
{
    public required Study Study { get; init; }

    public required IReadOnlyList<AxisProgress> Axes { get; init; }

    public required StudyPace Pace { get; init; }

    /// <summary>How far each question is from its planned number.</summary>
    public required IReadOnlyList<(Axis Axis, PlannedLook Look)> Looks { get; init; }

    public required LossLedger Ledger { get; init; }

    /// <summary>See <see cref="VoteTable.Version"/>.</summary>
    public required string Version { get; init; }
}

/// <summary>Alarms with the moment of which they tell.</summary>
public sealed record AlarmsAsOf(IReadOnlyList<string> Alarms, DateTimeOffset At);

/// <summary>Reads how a study goes, as often as a page likes to ask.</summary>
public sealed class LiveSession(
    PacedReadings readings, StudyStore studies, ProgressStore progress, LossLedgerStore ledger, PlanStore plans, ReportCache reports,
    LiveStore live, StudyAlarms alarms, TimeProvider clock)
{
    /// <summary>So old may be what says that results have changed.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    /// <summary>So old may be what a page can do without.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Alarmed = TimeSpan.FromMinutes(10);

    /// <summary>How a study goes; null when there is none.</summary>
    public async Task<LiveView?> ReadAsync(long studyId, CancellationToken cancel = default)
    {
        if (await studies.FindAsync(studyId, cancel) is not { } study)
            return null;
        var plan = await plans.FindLockedAsync(studyId, cancel);
        var axes = await readings.GlanceAsync(("progress", studyId), Later, stop => progress.ListAsync(studyId, stop), cancel);
        var (version, compared) = await readings.ReadAsync(("results", studyId), Soon, stop => ComparedAsync(study, stop), cancel);
        return new LiveView
        {
            Study = study,
            Axes = axes,
            Pace = await PaceAsync(study, axes, cancel),
            Looks = [.. study.Axes.Select(axis => (axis.Axis, PlannedLook.Of(plan?.Plan, axis.Axis, compared[axis.Axis], Comparisons(axes, axis.Axis))))],
            Ledger = await readings.GlanceAsync(("ledger", studyId), Later, stop => ledger.ReadAsync(studyId, stop), cancel),
            Version = version,
        };
    }

    /// <summary>What is wrong with a study's votes, as of some minutes ago where there are many of them.</summary>
    public Task<AlarmsAsOf> ReadAlarmsAsync(Study study, CancellationToken cancel = default) => readings.ReadAsync(
        ("alarms", study.StudyId), Alarmed, async stop => new AlarmsAsOf(await alarms.ReadAsync(study, stop), clock.GetUtcNow()), cancel);

    /// <summary>What people's votes have compared by now. On pairs it makes the report, so that a page that is then opened finds it.</summary>
    private async Task<(string Version, IReadOnlyDictionary<Axis, int> Compared)> ComparedAsync(Study study, CancellationToken cancel)
    {
        var table = await reports.ReadVotesAsync(study, cancel);
        if (study.Form != StudyForm.Pairs)
            return (table.Version, new Dictionary<Axis, int> { [study.Axes[0].Axis] = await live.CountJudgedAsync(study.StudyId, cancel) });
        var report = await Task.Run(() => reports.Report(table, VoteSource.Real, Exclusions.Applied), cancel);
        return (table.Version, report.Axes.ToDictionary(axis => axis.Axis, axis => axis.Decisions.Compared));
    }

    private async Task<StudyPace> PaceAsync(Study study, IReadOnlyList<AxisProgress> axes, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var age = now - (study.OpenedAt ?? now);
        var window = age < StudyPace.Recent ? age : StudyPace.Recent;
        return new StudyPace
        {
            Votes = await readings.GlanceAsync(("recent", study.StudyId), Later, stop => live.CountSinceAsync(study.StudyId, now - window, stop), cancel),
            Window = window,
            Left = axes.Sum(axis => Math.Max(0, axis.VotesWanted - axis.RealVotes)),
            IsOpen = study.State == StudyState.Running,
        };
    }

    private static int Comparisons(IReadOnlyList<AxisProgress> axes, Axis axis) => axes.FirstOrDefault(one => one.Axis == axis)?.Comparisons ?? 0;
}
