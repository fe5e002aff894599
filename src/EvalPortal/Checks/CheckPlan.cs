namespace PixelPost.EvalPortal.Checks;

/// <summary>What a pair is to the study.</summary>
public enum PairKind
{
    /// <summary>A comparison that votes are wanted on.</summary>
    Item,

    /// <summary>A comparison whose answer is known.</summary>
    Gold,

    /// <summary>An item that the rater has answered, shown the other way round.</summary>
    Repeat,
}

/// <summary>
/// Where a rater's checks stand in a block: drawn anew for every rater and every dozen of pairs, so that nobody can learn to expect
/// them, and the same however often it is asked. A check is never the first or the last of its dozen nor beside another one, so that
/// no two checks meet.
/// </summary>
/// <param name="checks">How many checks there are.</param>
/// <param name="sessionId">The rater in the study.</param>
/// <param name="block">The block.</param>
public sealed class CheckPlan(StudyChecks checks, long sessionId, int block)
{
    /// <summary>Pairs that a check is drawn among.</summary>
    public const int Dozen = 12;

    /// <summary>A repeat comes at least so many pairs after the one that it repeats.</summary>
    public const int RepeatDistance = 6;

    private readonly Dictionary<int, PairKind[]> _dozens = [];

    /// <summary>What a pair is to be.</summary>
    /// <param name="index">Its place among the rater's pairs of the block, from 0.</param>
    public PairKind KindAt(int index)
    {
        if (checks.PerDozen == 0)
            return PairKind.Item;
        var dozen = index / Dozen;
        if (!_dozens.TryGetValue(dozen, out var kinds))
            _dozens[dozen] = kinds = Draw(dozen);
        return kinds[index % Dozen];
    }

    /// <summary>The checks that stand among items to come, were there gold enough.</summary>
    /// <param name="index">Place of the next pair in the block, from 0.</param>
    /// <param name="items">Items to come.</param>
    public IReadOnlyList<PairKind> Among(int index, int items)
    {
        var found = new List<PairKind>();
        while (items > 0)
        {
            if (KindAt(index++) is not PairKind.Item and var kind)
                found.Add(kind);
            else
                items--;
        }
        return found;
    }

    private PairKind[] Draw(int dozen)
    {
        // A hash of our own: the one of the framework differs from run to run.
        var random = new Random(unchecked((int)(sessionId * 1_000_003 + block * 8_191 + dozen * 131)));
        int[] places;
        do
        {
            places = Enumerable.Range(1, Dozen - 2).ToArray();
            random.Shuffle(places);
            places = places[..checks.PerDozen];
        }
        while (!Fits(places, dozen));

        var kinds = new PairKind[Dozen];
        for (var i = 0; i < places.Length; i++)
            kinds[places[i]] = i < checks.RepeatsPerDozen ? PairKind.Repeat : PairKind.Gold;
        return kinds;
    }

    /// <summary>Whether no two are neighbours, and the first dozen has its repeats when there is something to repeat.</summary>
    private bool Fits(int[] places, int dozen) =>
        places.All(place => !places.Contains(place + 1))
        && (dozen > 0 || places.Take(checks.RepeatsPerDozen).All(place => place >= RepeatDistance));
}
