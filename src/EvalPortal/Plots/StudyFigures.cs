using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Plots;

/// <summary>The figures of one study, for its page and for files.</summary>
public sealed class StudyFigures(ResultsSession results, FlawStore flaws, RecordedAnswerStore answers, RecordedPickStore picks, ExclusionStore exclusions)
{
    private readonly List<SavedPlot> _plots = [];

    /// <summary>The study; null when there is none.</summary>
    public Study? Study => results.Study;

    public string SystemA => results.SystemA;

    public string SystemB => results.SystemB;

    /// <summary>The figures, in the order of the page; none without a vote.</summary>
    public IReadOnlyList<SavedPlot> Plots => _plots;

    /// <summary>Votes they are made from.</summary>
    public int Votes { get; private set; }

    /// <summary>The report on a study of pairs; null in another form.</summary>
    public StudyReport? Report { get; private set; }

    /// <summary>What was pointed out as flawed; null where flaws are not asked for.</summary>
    public FlawReport? Flaws { get; private set; }

    /// <summary>Whether raters favour a side, by axis; none but in a study of pairs.</summary>
    public IReadOnlyList<SideEffect> Sides { get; private set; } = [];

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Counts { get; private set; } = new Dictionary<VoteSource, int>();

    /// <summary>What exclusions do to the figures.</summary>
    public ExclusionSet Exclusions { get; private set; } = default!;

    /// <summary>How they stand to the plan; null where none is locked or the form is another.</summary>
    public PlanReading? Reading => Report is null ? null : results.Read(Report);

    /// <summary>Reads the study.</summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> ReadAsync(long studyId, ResultsQuery query, CancellationToken cancel = default)
    {
        if (!await results.ReadAsync(studyId, cancel))
            return false;
        _plots.Clear();
        await (Study!.Form switch
        {
            StudyForm.Alignment => ReadAnswersAsync(query, cancel),
            StudyForm.Preference => ReadPicksAsync(query, cancel),
            _ => ReadPairsAsync(query, cancel),
        });
        return true;
    }

    /// <summary>The figure of a name; null when the study has none of it.</summary>
    /// <param name="axis">The axis to show alone, where the figure can show several.</param>
    public SavedPlot? Find(string key, Axis? axis)
    {
        var plot = _plots.Find(one => one.Plot.Key == key);
        if (plot is null || axis is not { } alone || key != "outcomes")
            return plot;
        return Report!.Axes.All(one => one.Axis != alone) ? null : plot with
        {
            Axis = alone.ToString(),
            Plot = StudyPlots.Outcomes(Report with { Axes = [.. Report.Axes.Where(one => one.Axis == alone)] }, SystemA, SystemB),
        };
    }

    private async Task ReadPairsAsync(ResultsQuery query, CancellationToken cancel)
    {
        var report = results.Report(query.Votes, query.Exclusions);
        (Report, Votes, Exclusions, Counts) = (report, report.Votes, report.Exclusions, results.Table.Counts(query.Exclusions));
        var table = results.Table.From(query.Votes).Under(query.Exclusions);
        Sides = [.. results.Table.Axes.Select(axis => SideEffect.Of(axis, [(SystemA, SystemB, table)]))];
        Flaws = Study!.Axes.Any(axis => axis.FlawStrip) ? await FlawReport.OfAsync(flaws.ReadAsync(Study.StudyId, query.Votes, query.Exclusions, cancel), cancel) : null;

        Add(StudyPlots.Outcomes(report, SystemA, SystemB, (axis, decision) =>
            $"/studies/{Study.StudyId}/results{query with { Axis = axis, Outcome = ResultsQuery.Of(decision), Page = 1 }}#comparisons"), report.CountsSimulated, Basis(report));
        Add(StudyPlots.Forest(report), report.CountsSimulated, Basis(report));
        if (Flaws is { Flaws: > 0 })
        {
            Add(FlawPlots.Types(Flaws, SystemA, SystemB), Flaws.CountsSimulated, [report.Exclusions.ToWords()], Axis.Flaws);
            Add(FlawPlots.Places(Flaws, SystemA, SystemB), Flaws.CountsSimulated, [report.Exclusions.ToWords()], Axis.Flaws);
        }
    }

    private async Task ReadAnswersAsync(ResultsQuery query, CancellationToken cancel)
    {
        var counting = new FormVotes<RecordedAnswer>(
            await answers.ReadAsync(Study!.StudyId, cancel).Where(answer => answer.Counts).ToListAsync(cancel), await ExcludedAsync(cancel));
        var report = AlignmentReport.Of(counting.Of(query.Votes, query.Exclusions), Study.SystemAId, Study.SystemBId is not null);
        (Votes, Exclusions, Counts) = (report.Sheets, counting.SetOf(query.Votes, query.Exclusions), counting.Counts(query.Exclusions));
        Add(StudyPlots.Alignment(report, SystemA, SystemB), report.CountsSimulated,
            [$"{Figures.Count(report.Images, "image")}, {Figures.Count(report.Raters, "rater")}, {Figures.Count(report.Sheets, "sheet")}", Exclusions.ToWords()]);
    }

    private async Task ReadPicksAsync(ResultsQuery query, CancellationToken cancel)
    {
        var counting = new FormVotes<RecordedPick>(
            [.. (await picks.ListAsync(Study!.StudyId, cancel)).Where(pick => pick.Counts)], await ExcludedAsync(cancel));
        var report = PreferenceReport.Of(
            await picks.ListImagesAsync(Study.StudyId, cancel), counting.Of(query.Votes, query.Exclusions), Study.SystemAId, Study.SystemBId is not null);
        (Votes, Exclusions, Counts) = (report.Votes, counting.SetOf(query.Votes, query.Exclusions), counting.Counts(query.Exclusions));
        Add(StudyPlots.Picks(report, SystemA, SystemB), report.CountsSimulated,
            [$"{Figures.Count(report.Items.Count(item => item.Votes > 0), "prompt")}, {Figures.Count(report.Raters, "rater")}, {Figures.Count(report.Votes, "vote")}", Exclusions.ToWords()]);
    }

    private async Task<Dictionary<long, long>> ExcludedAsync(CancellationToken cancel) =>
        (await exclusions.ListAsync(Study!.StudyId, cancel)).Where(exclusion => exclusion.IsInForce).ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId);

    private void Add(Plot plot, bool simulated, IReadOnlyList<string> basis, Axis? axis = null) =>
        _plots.Add(new SavedPlot { Plot = plot, Study = Study!.Name, Axis = axis?.ToString(), Basis = basis, Simulated = simulated });

    private IReadOnlyList<string> Basis(StudyReport report) =>
    [
        $"{Figures.Count(report.Comparisons.Count, "comparison")}, {Figures.Count(report.Raters, "rater")}, {Figures.Count(report.Votes, "vote")}; {report.Exclusions.ToWords()}; {Planned(report)}",
        .. report.Axes.Select(axis => $"{axis.Axis}: n = {axis.Decisions.Compared}, {axis.Decisions.Reject} rejected; "
            + $"{(axis.Test == PlannedTest.VoteNetWinRate ? "test of the net win rate in votes" : "sign test")}, {(axis.IsInFamily ? "adjusted" : "not planned")}: {Figures.PValue(axis.AdjustedPValue)}"),
    ];

    private string Planned(StudyReport report) => results.Read(report) is { } reading
        ? $"{(reading.IsAsPlanned ? "as planned" : "not as planned")}, plan {reading.Version.Version} {reading.Version.Sha256![..12]}"
        : "no plan locked";
}
