using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>A rater whom somebody is about to exclude, and the words for it.</summary>
public sealed class ExclusionDraft
{
    /// <summary>The axis in whose table the rater was chosen.</summary>
    public required Axis Axis { get; init; }

    public required long RaterId { get; init; }

    /// <summary>The flag that proposes it; null without one.</summary>
    public RaterFlagKind? Flag { get; init; }

    /// <summary>Why; at first what the flag says.</summary>
    public string Reason { get; set; } = "";
}

/// <summary>What the page of a study's quality shows, and what is done there.</summary>
public sealed class QualitySession(ResultsSession results, RaterAnswerStore answers, ExclusionStore exclusions)
{
    private IReadOnlyDictionary<long, JudgedRater> _raters = new Dictionary<long, JudgedRater>();

    /// <summary>The study; null when there is none.</summary>
    public Study? Study => results.Study;

    public string SystemA => results.SystemA;

    public string SystemB => results.SystemB;

    /// <summary>All votes of the study, and who is excluded now.</summary>
    public VoteTable Table => results.Table;

    /// <summary>How the raters answered.</summary>
    public RaterQualityReport Quality { get; private set; } = new() { Axes = [] };

    /// <summary>Who voted where the study is not about pairs; empty in pairs.</summary>
    public IReadOnlyList<FormRater> FormRaters { get; private set; } = [];

    /// <summary>The results as if nobody were excluded.</summary>
    public StudyReport Before { get; private set; } = default!;

    /// <summary>The results without the excluded raters.</summary>
    public StudyReport After { get; private set; } = default!;

    /// <summary>How the results without the excluded raters stand to the plan; null where none is locked.</summary>
    public PlanReading? Reading => results.Read(After);

    /// <summary>Raters whom a rule of the plan flags and who are not left out, a sentence for each rule.</summary>
    public IEnumerable<string> FlaggedByPlan =>
        from flag in Quality.Axes.SelectMany(axis => axis.Flags)
        where results.Plan is { } plan && plan.Plan.ExclusionRules.Contains(Exclusion.RuleOf(flag.Kind)) && ExclusionOf(flag.Rater) is null
        group flag.Rater by flag.Kind into rule
        select $"{QualityWords.RuleAtStart(rule.Key)} of the plan flags {Figures.Count(rule.Distinct().Count(), "rater")} whose votes count: {string.Join(", ", rule.Distinct().Select(rater => Rater(rater).Pseudonym))}.";

    /// <summary>Every exclusion, in force and lifted, newest first.</summary>
    public IReadOnlyList<Exclusion> Exclusions { get; private set; } = [];

    /// <summary>What to be alarmed about; see <see cref="ExclusionAlarms"/>.</summary>
    public IReadOnlyList<string> Alarms { get; private set; } = [];

    /// <summary>Whom somebody is about to exclude; null while nobody is asked about.</summary>
    public ExclusionDraft? Draft { get; private set; }

    /// <summary>Why the last thing could not be done; null when it was.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads everything anew.</summary>
    /// <returns>Whether there is such a study.</returns>
    public async Task<bool> ReadAsync(long studyId, VoteSource source, CancellationToken cancel = default)
    {
        if (!await results.ReadAsync(studyId, cancel))
            return false;
        _raters = await answers.ListRatersAsync(studyId, cancel);
        Quality = RaterQualityReport.Of(Table.Axes, await answers.ListAsync(studyId, cancel), source);
        FormRaters = await answers.ListFormRatersAsync(studyId, cancel);
        (Before, After) = (results.Report(source, EvalPortal.Quality.Exclusions.None), results.Report(source, EvalPortal.Quality.Exclusions.Applied));
        var all = await exclusions.ListAsync(studyId, cancel);
        Exclusions = [.. all.Reverse()];
        Alarms = ExclusionAlarms.Of(Table, all);
        return true;
    }

    /// <summary>The rater of an id.</summary>
    public JudgedRater Rater(long raterId) => _raters[raterId];

    /// <summary>The exclusion of a rater that is in force, or null.</summary>
    public Exclusion? ExclusionOf(long raterId) => Exclusions.FirstOrDefault(exclusion => exclusion.RaterId == raterId && exclusion.IsInForce);

    /// <summary>Asks for the reason to exclude a rater, with the words of the first flag on the axis if there is one.</summary>
    public void Ask(AxisQuality axis, long raterId, RaterFlag? flag = null)
    {
        flag ??= axis.Flags.FirstOrDefault(raised => raised.Rater == raterId);
        Draft = new ExclusionDraft { Axis = axis.Axis, RaterId = raterId, Flag = flag?.Kind, Reason = flag?.Sentence ?? "" };
        Problem = null;
    }

    /// <summary>Asks for the reason to exclude a rater of a study that is not about pairs.</summary>
    public void Ask(FormRater rater) => (Draft, Problem) = (new ExclusionDraft { Axis = Study!.Axes[0].Axis, RaterId = rater.RaterId }, null);

    /// <summary>Asks no more.</summary>
    public void Forget() => (Draft, Problem) = (null, null);

    /// <summary>Excludes the rater who was asked about; <see cref="Problem"/> says why where that cannot be.</summary>
    public Task ExcludeAsync(long accountId) => TryAsync(async () =>
        await exclusions.ExcludeAsync(Study!.StudyId, Draft!.RaterId, Draft.Flag, Draft.Reason, accountId));

    /// <summary>Counts an excluded rater again; <see cref="Problem"/> says why where that cannot be.</summary>
    public Task LiftAsync(Exclusion exclusion, long accountId) => TryAsync(() => exclusions.LiftAsync(exclusion.ExclusionId, accountId));

    private async Task TryAsync(Func<Task> change)
    {
        try
        {
            await change();
            Forget();
        }
        catch (RefusedException refused)
        {
            Problem = refused.Message;
        }
    }
}
