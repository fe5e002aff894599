using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.ExclusionSets;

/// <summary>What the page that compares exclusion sets shows.</summary>
public sealed class ExclusionComparisonSession(ResultsSession results, ExclusionStore exclusions)
{
    /// <summary>The study; null when there is none.</summary>
    public Study? Study => results.Study;

    public string SystemA => results.SystemA;

    public string SystemB => results.SystemB;

    /// <summary>What can be compared.</summary>
    public IReadOnlyList<RaterSet> Sets { get; private set; } = [];

    public RaterSet Before { get; private set; } = default!;

    public RaterSet After { get; private set; } = default!;

    public StudyReport ReportBefore { get; private set; } = default!;

    public StudyReport ReportAfter { get; private set; } = default!;

    /// <summary>How many votes there are of each source.</summary>
    public IReadOnlyDictionary<VoteSource, int> Votes => results.Counts(Quality.Exclusions.None);

    /// <summary>Reads both sides.</summary>
    /// <param name="before">Key of a set; one that the study does not have is everybody's votes.</param>
    /// <param name="after">Key of a set; one that the study does not have is without all who are excluded.</param>
    /// <returns>Whether there is such a study of pairs.</returns>
    public async Task<bool> ReadAsync(long studyId, VoteSource source, string? before, string? after, CancellationToken cancel = default)
    {
        if (!await results.ReadAsync(studyId, cancel) || Study!.Form != StudyForm.Pairs)
            return false;
        Sets = RaterSet.Of(await exclusions.ListAsync(studyId, cancel), results.Plan?.Plan.ExclusionRules);
        (Before, After) = (Find(before, RaterSet.Nobody), Find(after, RaterSet.Everybody));
        (ReportBefore, ReportAfter) = (results.Report(source, Before.Key, Before.Excluded), results.Report(source, After.Key, After.Excluded));
        return true;
    }

    private RaterSet Find(string? key, string otherwise) => Sets.FirstOrDefault(set => set.Key == key) ?? Sets.First(set => set.Key == otherwise);
}
