using System.Collections;
using System.Runtime.InteropServices;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>
/// Votes in the order of <see cref="CountingVote.Compare"/>, in blocks. What is made of other such votes shares the blocks that stay as they are:
/// a new vote costs a block and not a copy of a million, and no array is of the size that is collected seldom.
/// </summary>
internal sealed class SortedVotes : IReadOnlyCollection<CountingVote>
{
    /// <summary>Most votes of a block: 64 kB, where objects are large from 85 on.</summary>
    internal const int Most = 2_000;

    private readonly List<CountingVote[]> _blocks = [];

    private SortedVotes()
    {
    }

    /// <summary>Votes that are in order.</summary>
    public SortedVotes(IEnumerable<CountingVote> votes)
    {
        foreach (var block in votes.Chunk(Most))
            Append(block);
    }

    public int Count { get; private set; }

    /// <summary>The same votes, some of them changed in what the order does not depend on.</summary>
    public SortedVotes Select(Func<CountingVote, CountingVote> change)
    {
        var changed = new SortedVotes();
        foreach (var block in _blocks)
            changed.Append(Array.ConvertAll(block, vote => change(vote)));
        return changed;
    }

    /// <summary>Those of the votes that are wanted.</summary>
    public SortedVotes Where(Func<CountingVote, bool> wanted)
    {
        var some = new SortedVotes();
        foreach (var block in _blocks)
            some.Append(Array.TrueForAll(block, vote => wanted(vote)) ? block : Array.FindAll(block, vote => wanted(vote)));
        return some;
    }

    /// <summary>The same votes but for those on some questions that raters have answered anew.</summary>
    /// <param name="touched">On what, and whose: what is there of these does not count any more.</param>
    /// <param name="votes">Those of the touched that count now, in any order.</param>
    public SortedVotes With(IReadOnlySet<(long ComparisonId, long RaterId, Axis Axis)> touched, IEnumerable<CountingVote> votes)
    {
        var added = new Queue<CountingVote>(votes.Order(Comparer<CountingVote>.Create(CountingVote.Compare)));
        var keys = new Queue<(long, long, Axis)>(touched.Order());
        var changed = new SortedVotes();
        for (var i = 0; i < _blocks.Count; i++)
        {
            var isLast = i == _blocks.Count - 1;
            var isTouched = false;
            for (; keys.TryPeek(out var key) && (isLast || key.CompareTo(Key(_blocks[i + 1][0])) < 0); keys.Dequeue())
                isTouched = true;
            if (isTouched)
                changed.AppendAll(Merge(_blocks[i], touched, added, isLast ? null : _blocks[i + 1][0]));
            else
                changed.Append(_blocks[i]);
        }
        changed.AppendAll([.. added]); // there was no block
        return changed;
    }

    /// <summary>Votes that are in order, by what they have in common.</summary>
    public static IReadOnlyDictionary<string, SortedVotes> GroupBy(IEnumerable<CountingVote> votes, Func<CountingVote, string> keyOf)
    {
        var groups = new Dictionary<string, (SortedVotes Votes, List<CountingVote> Next)>();
        foreach (var vote in votes)
        {
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, keyOf(vote), out var isThere);
            if (!isThere)
                group = (new(), []);
            group.Next.Add(vote);
            if (group.Next.Count < Most)
                continue;
            group.Votes.AppendAll(group.Next);
            group.Next.Clear();
        }
        foreach (var (grouped, next) in groups.Values)
            grouped.AppendAll(next);
        return groups.ToDictionary(group => group.Key, group => group.Value.Votes);
    }

    public IEnumerator<CountingVote> GetEnumerator()
    {
        foreach (var block in _blocks)
        {
            foreach (var vote in block)
                yield return vote;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static List<CountingVote> Merge(
        CountingVote[] block, IReadOnlySet<(long, long, Axis)> touched, Queue<CountingVote> added, CountingVote? end)
    {
        var merged = new List<CountingVote>(block.Length + 1);
        foreach (var vote in block)
        {
            AddUntil(vote);
            if (!touched.Contains(Key(vote)))
                merged.Add(vote);
        }
        AddUntil(end);
        return merged;

        void AddUntil(CountingVote? next)
        {
            while (added.TryPeek(out var vote) && (next is null || CountingVote.Compare(vote, next.Value) < 0))
                merged.Add(added.Dequeue());
        }
    }

    /// <summary>Adds votes that follow, in blocks of about the same size.</summary>
    private void AppendAll(List<CountingVote> votes)
    {
        var blocks = (votes.Count + Most - 1) / Most;
        for (var i = 0; i < blocks; i++)
        {
            var (first, end) = (votes.Count * i / blocks, votes.Count * (i + 1) / blocks);
            Append(CollectionsMarshal.AsSpan(votes)[first..end].ToArray());
        }
    }

    private void Append(CountingVote[] block)
    {
        if (block.Length == 0)
            return;
        _blocks.Add(block);
        Count += block.Length;
    }

    private static (long ComparisonId, long RaterId, Axis Axis) Key(CountingVote vote) => (vote.ComparisonId, vote.RaterId, vote.Axis);

    /// <summary>Takes votes in any order and sorts them.</summary>
    /// <param name="first">The smallest id of a comparison.</param>
    /// <param name="last">The largest.</param>
    /// <param name="about">About how many votes will come.</param>
    public sealed class Builder(long first, long last, long about)
    {
        // A part for every thousand votes, if all comparisons have as many: parts are sorted each for itself.
        private readonly List<CountingVote>?[] _parts = new List<CountingVote>?[Math.Clamp(about / (Most / 2), 1, 1 << 20)];

        public void Add(CountingVote vote)
        {
            var part = (vote.ComparisonId - first) * _parts.Length / (last - first + 1);
            (_parts[Math.Clamp(part, 0, _parts.Length - 1)] ??= []).Add(vote);
        }

        /// <summary>The votes; the builder is empty then.</summary>
        public SortedVotes Build()
        {
            var sorted = new SortedVotes();
            for (var i = 0; i < _parts.Length; i++)
            {
                if (_parts[i] is not { } part)
                    continue;
                part.Sort(CountingVote.Compare);
                sorted.AppendAll(part);
                _parts[i] = null;
            }
            return sorted;
        }
    }
}
