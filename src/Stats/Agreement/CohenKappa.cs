namespace PixelPost.Stats;

/// <summary>How far two different answers are from agreeing.</summary>
public enum KappaWeights
{
    /// <summary>Not at all: the categories have no order.</summary>
    Unweighted,

    /// <summary>1 − |i − j| / (q − 1) for categories i and j of q.</summary>
    Linear,

    /// <summary>1 − (i − j)² / (q − 1)².</summary>
    Quadratic,
}

/// <summary>
/// Cohen's kappa: agreement of two given raters beyond that of answers with each rater's own frequencies, dealt out at random;
/// (p_o − p_e) / (1 − p_e) with p_o = Σ w_ij p_ij and p_e = Σ w_ij p_i· p·j. For a rater against gold, or a judge against people.
/// </summary>
/// <remarks>
/// Cohen (1960), "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20; weighted: Cohen (1968), Psychol. Bull.
/// 70; standard errors: Fleiss, Cohen and Everitt (1969), "Large sample standard errors of kappa and weighted kappa", Psychol.
/// Bull. 72. Units must be independent. Where one answer dominates it falls towards 0 although raters agree.
/// </remarks>
public static class CohenKappa
{
    private const double Nothing = 1e-12;
    private const string NoPair = "The two raters rated nothing in common.";

    /// <summary>
    /// Kappa with its normal interval, var = (Σ p_ij (w_ij − (w_i· + w·j)(1 − κ))² − (κ − p_e(1 − κ))²) / (n(1 − p_e)²) with
    /// w_i· = Σ_j w_ij p·j and w·j = Σ_i w_ij p_i·.
    /// </summary>
    /// <param name="categories">Number of possible categories, at least 2.</param>
    /// <param name="pairs">The two raters' categories for each unit that both rated, from 0 to <paramref name="categories"/> − 1.</param>
    /// <param name="weights">How far different answers agree; not unweighted only for categories in order.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <returns>Undefined without a pair, and when both raters gave one and the same answer throughout.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate Of(
        int categories, IEnumerable<(int First, int Second)> pairs, KappaWeights weights = KappaWeights.Unweighted,
        double level = 0.95)
    {
        var method = $"{Name(weights)}, normal interval";
        var z = Quantiles.Normal(level);
        var table = new Table(categories, pairs, weights);
        if (table.Undefined is { } reason)
            return Estimate.Undefined(method, reason);

        var (kappa, chance) = (table.Kappa, table.Chance);
        var sum = 0.0;
        for (var i = 0; i < categories; i++)
        {
            for (var j = 0; j < categories; j++)
                sum += table.Shares[i, j] * Math.Pow(table.Weight(i, j) - (table.RowWeights[i] + table.ColumnWeights[j]) * (1 - kappa), 2);
        }

        var numerator = sum - Math.Pow(kappa - chance * (1 - kappa), 2);
        if (numerator < Nothing) // full agreement, or one rater with one answer: what rounding leaves of 0
        {
            return Estimate.WithoutInterval(
                method, kappa, "The answers leave kappa no room to vary, so nothing shows how far it may be off.");
        }

        var error = Math.Sqrt(numerator / table.Units) / (1 - chance);
        return Estimate.Of(method, kappa, new Interval(kappa - z * error, kappa + z * error, level), error);
    }

    /// <summary>Tests kappa = 0, by var₀ = (Σ p_i· p·j (w_ij − (w_i· + w·j))² − p_e²) / (n(1 − p_e)²).</summary>
    /// <param name="categories">Number of possible categories, at least 2.</param>
    /// <param name="pairs">The two raters' categories for each unit that both rated, from 0 to <paramref name="categories"/> − 1.</param>
    /// <param name="weights">How far different answers agree; not unweighted only for categories in order.</param>
    /// <returns>Undefined where kappa is, and when a rater gave one answer throughout.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static AgreementTest Test(
        int categories, IEnumerable<(int First, int Second)> pairs, KappaWeights weights = KappaWeights.Unweighted)
    {
        var method = $"{Name(weights)}, z test of chance agreement";
        var table = new Table(categories, pairs, weights);
        if (table.Undefined is { } reason)
            return AgreementTest.Undefined(method, reason);

        var sum = 0.0;
        for (var i = 0; i < categories; i++)
        {
            for (var j = 0; j < categories; j++)
                sum += table.Rows[i] * table.Columns[j] * Math.Pow(table.Weight(i, j) - table.RowWeights[i] - table.ColumnWeights[j], 2);
        }

        var numerator = sum - table.Chance * table.Chance;
        var error = numerator < Nothing ? 0 : Math.Sqrt(numerator / table.Units) / (1 - table.Chance);
        return AgreementTest.Of(method, table.Kappa, error);
    }

    private static string Name(KappaWeights weights) => weights switch
    {
        KappaWeights.Linear => "Cohen's kappa, linear weights",
        KappaWeights.Quadratic => "Cohen's kappa, quadratic weights",
        _ => "Cohen's kappa",
    };

    /// <summary>The cross table of two raters in shares, with what both formulas take from it.</summary>
    private sealed class Table
    {
        private readonly int _categories;
        private readonly KappaWeights _weights;

        public Table(int categories, IEnumerable<(int First, int Second)> pairs, KappaWeights weights)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(categories, 2);
            (_categories, _weights) = (categories, weights);
            Shares = new double[categories, categories];
            (Rows, Columns) = (new double[categories], new double[categories]);
            (RowWeights, ColumnWeights) = (new double[categories], new double[categories]);
            foreach (var (first, second) in pairs)
            {
                if (first < 0 || first >= categories || second < 0 || second >= categories)
                    throw new ArgumentOutOfRangeException(nameof(pairs), (first, second), $"A category must be from 0 to {categories - 1}.");
                Shares[first, second]++;
                Units++;
            }

            if (Units > 0)
                Summarise();
        }

        public int Units { get; }

        public double[,] Shares { get; }

        public double[] Rows { get; }

        public double[] Columns { get; }

        public double[] RowWeights { get; }

        public double[] ColumnWeights { get; }

        public double Chance { get; private set; }

        public double Kappa { get; private set; }

        public string? Undefined { get; private set; } = NoPair;

        public double Weight(int i, int j)
        {
            var distance = Math.Abs(i - j) / (_categories - 1.0);
            return _weights switch
            {
                KappaWeights.Linear => 1 - distance,
                KappaWeights.Quadratic => 1 - distance * distance,
                _ => i == j ? 1 : 0,
            };
        }

        private void Summarise()
        {
            // while these are counts: one answer throughout makes p_e 1
            Undefined = Enumerable.Range(0, _categories).Any(i => Shares[i, i] == Units) ? UnitBootstrap.OneCategory : null;
            var observed = 0.0;
            for (var i = 0; i < _categories; i++)
            {
                for (var j = 0; j < _categories; j++)
                {
                    var share = Shares[i, j] /= Units;
                    Rows[i] += share;
                    Columns[j] += share;
                    observed += Weight(i, j) * share;
                }
            }

            for (var i = 0; i < _categories; i++)
            {
                for (var j = 0; j < _categories; j++)
                {
                    RowWeights[i] += Weight(i, j) * Columns[j];
                    ColumnWeights[j] += Weight(i, j) * Rows[i];
                    Chance += Weight(i, j) * Rows[i] * Columns[j];
                }
            }

            Kappa = (observed - Chance) / (1 - Chance);
        }
    }
}
