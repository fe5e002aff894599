namespace PixelPost.Stats;

/// <summary>
/// Resamples of cases of which many are alike: as many cases as there are, drawn with replacement and told by how often each kind
/// came. Where kinds are few, a resample costs the number of kinds, whatever the number of cases.
/// </summary>
internal sealed class KindDraws
{
    // A binomial draw takes about as long as this many cases drawn one by one.
    private const int CasesPerBinomial = 5;

    private readonly int[] _kindOf;
    private readonly int[] _times;
    private readonly int[] _drawn;

    /// <param name="kindOf">The kind of each case, counted from 0.</param>
    /// <param name="kinds">Number of kinds, each with a case.</param>
    public KindDraws(int[] kindOf, int kinds)
    {
        (_kindOf, _times, _drawn) = (kindOf, new int[kinds], new int[kinds]);
        foreach (var kind in kindOf)
            _times[kind]++;
    }

    /// <summary>Numbers cases by kind: equal cases are of one kind.</summary>
    public static (int[] KindOf, List<T> Kinds) Group<T>(IEnumerable<T> cases, IEqualityComparer<T>? comparer = null)
        where T : notnull
    {
        Dictionary<T, int> numbers = new(comparer);
        List<T> kinds = [];
        List<int> kindOf = [];
        foreach (var item in cases)
        {
            if (!numbers.TryGetValue(item, out var kind))
            {
                numbers.Add(item, kind = kinds.Count);
                kinds.Add(item);
            }

            kindOf.Add(kind);
        }

        return ([.. kindOf], kinds);
    }

    /// <summary>How often each kind comes in a resample. Valid until the next one.</summary>
    public ReadOnlySpan<int> Draw(Random random)
    {
        if (_kindOf.Length < CasesPerBinomial * _times.Length)
        {
            Array.Clear(_drawn);
            for (var draw = 0; draw < _kindOf.Length; draw++)
                _drawn[_kindOf[random.Next(_kindOf.Length)]]++;
        }
        else
        {
            DrawMultinomial(random);
        }

        return _drawn;
    }

    /// <summary>A multinomial draw, kind by kind: each is binomial given those before it.</summary>
    private void DrawMultinomial(Random random)
    {
        var (draws, cases) = (_kindOf.Length, _kindOf.Length);
        for (var kind = 0; kind < _times.Length; kind++)
        {
            _drawn[kind] = cases == _times[kind] ? draws : BinomialDraws.Next(random, draws, (double)_times[kind] / cases);
            draws -= _drawn[kind];
            cases -= _times[kind];
        }
    }
}
