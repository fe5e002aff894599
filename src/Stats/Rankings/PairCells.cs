namespace PixelPost.Stats;

/// <summary>
/// The pairs with a vote, sorted by left system, to run through quickly: ordered pairs where a side effect is fitted, else
/// each pair once with the smaller system on the left.
/// </summary>
internal sealed class PairCells
{
    private readonly int[] _cellOf;
    private readonly bool _folded;

    public PairCells(PairTable table, bool folded)
    {
        (Systems, _folded, _cellOf) = (table.Systems, folded, new int[table.Systems * table.Systems]);
        List<int> left = [], right = [];
        for (var i = 0; i < Systems; i++)
        {
            for (var j = folded ? i + 1 : 0; j < Systems; j++)
            {
                _cellOf[i * Systems + j] = left.Count;
                if (i == j || table[i, j].Votes + (folded ? table[j, i].Votes : 0) == 0)
                    continue;
                left.Add(i);
                right.Add(j);
            }
        }

        (Left, Right) = ([.. left], [.. right]);
    }

    public int Systems { get; }

    public int Count => Left.Length;

    public int[] Left { get; }

    public int[] Right { get; }

    /// <summary>Where counts of cells lie, cell × 3 + outcome, for a place in the counts of the table.</summary>
    public int Slot(int tableSlot)
    {
        var (pair, outcome) = Math.DivRem(tableSlot, PairTable.Outcomes);
        var (left, right) = Math.DivRem(pair, Systems);
        return _folded && left > right
            ? _cellOf[right * Systems + left] * PairTable.Outcomes + (PairTable.Outcomes - 1 - outcome)
            : _cellOf[pair] * PairTable.Outcomes + outcome;
    }

    /// <summary>The counts of the table by cell × 3 + outcome.</summary>
    public double[] Counts(PairTable table)
    {
        var counts = new double[Count * PairTable.Outcomes];
        var source = table.Counts;
        for (var slot = 0; slot < source.Length; slot++)
        {
            if (source[slot] > 0)
                counts[Slot(slot)] += source[slot];
        }

        return counts;
    }
}
