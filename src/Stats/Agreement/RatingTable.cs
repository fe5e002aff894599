namespace PixelPost.Stats;

/// <summary>
/// How many raters put each unit (a comparison on one axis) into each category. Raters may be missing on any unit.
/// </summary>
/// <remarks>A rater must rate a unit once: two ratings by the same rater would be taken for the agreement of two raters.</remarks>
public sealed class RatingTable
{
    private readonly int[] _counts; // [unit, category]
    private readonly int[] _sizes;
    private readonly double[] _agreements;
    private (RatingTable Kinds, int[] KindOf)? _kinds; // asked for by every coefficient of the table

    /// <summary>Builds the table.</summary>
    /// <param name="categories">Number of possible categories, at least 2, in their order if they have one; unused ones count.</param>
    /// <param name="ratings">Any number that identifies the unit, and the category from 0 to <paramref name="categories"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two categories, or a category outside them.</exception>
    public RatingTable(int categories, IEnumerable<(long Unit, int Category)> ratings)
        : this(categories, Counted(categories, ratings))
    {
    }

    private RatingTable(int categories, int[] counts)
    {
        (Categories, _counts) = (categories, counts);
        _sizes = new int[counts.Length / categories];
        _agreements = new double[_sizes.Length];
        for (var unit = 0; unit < Units; unit++)
        {
            foreach (var n in Counts(unit))
            {
                _sizes[unit] += n;
                _agreements[unit] += n * (n - 1.0);
            }

            if (Pairable(unit))
                _agreements[unit] /= _sizes[unit] * (_sizes[unit] - 1.0);
        }
    }

    /// <summary>Votes as the four categories b, tie, a, reject: for an axis on which raters may reject.</summary>
    public static RatingTable OfOutcomes(IEnumerable<(long Comparison, Outcome Outcome)> votes) =>
        new(4, votes.Select(vote => (vote.Comparison, Category(vote.Outcome))));

    /// <summary>
    /// Votes as the three ordered categories b &lt; tie &lt; a, rejects left out as missing: for ordinal agreement, and for an
    /// axis on which raters may not reject.
    /// </summary>
    public static RatingTable OfPreferences(IEnumerable<(long Comparison, Outcome Outcome)> votes) =>
        new(3, votes.Where(vote => vote.Outcome != Outcome.Reject).Select(vote => (vote.Comparison, Category(vote.Outcome))));

    /// <summary>Number of possible categories.</summary>
    public int Categories { get; }

    /// <summary>Number of units with a rating.</summary>
    public int Units => _sizes.Length;

    /// <summary>Number of units with two ratings or more, on which raters can agree or disagree.</summary>
    public int PairableUnits => _sizes.Count(size => size > 1);

    /// <summary>Number of ratings of all units.</summary>
    public int Ratings => _sizes.Sum();

    /// <summary>The number of ratings of a unit in each category.</summary>
    internal ReadOnlySpan<int> Counts(int unit) => _counts.AsSpan(unit * Categories, Categories);

    /// <summary>m, the number of ratings of a unit.</summary>
    internal int Size(int unit) => _sizes[unit];

    /// <summary>Two ratings or more.</summary>
    internal bool Pairable(int unit) => _sizes[unit] > 1;

    /// <summary>Σ n_k(n_k − 1) / (m(m − 1)), the share of a pairable unit's pairs of raters that agree.</summary>
    internal double PairAgreement(int unit) => _agreements[unit];

    /// <summary>Every unit once, as weights of the units.</summary>
    internal int[] Once()
    {
        var weights = new int[Units];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>A table with one unit of each kind, which is to have the same counts, and the kind of every unit.</summary>
    internal (RatingTable Kinds, int[] KindOf) Kinds() => _kinds ??= FindKinds();

    private (RatingTable Kinds, int[] KindOf) FindKinds()
    {
        var (kindOf, firsts) = KindDraws.Group(Enumerable.Range(0, Units), new SameCounts(this));
        return (new RatingTable(Categories, [.. firsts.SelectMany(unit => Counts(unit).ToArray())]), kindOf);
    }

    private static int[] Counted(int categories, IEnumerable<(long Unit, int Category)> ratings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
        _ = ratings.TryGetNonEnumeratedCount(out var most);
        var places = new Dictionary<long, int>(most / 2);
        var counts = new List<int>(most / 2 * categories);
        var none = new int[categories];
        foreach (var (unit, category) in ratings)
        {
            if (category < 0 || category >= categories)
                throw new ArgumentOutOfRangeException(nameof(ratings), category, $"A category must be from 0 to {categories - 1}.");
            if (!places.TryGetValue(unit, out var place))
            {
                places.Add(unit, place = counts.Count);
                counts.AddRange(none);
            }

            counts[place + category]++;
        }

        return [.. counts];
    }

    private sealed class SameCounts(RatingTable table) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => table.Counts(x).SequenceEqual(table.Counts(y));

        public int GetHashCode(int obj)
        {
            var hash = new HashCode();
            foreach (var count in table.Counts(obj))
                hash.Add(count);
            return hash.ToHashCode();
        }
    }

    private static int Category(Outcome outcome) => outcome switch
    {
        Outcome.B => 0,
        Outcome.Tie => 1,
        Outcome.A => 2,
        _ => 3,
    };
}
