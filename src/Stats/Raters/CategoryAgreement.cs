namespace PixelPost.Stats;

/// <summary>An answer that is one of several without an order, such as yes, no and can't tell, or one of five images.</summary>
/// <param name="Rater">Identifies the rater.</param>
/// <param name="Unit">Identifies what was asked; a rater answers it once.</param>
/// <param name="Category">Number of the answer, from 0.</param>
public readonly record struct CategoryAnswer(long Rater, long Unit, int Category);

/// <summary>Agreement of each rater with the majority of the others, as <see cref="MajorityAgreement"/>, for answers of any number.</summary>
public static class CategoryAgreement
{
    /// <summary>Every rater's agreement, over the units on which the other raters have a majority.</summary>
    /// <param name="categories">Number of possible answers, at least 2.</param>
    /// <param name="answers">At most one of a rater on a unit.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static IReadOnlyDictionary<long, RaterRate> ByRater(
        int categories, IReadOnlyCollection<CategoryAnswer> answers, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var tallies = new Dictionary<long, (int Hits, int Cases)>();
        foreach (var (answer, agrees) in answers.Zip(OfEach(categories, answers)))
        {
            var (hits, cases) = tallies.GetValueOrDefault(answer.Rater);
            tallies[answer.Rater] = agrees is { } hit ? (hits + (hit ? 1 : 0), cases + 1) : (hits, cases);
        }

        return RaterRates.Compare(tallies, "On nothing that this rater answered do the other raters have a majority.", level);
    }

    /// <summary>Whether each answer is that of most other raters, in the order of the answers; null where they have no majority.</summary>
    /// <inheritdoc cref="ByRater"/>
    public static bool?[] OfEach(int categories, IReadOnlyCollection<CategoryAnswer> answers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
        var places = new Dictionary<long, int>();
        foreach (var answer in answers)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(answer.Category, nameof(answers));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(answer.Category, categories, nameof(answers));
            places.TryAdd(answer.Unit, places.Count);
        }

        var counts = new int[places.Count * categories];
        foreach (var answer in answers)
            counts[places[answer.Unit] * categories + answer.Category]++;

        var (agrees, place) = (new bool?[answers.Count], 0);
        foreach (var answer in answers)
        {
            var unit = counts.AsSpan(places[answer.Unit] * categories, categories);
            unit[answer.Category]--;
            agrees[place++] = Majority(unit) is { } majority ? majority == answer.Category : null;
            unit[answer.Category]++;
        }

        return agrees;
    }

    /// <summary>The category with the most answers, alone in first place; null when it is shared, as it is among no answers.</summary>
    private static int? Majority(ReadOnlySpan<int> counts)
    {
        var (first, shared) = (0, false);
        for (var category = 1; category < counts.Length; category++)
        {
            if (counts[category] > counts[first])
                (first, shared) = (category, false);
            else if (counts[category] == counts[first])
                shared = true;
        }

        return shared ? null : first;
    }
}
