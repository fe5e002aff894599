using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>
/// The votes and reports of studies, kept for as long as people look at them. What comes in is added to the votes that are there; reports
/// go with the votes that they are made from.
/// </summary>
public sealed class ReportCache(ResultsStore results, IMemoryCache cache)
{
    /// <summary>So many votes make garbage of tens of megabytes.</summary>
    private const int Many = 100_000;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private readonly ConditionalWeakTable<VoteTable, Reports> _reports = [];

    /// <summary>The study's comparisons and counting votes, as they are now; the same object as long as they are the same.</summary>
    public async Task<VoteTable> ReadVotesAsync(Study study, CancellationToken cancel = default)
    {
        var held = cache.GetOrCreate((nameof(VoteTable), study.StudyId), entry =>
        {
            entry.SlidingExpiration = Idle;
            return new HeldVotes();
        })!;
        await held.Turn.WaitAsync(cancel);
        try
        {
            held.Reading = await results.ReadAsync(study, held.Reading, cancel);
            return held.Reading.Table;
        }
        finally
        {
            held.Turn.Release();
        }
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
    public StudyReport Report(VoteTable votes, VoteSource source, Exclusions exclusions) =>
        Keep(votes, (source, exclusions), () => StudyReport.Of(votes, source, exclusions));

    /// <summary>Anything else that is made of votes which were read from here, made once for as long as they stay the same.</summary>
    /// <param name="key">What is made; no two things that differ may have the same.</param>
    public T Keep<T>(VoteTable votes, object key, Func<T> make) where T : class =>
        (T)_reports.GetOrCreateValue(votes).GetOrAdd(key, _ => new(() => Make(votes, make))).Value;

    /// <summary>What was made of votes; null where it was not.</summary>
    public T? Find<T>(VoteTable votes, object key) where T : class =>
        _reports.TryGetValue(votes, out var made) && made.TryGetValue(key, out var kept) ? (T)kept.Value : null;

    private static T Make<T>(VoteTable votes, Func<T> make)
    {
        var made = make();
        // What was held meanwhile, and what this replaces, has grown old, and the collector comes for the old seldom. It need not be waited for.
        if (votes.Votes.Count >= Many)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        return made;
    }

    /// <summary>Votes as they were last read, by one after the other.</summary>
    private sealed class HeldVotes
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public VoteReading? Reading { get; set; }
    }

    private sealed class Reports : ConcurrentDictionary<object, Lazy<object>>;
}
