using System.Diagnostics;
using Microsoft.Extensions.Caching.Memory;

namespace PixelPost.EvalPortal.Dashboards.Live;

/// <summary>
/// What pages that follow a study read again and again. A reading that takes no time is made at every look; a dear one is shared by all
/// who look, and kept for twice as long as it took, so that however many pages are open it costs a third of a processor at most.
/// </summary>
public sealed class PacedReadings(IMemoryCache cache)
{
    /// <summary>A reading that takes less is made at every look.</summary>
    public static readonly TimeSpan Cheap = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    /// <summary>Reads, or gives what was read last.</summary>
    /// <param name="key">What is read, and of which study.</param>
    /// <param name="longest">The longest that a reading is kept.</param>
    /// <param name="read">Reads.</param>
    public async Task<T> ReadAsync<T>((string What, long StudyId) key, TimeSpan longest, Func<CancellationToken, Task<T>> read, CancellationToken cancel = default)
    {
        var last = Last<T>(key);
        await last.Turn.WaitAsync(cancel);
        try
        {
            if (last.IsDue(longest))
            {
                var began = Stopwatch.GetTimestamp();
                last.Value = await read(cancel);
                (last.Began, last.Took) = (began, Stopwatch.GetElapsedTime(began));
            }
            return last.Value!;
        }
        finally
        {
            last.Turn.Release();
        }
    }

    /// <summary>
    /// The same for what a page can do without for a while: where a reading is dear, what was read last is given at once, and read anew
    /// beside the page, so that nothing else on it waits.
    /// </summary>
    /// <inheritdoc cref="ReadAsync{T}"/>
    public async Task<T> GlanceAsync<T>((string What, long StudyId) key, TimeSpan longest, Func<CancellationToken, Task<T>> read, CancellationToken cancel = default)
    {
        var last = Last<T>(key);
        if (last.Began is null || last.Took < Cheap)
            return await ReadAsync(key, longest, read, cancel);
        if (last.Refreshing is { IsCompleted: true } done)
        {
            last.Refreshing = null;
            await done; // it may have failed
        }
        if (last.IsDue(longest))
            last.Refreshing ??= Task.Run(() => ReadAsync(key, longest, read, CancellationToken.None), CancellationToken.None);
        return last.Value!;
    }

    private LastReading<T> Last<T>((string What, long StudyId) key) => cache.GetOrCreate((nameof(PacedReadings), key), entry =>
    {
        entry.SlidingExpiration = Idle;
        return new LastReading<T>();
    })!;

    private sealed class LastReading<T>
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public T? Value { get; set; }

        /// <summary>Time stamp; null as long as nothing was read.</summary>
        public long? Began { get; set; }

        public TimeSpan Took { get; set; }

        /// <summary>The reading beside the page; null for none.</summary>
        public Task? Refreshing { get; set; }

        public bool IsDue(TimeSpan longest) => Began is null || Stopwatch.GetElapsedTime(Began.Value) - Took >= KeptFor(longest);

        private TimeSpan KeptFor(TimeSpan longest) => Took < Cheap ? TimeSpan.Zero : 2 * Took < longest ? 2 * Took : longest;
    }
}
