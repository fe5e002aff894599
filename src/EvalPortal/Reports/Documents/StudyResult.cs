using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>A study's numbers, by the same functions as on its results page.</summary>
internal sealed record StudyResult
{
    public required StudyData Data { get; init; }

    public required ResultView View { get; init; }

    /// <summary>Null in other forms.</summary>
    public StudyReport? Pairs { get; init; }

    /// <summary>Null in other forms.</summary>
    public AlignmentReport? Alignment { get; init; }

    /// <summary>Null in other forms.</summary>
    public PreferenceReport? Preference { get; init; }

    /// <summary>How it stands to the plan; null where none is locked.</summary>
    public PlanReading? Reading { get; init; }

    /// <summary>What exclusions leave out of the votes, or would.</summary>
    public required ExclusionSet Left { get; init; }

    /// <summary>For each excluded rater the votes that bear on the result.</summary>
    public required IReadOnlyDictionary<long, int> VotesOfExcluded { get; init; }

    /// <summary>Votes that say that what is no pair could not be judged; null where nobody knows, and for pairs.</summary>
    public int? Rejected { get; init; }

    /// <summary>The plan in force; null where none is locked.</summary>
    public AnalysisPlan? Plan => Data.Plans is [.., var last] ? last.Plan : null;

    /// <summary>The level of tests against a margin.</summary>
    public double Significance => Plan?.Significance ?? 0.05;

    /// <summary>Votes that are counted.</summary>
    public int Votes => Pairs?.Votes ?? Alignment?.Sheets ?? Preference!.Votes;

    public bool CountsSimulated => Pairs?.CountsSimulated ?? Alignment?.CountsSimulated ?? Preference!.CountsSimulated;

    /// <summary>The two systems as rows are headed, with the study where another one has the same.</summary>
    public string Comparison { get; private init; } = "";

    /// <summary>Computes the numbers of linked studies, or of one.</summary>
    public static IReadOnlyList<StudyResult> Of(IReadOnlyList<StudyData> studies, ResultView view)
    {
        var shared = studies.SelectMany(data => data.Study.Axes.Select(axis => (Systems(data), axis.Axis))).CountBy(one => one).Where(one => one.Value > 1).Select(one => one.Key.Item1).ToHashSet();
        return [.. studies.Select(data => Of(data, view) with { Comparison = shared.Contains(Systems(data)) ? $"{Systems(data)} ({data.Study.Name})" : Systems(data) })];
    }

    private static string Systems(StudyData data) => data.SystemB.Length == 0 ? data.SystemA : $"{data.SystemA} vs. {data.SystemB}";

    private static StudyResult Of(StudyData data, ResultView view) => data.Study.Form switch
    {
        StudyForm.Alignment => OfAnswers(data, view),
        StudyForm.Preference => OfPicks(data, view),
        _ => OfPairs(data, view),
    };

    private static StudyResult OfPairs(StudyData data, ResultView view)
    {
        var report = StudyReport.Of(data.Pairs, view.Source, view.Exclusions);
        if (data.Plans is [.., { Plan: var plan }])
        {
            report = data.Linked is { } linked
                ? report.Under(plan, plan.WithLinked ? [.. linked.Select(table => StudyReport.Of(table, view.Source, view.Exclusions))] : [])
                : report.Under(plan, []);
        }
        return new StudyResult
        {
            Data = data,
            View = view,
            Pairs = report,
            Left = report.Exclusions,
            VotesOfExcluded = Counted(data.Pairs.From(view.Source).Votes.Select(vote => vote.RaterId), data),
            Reading = Read(data, view, data.Pairs.Axes, axis => report.Axes.Single(one => one.Axis == axis).Decisions.Compared),
        };
    }

    private static StudyResult OfAnswers(StudyData data, ResultView view)
    {
        var votes = new FormVotes<RecordedAnswer>(data.Answers, data.Excluded);
        var plan = data.Plans is [.., var last] ? last.Plan : null;
        var margin = view.Margin ?? plan?.Margin ?? AlignmentReport.UsualMargin;
        var report = AlignmentReport.Of(
            votes.Of(view.Source, view.Exclusions), data.Study.SystemAId, data.Study.SystemBId is not null, margin, plan?.Significance ?? 0.05);
        return OfForm(data, view, votes) with { Alignment = report, Reading = Read(data, view, [Axis.Alignment], _ => report.Images) };
    }

    private static StudyResult OfPicks(StudyData data, ResultView view)
    {
        var votes = new FormVotes<RecordedPick>(data.Picks, data.Excluded);
        var report = PreferenceReport.Of(data.Images, votes.Of(view.Source, view.Exclusions), data.Study.SystemAId, data.Study.SystemBId is not null);
        return OfForm(data, view, votes) with { Preference = report, Reading = Read(data, view, [Axis.Preference], _ => report.Items.Count(item => item.Votes > 0)) };
    }

    private static StudyResult OfForm<T>(StudyData data, ResultView view, FormVotes<T> votes) where T : IJudgement => new()
    {
        Data = data,
        View = view,
        Left = votes.SetOf(view.Source, view.Exclusions),
        VotesOfExcluded = Counted(votes.Of(view.Source, Exclusions.None).DistinctBy(row => row.VoteId).Select(row => row.RaterId), data),
        Rejected = data.Rejected?.Count(vote => view.Source.Includes(vote.Simulated) && (view.Exclusions == Exclusions.None || !data.Excluded.ContainsKey(vote.RaterId))),
    };

    private static PlanReading? Read(StudyData data, ResultView view, IReadOnlyList<Axis> asked, Func<Axis, int> compared)
    {
        if (data.Plans is not [.., var plan])
            return null;
        var reading = PlanReading.Of(plan, asked, compared, view.Source, view.Exclusions, data.Exclusions ?? []);
        return data.Linked is null
            ? reading with { Departures = [.. reading.Departures, "The planned family has the questions of linked studies too, which are not at hand: the adjustment is over this study alone."] }
            : reading;
    }

    private static Dictionary<long, int> Counted(IEnumerable<long> raters, StudyData data) =>
        raters.Where(data.Excluded.ContainsKey).CountBy(rater => rater).ToDictionary();
}

/// <summary>Which of the votes a report counts, as the results page says in its address.</summary>
/// <param name="Source">Whose.</param>
/// <param name="Exclusions">What is done about excluded raters.</param>
/// <param name="Margin">The largest lag in alignment rate that does not matter; null for the plan's, or the usual one.</param>
internal sealed record ResultView(VoteSource Source, Exclusions Exclusions, double? Margin = null)
{
    /// <summary>The same votes with the other choice about excluded raters.</summary>
    public ResultView Other => this with { Exclusions = Exclusions == Exclusions.Applied ? Exclusions.None : Exclusions.Applied };

    /// <summary>People's votes where there are any among the studies, else simulated ones.</summary>
    public static VoteSource SourceOf(IEnumerable<StudyData> studies) =>
        studies.Any(data => data.Pairs.Votes.Any(vote => !vote.Simulated) || data.Answers.Any(answer => !answer.Simulated) || data.Picks.Any(pick => !pick.Simulated))
        || !studies.Any(data => data.Pairs.HasSimulated || data.Answers.Count + data.Picks.Count > 0)
            ? VoteSource.Real : VoteSource.Simulated;
}
