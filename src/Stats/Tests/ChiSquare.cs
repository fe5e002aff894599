namespace PixelPost.Stats;

/// <summary>Whether the rows of a table of counts differ, by two tests, and how much.</summary>
public sealed record IndependenceResult
{
    /// <summary>Pearson's chi-square.</summary>
    public required TestResult Pearson { get; init; }

    /// <summary>Likelihood-ratio chi-square, G.</summary>
    public required TestResult LikelihoodRatio { get; init; }

    /// <summary>Cramér's V, 0 (no association) to 1, without bias correction; null when undefined.</summary>
    public double? CramersV { get; init; }

    /// <summary>Why there are no figures; null when they are there.</summary>
    public string? Reason { get; init; }
}

/// <summary>Chi-square tests of counts, without continuity correction.</summary>
/// <remarks>
/// Pearson (1900), Philos. Mag. 50; G: Wilks (1938); V: Cramér (1946). Cases must be independent. The p-value is a
/// large-sample one: expected counts of 5 or more in nearly all cells are the usual rule.
/// </remarks>
public static class ChiSquare
{
    // as much as rounding can add up to in shares written with many digits
    private const double SharesTolerance = 1e-9;

    /// <summary>
    /// Goodness of fit to given shares, χ² = Σ (observed − expected)²/expected with categories − 1 degrees of freedom: e.g. wins,
    /// ties and losses against equal thirds.
    /// </summary>
    /// <param name="observed">Count of each category, at least two, each 0 or more.</param>
    /// <param name="shares">Expected share of each category, above 0, adding up to 1.</param>
    /// <exception cref="ArgumentException">The shares are not as many as the counts, or do not add up to 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or a share is not above 0.</exception>
    public static TestResult GoodnessOfFit(IReadOnlyList<int> observed, IReadOnlyList<double> shares)
    {
        const string Method = "chi-square test of goodness of fit";
        CheckCategories(observed, shares);
        var total = observed.Sum(count => (long)count);
        if (total == 0)
            return TestResult.Undefined(Method, "Nothing was counted.");

        var statistic = observed.Zip(shares, (count, share) => Math.Pow(count - total * share, 2) / (total * share)).Sum();
        return TestResult.ChiSquared(Method, statistic, observed.Count - 1);
    }

    /// <summary>Goodness of fit to equal shares.</summary>
    /// <inheritdoc cref="GoodnessOfFit"/>
    public static TestResult EqualShares(IReadOnlyList<int> observed) =>
        GoodnessOfFit(observed, [.. Enumerable.Repeat(1.0 / observed.Count, observed.Count)]);

    /// <summary>
    /// Independence of rows and columns, e.g. the wins, ties and losses of two studies, with (rows − 1)(columns − 1) degrees of
    /// freedom: χ² = Σ (observed − expected)²/expected, G = 2 Σ observed ln(observed/expected), and
    /// V = √(χ²/(n (min(rows, columns) − 1))).
    /// </summary>
    /// <param name="table">At least two rows of equal length, at least two, of counts of 0 or more.</param>
    /// <exception cref="ArgumentException">The table is not of such a form.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static IndependenceResult Independence(IReadOnlyList<IReadOnlyList<int>> table)
    {
        const string Pearson = "chi-square test of independence";
        const string LikelihoodRatio = "likelihood-ratio (G) test of independence";
        CheckTable(table);
        var rows = table.Select(row => row.Sum(count => (double)count)).ToArray();
        var columns = Enumerable.Range(0, table[0].Count).Select(column => table.Sum(row => (double)row[column])).ToArray();
        if (rows.Contains(0) || columns.Contains(0))
        {
            const string Reason = "A row or a column of the table is empty, so there is nothing to compare in it.";
            return new IndependenceResult
            {
                Pearson = TestResult.Undefined(Pearson, Reason),
                LikelihoodRatio = TestResult.Undefined(LikelihoodRatio, Reason),
                Reason = Reason,
            };
        }

        var total = rows.Sum();
        var (chiSquare, ratio) = (0.0, 0.0);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                var (observed, expected) = (table[row][column], rows[row] * columns[column] / total);
                chiSquare += (observed - expected) * (observed - expected) / expected;
                ratio += observed == 0 ? 0 : 2 * observed * Math.Log(observed / expected);
            }
        }

        var freedom = (rows.Length - 1) * (columns.Length - 1);
        return new IndependenceResult
        {
            Pearson = TestResult.ChiSquared(Pearson, chiSquare, freedom),
            LikelihoodRatio = TestResult.ChiSquared(LikelihoodRatio, Math.Max(0, ratio), freedom), // 0 can come out as −1e-15
            CramersV = Math.Sqrt(chiSquare / (total * (Math.Min(rows.Length, columns.Length) - 1))),
        };
    }

    private static void CheckCategories(IReadOnlyList<int> observed, IReadOnlyList<double> shares)
    {
        if (observed.Count < 2 || shares.Count != observed.Count)
            throw new ArgumentException(
                $"There must be at least two categories and a share for each, not {observed.Count} and {shares.Count}.", nameof(shares));
        foreach (var count in observed)
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(observed));
        foreach (var share in shares)
        {
            if (!(share > 0))
                throw new ArgumentOutOfRangeException(nameof(shares), share, "A share must be above 0.");
        }

        if (Math.Abs(shares.Sum() - 1) > SharesTolerance)
            throw new ArgumentException($"The shares must add up to 1, not {shares.Sum()}.", nameof(shares));
    }

    private static void CheckTable(IReadOnlyList<IReadOnlyList<int>> table)
    {
        if (table.Count < 2 || table[0].Count < 2 || table.Any(row => row.Count != table[0].Count))
            throw new ArgumentException("A table needs at least two rows and two columns, and rows of equal length.", nameof(table));
        foreach (var count in table.SelectMany(row => row))
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(table));
    }
}
