using System.Collections.Concurrent;
using System.Diagnostics;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>
/// How many tasks of each block have a place free: for the length of the way that a rater sees before them. While they are many, a
/// count is used again for a second, by all raters of the study; while they are few, it is made each time.
/// </summary>
internal sealed class FreeTaskCounts
{
    /// <summary>Up to so many are counted each time, which takes little, and matters to who is nearly done.</summary>
    private const int Few = 100;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(long Study, int Block, bool Simulated), Count> _counts = new();

    /// <summary>How many tasks of a block have a place free; one more than <paramref name="most"/> stands for all above.</summary>
    /// <param name="count">Counts up to one more than <paramref name="most"/>.</param>
    public async Task<int> CountAsync(TaskSearch.Rater rater, int block, int most, Func<Task<int>> count)
    {
        var key = (rater.StudyId, block, rater.Simulated);
        if (_counts.TryGetValue(key, out var known) && Stopwatch.GetElapsedTime(known.At) < Fresh && (known.Free <= known.Most || most <= known.Most))
            return Math.Min(known.Free, most + 1);
        var free = await count();
        if (free > Few)
            _counts[key] = new Count(free, most, Stopwatch.GetTimestamp());
        else
            _counts.TryRemove(key, out _);
        return free;
    }

    private sealed record Count(int Free, int Most, long At);
}
