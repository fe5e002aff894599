using System.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Who beat whom at least once, as rows of bits. Kept and filled again for each resample, so one thread at a time.
/// </summary>
internal sealed class BeatGraph(int systems)
{
    private const int WordBits = 64;

    private readonly int _words = (systems + WordBits - 1) / WordBits;
    private readonly ulong[] _beat = new ulong[systems * ((systems + WordBits - 1) / WordBits)];
    private readonly ulong[] _lostTo = new ulong[systems * ((systems + WordBits - 1) / WordBits)];
    private readonly ulong[] _reached = new ulong[(systems + WordBits - 1) / WordBits];
    private readonly int[] _stack = new int[systems];

    /// <summary>Takes the wins from counts; with <paramref name="tiesCount"/> a tie is a win of each over the other.</summary>
    public void Fill(PairCells cells, double[] counts, bool tiesCount)
    {
        Array.Clear(_beat);
        Array.Clear(_lostTo);
        for (int cell = 0, slot = 0; cell < cells.Count; cell++, slot += PairTable.Outcomes)
        {
            var tied = tiesCount && counts[slot + 1] > 0;
            if (tied || counts[slot] > 0)
                Add(cells.Left[cell], cells.Right[cell]);
            if (tied || counts[slot + 2] > 0)
                Add(cells.Right[cell], cells.Left[cell]);
        }
    }

    /// <summary>Whether a chain of wins leads from every system to every other (Ford 1957).</summary>
    public bool IsStronglyConnected() => Reach(0, _beat, []) == systems && Reach(0, _lostTo, []) == systems;

    /// <summary>For each system the number of its component: the systems that chains of wins join both ways.</summary>
    public int[] Components() => Label(system =>
    {
        Reach(system, _beat, []);
        var above = (ulong[])_reached.Clone();
        Reach(system, _lostTo, []);
        return [.. above.Zip(_reached, (a, b) => a & b)];
    });

    /// <summary>For each system the number of its group: the systems that comparisons join, whoever won.</summary>
    public int[] Groups() => Label(system =>
    {
        Reach(system, _beat, _lostTo);
        return [.. _reached];
    });

    /// <summary>Whether some member of the component lost to a system outside it.</summary>
    public bool LosesOutside(int[] components, int component) => Leaves(_lostTo, components, component);

    /// <summary>Whether some member of the component beat a system outside it.</summary>
    public bool WinsOutside(int[] components, int component) => Leaves(_beat, components, component);

    private bool Leaves(ulong[] rows, int[] components, int component)
    {
        for (var from = 0; from < systems; from++)
        {
            for (var to = 0; components[from] == component && to < systems; to++)
            {
                if (components[to] != component && IsSet(rows.AsSpan(from * _words, _words), to))
                    return true;
            }
        }

        return false;
    }

    private void Add(int winner, int loser)
    {
        Set(_beat.AsSpan(winner * _words, _words), loser);
        Set(_lostTo.AsSpan(loser * _words, _words), winner);
    }

    /// <summary>Fills <see cref="_reached"/> with what the rows (and the other rows, if any) lead to, and counts it.</summary>
    private int Reach(int from, ulong[] rows, ulong[] otherRows)
    {
        Array.Clear(_reached);
        Set(_reached, from);
        _stack[0] = from;
        var (waiting, count) = (1, 1);
        while (waiting > 0)
        {
            var first = _stack[--waiting] * _words;
            for (var word = 0; word < _words; word++)
            {
                var next = (rows[first + word] | (otherRows.Length > 0 ? otherRows[first + word] : 0)) & ~_reached[word];
                _reached[word] |= next;
                for (; next != 0; next &= next - 1, count++)
                    _stack[waiting++] = word * WordBits + BitOperations.TrailingZeroCount(next);
            }
        }

        return count;
    }

    private int[] Label(Func<int, ulong[]> members)
    {
        var labels = Enumerable.Repeat(-1, systems).ToArray();
        var label = 0;
        for (var system = 0; system < systems; system++)
        {
            if (labels[system] >= 0)
                continue;
            var bits = members(system);
            for (var other = 0; other < systems; other++)
            {
                if (IsSet(bits, other))
                    labels[other] = label;
            }

            label++;
        }

        return labels;
    }

    private static void Set(Span<ulong> bits, int index) => bits[index / WordBits] |= 1UL << (index % WordBits);

    private static bool IsSet(ReadOnlySpan<ulong> bits, int index) => (bits[index / WordBits] >> (index % WordBits) & 1) != 0;
}
