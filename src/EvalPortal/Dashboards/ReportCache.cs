using System.Runtime.CompilerServices;
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

    /// <summary>The rankings of linked studies of pairs, by the votes that they have now.</summary>
    public async Task<IReadOnlyList<Leaderboard>> RankAsync(IReadOnlyList<Study> studies, IReadOnlyDictionary<long, string> names, CancellationToken cancel = default)
    {
        var linked = new List<(Study Study, VoteTable Table)>();
        foreach (var study in studies)
            linked.Add((study, await ReadVotesAsync(study, cancel)));
        var key = string.Join(' ', linked.Select(one => $"{one.Study.StudyId} {RuntimeHelpers.GetHashCode(one.Table.Votes)} {one.Table.Votes.Count}"));
        return cache.GetOrCreate((nameof(Leaderboard), key), entry =>
        {
            entry.SlidingExpiration = Idle;
            return Leaderboard.Of(linked, names);
        })!;
    }

    /// <summary>The report on votes that were read from here; on the very same object it is computed once.</summary>
    public StudyReport Report(VoteTable votes, VoteSource source, Exclusions exclusions) => cache.GetOrCreate((votes, source, exclusions), entry =>
    {
        entry.SlidingExpiration = Idle;
        return StudyReport.Of(votes, source, exclusions);
    })!;
}
