namespace PixelPost.Stats;

/// <summary>
/// Holm's adjustment of a family of p-values, e.g. the axes of one study: keeps the chance of any false claim below the level.
/// </summary>
/// <remarks>
/// Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6. Valid under any dependence between
/// the tests. The family must be named before the data are seen.
/// </remarks>
public static class Holm
{
    /// <summary>
    /// Adjusted p-values in the order given: the j-th smallest of m is multiplied by m−j+1, capped at 1 and made non-decreasing.
    /// Claim what is at most the significance level.
    /// </summary>
    /// <param name="pValues">
    /// Each from 0 to 1, or null for a test that was planned but could not be computed: it stays null, and still counts in m, so
    /// that a test without data makes no other claim easier.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is not within 0 to 1.</exception>
    public static IReadOnlyList<double?> Adjust(IReadOnlyList<double?> pValues)
    {
        foreach (var p in pValues)
        {
            if (p is { } value && !(value is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(pValues), value, "A p-value must be from 0 to 1.");
        }

        var adjusted = new double?[pValues.Count];
        var factor = pValues.Count;
        var largest = 0.0;
        foreach (var index in Enumerable.Range(0, pValues.Count).Where(i => pValues[i] is not null).OrderBy(i => pValues[i]))
        {
            largest = Math.Max(largest, Math.Min(1, factor * pValues[index]!.Value));
            adjusted[index] = largest;
            factor--;
        }

        return adjusted;
    }
}
