namespace PixelPost.Stats;

/// <summary>
/// How many raters put each unit (a comparison on one axis) into each category. Raters may be missing on any unit.
/// </summary>
/// <remarks>A rater must rate a unit once: two ratings by the same rater would be taken for the agreement of two raters.</remarks>
public sealed class RatingTable
{
    private RatingTable(int categories, Unit[] units) => (Categories, Units) = (categories, units);

    /// <summary>Builds the table.</summary>
    /// <param name="categories">Number of possible categories, at least 2, in their order if they have one; unused ones count.</param>
    /// <param name="ratings">Any number that identifies the unit, and the category from 0 to <paramref name="categories"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two categories, or a category outside them.</exception>
    public RatingTable(int categories, IEnumerable<(long Unit, int Category)> ratings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
        var units = new Dictionary<long, int[]>();
        foreach (var (unit, category) in ratings)
        {
            if (category < 0 || category >= categories)
                throw new ArgumentOutOfRangeException(nameof(ratings), category, $"A category must be from 0 to {categories - 1}.");
            if (!units.TryGetValue(unit, out var counts))
                units.Add(unit, counts = new int[categories]);
            counts[category]++;
        }

        (Categories, Units) = (categories, [.. units.Values.Select(counts => new Unit(counts, counts.Sum()))]);
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

    /// <summary>Every unit with a rating.</summary>
    internal Unit[] Units { get; }

    /// <summary>As many units, drawn with replacement, each with all its ratings.</summary>
    internal RatingTable Resample(Random random)
    {
        var drawn = new Unit[Units.Length];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = Units[random.Next(Units.Length)];
        return new RatingTable(Categories, drawn);
    }

    /// <summary>One unit: the number of ratings in each category, and in all.</summary>
    internal sealed record Unit(int[] Counts, int Ratings)
    {
        /// <summary>Two ratings or more, so that raters can agree or disagree.</summary>
        public bool Pairable => Ratings > 1;
    }

    private static int Category(Outcome outcome) => outcome switch
    {
        Outcome.B => 0,
        Outcome.Tie => 1,
        Outcome.A => 2,
        _ => 3,
    };
}
