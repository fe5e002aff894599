namespace PixelPost.Stats;

/// <summary>
/// p-values adjusted for being a family, e.g. the axes of one study or all pairs of systems: claim what is at most the
/// significance level after the adjustment.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Holm"/> for claims: it keeps the chance of any false claim below the level under any dependence.
/// <see cref="BenjaminiHochberg"/> for exploring: it keeps the expected share of false claims among the claims below the level.
/// </para>
/// <para>
/// Every method takes p-values from 0 to 1, or null for a test that was planned but could not be computed, and gives the adjusted
/// ones in the same order. A null stays null and still counts in the family of m, as if its p-value were 1, so that a test without
/// data makes no other claim easier. The family must be named before the data are seen.
/// </para>
/// </remarks>
public static class FamilyAdjustment
{
    /// <summary>min(1, m p). Holds under any dependence; <see cref="Holm"/> does too and claims at least as much.</summary>
    /// <param name="pValues">Of the family, null where there is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is not within 0 to 1.</exception>
    public static IReadOnlyList<double?> Bonferroni(IReadOnlyList<double?> pValues)
    {
        Check(pValues);
        return [.. pValues.Select(p => p is { } value ? Math.Min(1, pValues.Count * value) : (double?)null)];
    }

    /// <summary>Step-down: max over i ≤ j of min(1, (m − i + 1) p₍ᵢ₎) for the j-th smallest. Holds under any dependence.</summary>
    /// <inheritdoc cref="Bonferroni"/>
    /// <remarks>Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6.</remarks>
    public static IReadOnlyList<double?> Holm(IReadOnlyList<double?> pValues)
    {
        Check(pValues);
        var adjusted = new double?[pValues.Count];
        var largest = 0.0;
        foreach (var (rank, index) in Ascending(pValues).Index())
        {
            largest = Math.Max(largest, Math.Min(1, (pValues.Count - rank) * pValues[index]!.Value));
            adjusted[index] = largest;
        }

        return adjusted;
    }

    /// <summary>
    /// Step-up: min over i ≥ j of (m − i + 1) p₍ᵢ₎ for the j-th smallest. Claims at least as much as Holm; holds for independent
    /// tests and common kinds of positive dependence.
    /// </summary>
    /// <inheritdoc cref="Bonferroni"/>
    /// <remarks>Hochberg (1988), "A sharper Bonferroni procedure for multiple tests of significance", Biometrika 75.</remarks>
    public static IReadOnlyList<double?> Hochberg(IReadOnlyList<double?> pValues) =>
        StepUp(pValues, rank => pValues.Count - rank + 1);

    /// <summary>
    /// False discovery rate: min over i ≥ j of m p₍ᵢ₎/i for the j-th smallest. Holds for independent tests and for positive
    /// regression dependence.
    /// </summary>
    /// <inheritdoc cref="Bonferroni"/>
    /// <remarks>Benjamini and Hochberg (1995), "Controlling the false discovery rate", J. R. Stat. Soc. B 57.</remarks>
    public static IReadOnlyList<double?> BenjaminiHochberg(IReadOnlyList<double?> pValues) =>
        StepUp(pValues, rank => (double)pValues.Count / rank);

    /// <summary>False discovery rate under any dependence: as Benjamini-Hochberg, times 1 + 1/2 + … + 1/m.</summary>
    /// <inheritdoc cref="Bonferroni"/>
    /// <remarks>
    /// Benjamini and Yekutieli (2001), "The control of the false discovery rate in multiple testing under dependency", Ann. Stat. 29.
    /// </remarks>
    public static IReadOnlyList<double?> BenjaminiYekutieli(IReadOnlyList<double?> pValues)
    {
        var harmonic = Enumerable.Range(1, pValues.Count).Sum(i => 1.0 / i);
        return StepUp(pValues, rank => harmonic * pValues.Count / rank);
    }

    /// <param name="factor">Of the p-value of a rank, which counts from 1 for the smallest.</param>
    private static double?[] StepUp(IReadOnlyList<double?> pValues, Func<int, double> factor)
    {
        Check(pValues);
        var adjusted = new double?[pValues.Count];
        var smallest = 1.0;
        foreach (var (rank, index) in Ascending(pValues).Index().Reverse())
        {
            smallest = Math.Min(smallest, factor(rank + 1) * pValues[index]!.Value);
            adjusted[index] = smallest;
        }

        return adjusted;
    }

    /// <summary>Indices of the p-values that are there, from the smallest on. Those that are not would be the last.</summary>
    private static IEnumerable<int> Ascending(IReadOnlyList<double?> pValues) =>
        Enumerable.Range(0, pValues.Count).Where(index => pValues[index] is not null).OrderBy(index => pValues[index]);

    private static void Check(IReadOnlyList<double?> pValues)
    {
        foreach (var p in pValues)
        {
            if (p is { } value && !(value is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(pValues), value, "A p-value must be from 0 to 1.");
        }
    }
}
