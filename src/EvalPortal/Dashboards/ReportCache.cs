using Microsoft.Extensions.Caching.Memory;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>The votes and reports of studies, kept for as long as people look at them, no vote comes in and nobody is excluded.</summary>
public sealed class ReportCache(ResultsStore results, IMemoryCache cache)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    /// <summary>The study's comparisons and counting votes, as they are now.</summary>
    public async Task<VoteTable> ReadVotesAsync(Study study, CancellationToken cancel = default)
    {
        var stamp = await results.ReadStampAsync(study.StudyId, cancel);
        return (await cache.GetOrCreateAsync((nameof(VoteTable), study.StudyId, stamp), entry =>
        {
            entry.SlidingExpiration = Idle;
            return results.ReadAsync(study, cancel);
        }))!;
    }

    /// <summary>The report on votes that were read from here; on the very same object it is computed once.</summary>
    public StudyReport Report(VoteTable votes, VoteSource source, Exclusions exclusions) => cache.GetOrCreate((votes, source, exclusions), entry =>
    {
        entry.SlidingExpiration = Idle;
        return StudyReport.Of(votes, source, exclusions);
    })!;
}
