using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Dashboards.VoteLists;

/// <summary>What the list of a study's votes shows.</summary>
public sealed class VoteListSession(StudyStore studies, SystemStore systems, VoteListStore votes, ExclusionStore exclusions)
{
    private HashSet<long> _excluded = [];

    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public string SystemA { get; private set; } = "";

    /// <summary>Empty where the study is about one system.</summary>
    public string SystemB { get; private set; } = "";

    public VotePage Page { get; private set; } = new([], HasNewer: false, HasOlder: false);

    public IReadOnlyList<string> Categories { get; private set; } = [];

    /// <summary>Reads a page.</summary>
    /// <returns>Whether there is such a study.</returns>
    public async Task<bool> ReadAsync(long studyId, VoteQuery query, CancellationToken cancel = default)
    {
        Study = await studies.FindAsync(studyId, cancel);
        if (Study is null)
            return false;
        SystemA = (await systems.FindAsync(Study.SystemAId, cancel))!.Name;
        SystemB = Study.SystemBId is { } other ? (await systems.FindAsync(other, cancel))!.Name : "";
        Page = await votes.ListAsync(Study, query, cancel);
        Categories = await votes.ListCategoriesAsync(studyId, cancel);
        _excluded = [.. (await exclusions.ListAsync(studyId, cancel)).Where(exclusion => exclusion.IsInForce).Select(exclusion => exclusion.RaterId)];
        return true;
    }

    /// <summary>Whether the rater of a vote is excluded.</summary>
    public bool IsExcluded(RecordedVote vote) => _excluded.Contains(vote.RaterId);
}
