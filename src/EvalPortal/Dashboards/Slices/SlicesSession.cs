using System.Globalization;
using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.Slices;

/// <summary>What the page of a study's slices shows.</summary>
public sealed class SlicesSession(
    ResultsSession results, SliceStore slices, ComparisonStore comparisons, RecordedAnswerStore answers, RecordedPickStore picks, ExclusionStore exclusions)
{
    /// <summary>The study; null when there is none.</summary>
    public Study? Study => results.Study;

    public string SystemA => results.SystemA;

    public string SystemB => results.SystemB;

    /// <summary>The question that is looked at.</summary>
    public Axis Axis { get; private set; }

    /// <summary>The slices, sorted as asked.</summary>
    public SliceReport Report { get; private set; } = default!;

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Votes { get; private set; } = new Dictionary<VoteSource, int>();

    /// <summary>The exclusions that bear on them.</summary>
    public ExclusionSet Exclusions { get; private set; } = default!;

    /// <summary>Reads the study and slices its votes.</summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> ReadAsync(long studyId, SliceQuery query, CancellationToken cancel = default)
    {
        if (!await results.ReadAsync(studyId, cancel))
            return false;
        Axis = AxisOf(Study!, query);
        switch (Study!.Form)
        {
            case StudyForm.Pairs:
                await ReadPairsAsync(query, cancel);
                break;
            case StudyForm.Alignment:
                var sheets = await VotesOfFormAsync(await answers.ReadAsync(studyId, cancel).Where(answer => answer.Counts).ToListAsync(cancel), query, cancel);
                var ofAnswer = await KeyOfFormAsync<RecordedAnswer>(query.By, answer => answer.PromptId, cancel);
                Report = SliceReport.OfAlignment(sheets, Study.SystemAId, Study.SystemBId is not null, ofAnswer, await NamesAsync(query.By, cancel));
                break;
            default:
                var picked = await VotesOfFormAsync((await picks.ListAsync(studyId, cancel)).Where(pick => pick.Counts).ToList(), query, cancel);
                var ofPick = await KeyOfFormAsync<RecordedPick>(query.By, pick => pick.PromptId, cancel);
                Report = SliceReport.OfPreference(
                    await picks.ListImagesAsync(studyId, cancel), picked, Study.SystemAId, Study.SystemBId is not null, ofPick, await NamesAsync(query.By, cancel));
                break;
        }
        return true;
    }

    private async Task ReadPairsAsync(SliceQuery query, CancellationToken cancel)
    {
        Votes = results.Counts(query.Exclusions);
        Exclusions = results.Report(query.Source, query.Exclusions).Exclusions;
        // flaws are named after the vote, which does not change with them
        var flaws = query.By == SliceKind.Flaw ? await slices.CountFlawsAsync(cancel) : 0;
        var key = (nameof(SliceReport), query.By, flaws, Axis, query.Source, query.Exclusions);
        if (results.Find<SliceReport>(key) is { } made)
        {
            Report = made;
            return;
        }
        var names = await NamesAsync(query.By, cancel);
        var promptOf = results.Table.Comparisons.ToDictionary(comparison => comparison.ComparisonId, comparison => comparison.PromptId);
        var keyOf = await KeyOfPairsAsync(query.By, promptOf, cancel);
        Report = results.Keep(key, () => SliceReport.OfPairs(
            results.Table.From(query.Source).Under(query.Exclusions).Votes.Where(vote => vote.Axis == Axis), promptOf, keyOf, names));
    }

    private async Task<Func<CountingVote, string>> KeyOfPairsAsync(SliceKind by, Dictionary<long, long> promptOf, CancellationToken cancel)
    {
        switch (by)
        {
            case SliceKind.Flaw:
                var flaws = await slices.ReadFlawsAsync(Study!.StudyId, cancel);
                return vote => flaws.GetValueOrDefault((vote.ComparisonId, vote.RaterId), VoteQuery.Without);
            case SliceKind.Input:
                return vote => vote.Input?.ToText() ?? VoteQuery.Without;
            case SliceKind.Screen:
                return vote => vote.Screen.ToText();
            default:
                var of = await KeyAsync(by, cancel);
                return vote => of(promptOf[vote.ComparisonId], vote.RaterId);
        }
    }

    private async Task<Func<T, string>> KeyOfFormAsync<T>(SliceKind by, Func<T, long> promptOf, CancellationToken cancel) where T : IJudgement
    {
        if (by is SliceKind.Input or SliceKind.Screen)
        {
            var devices = await slices.ReadDevicesAsync(Study!.StudyId, cancel);
            return by == SliceKind.Input ? vote => devices.GetValueOrDefault(vote.VoteId).Input ?? VoteQuery.Without : vote => devices.GetValueOrDefault(vote.VoteId).Screen.ToText();
        }
        var of = await KeyAsync(by, cancel);
        return vote => of(promptOf(vote), vote.RaterId);
    }

    /// <summary>The slice of a prompt and a rater.</summary>
    private async Task<Func<long, long, string>> KeyAsync(SliceKind by, CancellationToken cancel)
    {
        if (by == SliceKind.Prompt)
            return (prompt, _) => prompt.ToString(CultureInfo.InvariantCulture);
        if (by == SliceKind.Group)
        {
            var groups = await slices.ReadGroupsAsync(Study!.StudyId, cancel);
            return (_, rater) => groups.GetValueOrDefault(rater, RaterGroup.OpenLink.ToText());
        }
        var categories = await slices.ReadCategoriesAsync(Study!.StudyId, cancel);
        return (prompt, _) => categories.GetValueOrDefault(prompt) ?? VoteQuery.Without;
    }

    private async Task<Func<string, string>> NamesAsync(SliceKind by, CancellationToken cancel)
    {
        if (by != SliceKind.Prompt)
            return key => SliceNames.Of(by, key);
        var prompts = (await comparisons.ListPromptsAsync(Study!.StudyId, cancel))
            .ToDictionary(prompt => prompt.PromptId.ToString(CultureInfo.InvariantCulture), prompt => prompt.Text);
        return key => prompts.GetValueOrDefault(key, key);
    }

    private async Task<IReadOnlyList<T>> VotesOfFormAsync<T>(IReadOnlyList<T> counting, SliceQuery query, CancellationToken cancel) where T : IJudgement
    {
        var excluded = (await exclusions.ListAsync(Study!.StudyId, cancel)).Where(exclusion => exclusion.IsInForce)
            .ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId);
        var votes = new FormVotes<T>(counting, excluded);
        (Votes, Exclusions) = (votes.Counts(query.Exclusions), votes.SetOf(query.Source, query.Exclusions));
        return votes.Of(query.Source, query.Exclusions);
    }

    private static Axis AxisOf(Study study, SliceQuery query)
    {
        if (query.By == SliceKind.Flaw && study.Axes.FirstOrDefault(axis => axis.FlawStrip) is { } asking)
            return asking.Axis;
        return study.Axes.Any(axis => axis.Axis == query.Axis) ? query.Axis!.Value : study.Axes[0].Axis;
    }
}
