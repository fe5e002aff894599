using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
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
public sealed class QualitySession(
    ResultsSession results, RaterAnswerStore answers, FormAnswerStore forms, RecordedPickStore picks, ProgressStore progress, ExclusionStore exclusions)
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

    /// <summary>How the raters answered where the study is not about pairs; null in pairs, and without a vote.</summary>
    public FormQuality? Form { get; private set; }

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Votes { get; private set; } = new Dictionary<VoteSource, int>();

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

    /// <summary>What to be alarmed about; see <see cref="ExclusionAlarms"/> and <see cref="BlockAlarms"/>.</summary>
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
        var all = await exclusions.ListAsync(studyId, cancel);
        Exclusions = [.. all.Reverse()];
        // what was asked for at the start, without votes on top of close ones, so that blocks never move
        var wanted = (await progress.ListAsync(studyId, cancel)).ToDictionary(axis => axis.Axis, axis => axis.Comparisons * Study!.VotesPerComparison);
        if (Study!.Form == StudyForm.Pairs)
            await ReadPairsAsync(source, wanted, cancel);
        else
            await ReadFormAsync(source, wanted.GetValueOrDefault(Study.Axes[0].Axis), cancel);
        return true;
    }

    private async Task ReadPairsAsync(VoteSource source, Dictionary<Axis, int> wanted, CancellationToken cancel)
    {
        var given = await answers.ListAsync(Study!.StudyId, cancel);
        Quality = Of(source);
        Votes = Table.Counts(EvalPortal.Quality.Exclusions.None);
        (Before, After) = (results.Report(source, EvalPortal.Quality.Exclusions.None), results.Report(source, EvalPortal.Quality.Exclusions.Applied));
        var people = source == VoteSource.Real ? Quality : Of(VoteSource.Real);
        Alarms = AlarmsOf(Table.From(VoteSource.Real).Votes.Select(vote => vote.RaterId), [.. people.Axes.Select(axis => (axis.Axis.ToText(), axis.Course))]);

        RaterQualityReport Of(VoteSource source) =>
            RaterQualityReport.Of(Table.Axes, given, source, wanted.ToDictionary(axis => axis.Key, axis => WantedOf(source, axis.Value)));
    }

    private async Task ReadFormAsync(VoteSource source, int wanted, CancellationToken cancel)
    {
        var votes = await forms.ListVotesAsync(Study!.StudyId, cancel);
        Votes = Enum.GetValues<VoteSource>().ToDictionary(of => of, of => votes.Count(vote => of.Includes(vote.Simulated)));
        var isAlignment = Study.Form == StudyForm.Alignment;
        var sheets = isAlignment ? await forms.ListAnswersAsync(Study.StudyId, cancel) : [];
        var picked = isAlignment ? [] : await forms.ListPicksAsync(Study.StudyId, cancel);
        var images = isAlignment ? [] : await picks.ListImagesAsync(Study.StudyId, cancel);
        Form = Of(source);
        var people = source == VoteSource.Real ? Form : Of(VoteSource.Real);
        Alarms = AlarmsOf(
            votes.Where(vote => !vote.Simulated).Select(vote => vote.RaterId), people is null ? [] : [(Study.Axes[0].Axis.ToText(), people.Course)]);

        FormQuality? Of(VoteSource source)
        {
            List<FormVote> own = [.. votes.Where(vote => source.Includes(vote.Simulated))];
            return own.Count == 0 ? null
                : isAlignment ? AlignmentQuality.Of(own, sheets, Study.SystemAId, Study.SystemBId is not null, WantedOf(source, wanted))
                : PreferenceQuality.Of(own, picked, images, Study.SystemAId, Study.SystemBId is not null, WantedOf(source, wanted));
        }
    }

    /// <summary>People and simulated raters have as many places.</summary>
    private static int WantedOf(VoteSource source, int wanted) => source == VoteSource.Both ? 2 * wanted : wanted;

    private IReadOnlyList<string> AlarmsOf(IEnumerable<long> ratersOfVotes, IReadOnlyList<(string, StudyCourse)> courses) =>
        [.. ExclusionAlarms.Of(ratersOfVotes.CountBy(rater => rater).ToDictionary(), Exclusions), .. BlockAlarms.Of(courses, Study!.Axes.Count, Exclusions)];

    /// <summary>The rater of an id.</summary>
    public JudgedRater Rater(long raterId) => _raters[raterId];

    /// <summary>The exclusion of a rater that is in force, or null.</summary>
    public Exclusion? ExclusionOf(long raterId) => Exclusions.FirstOrDefault(exclusion => exclusion.RaterId == raterId && exclusion.IsInForce);

    /// <summary>Asks for the reason to exclude a rater, with the words of the first flag if there is one.</summary>
    /// <param name="axis">The axis in whose table the rater was chosen.</param>
    /// <param name="flags">Those raised on it.</param>
    /// <param name="raterId">Whom to exclude.</param>
    /// <param name="flag">The flag to exclude for; left out, the rater's first.</param>
    public void Ask(Axis axis, IEnumerable<RaterFlag> flags, long raterId, RaterFlag? flag = null)
    {
        flag ??= flags.FirstOrDefault(raised => raised.Rater == raterId);
        Draft = new ExclusionDraft { Axis = axis, RaterId = raterId, Flag = flag?.Kind, Reason = flag?.Sentence ?? "" };
        Problem = null;
    }

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
