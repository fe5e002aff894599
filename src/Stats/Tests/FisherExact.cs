using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Fisher's exact test of two independent rates, and their odds ratio: given how many yes there are in all, those of system A are
/// hypergeometric when the systems do not differ.
/// </summary>
/// <remarks>
/// Fisher (1935), "The logic of inductive inference", J. R. Stat. Soc. 98. Valid for any counts, and conservative for small
/// ones. Answers must be independent, as for <see cref="TwoProportions"/>.
/// </remarks>
public static class FisherExact
{
    // tables that are equally likely must not be told apart by rounding
    private const double EquallyLikely = 1 + 1e-7;

    /// <summary>Two-sided: the probability of all tables that are at most as likely as the observed one.</summary>
    public static TestResult TwoSided(RatePair rates)
    {
        const string Method = "Fisher's exact test, two-sided";
        if (rates.Empty)
            return TestResult.Undefined(Method, RatePair.NothingCounted);

        var tables = new Tables(rates);
        var probabilities = tables.Probabilities(logOddsRatio: 0);
        var limit = probabilities[tables.Observed] * EquallyLikely;
        return TestResult.Exact(Method, probabilities.Where(probability => probability <= limit).Sum());
    }

    /// <summary>One-sided test of "the rate of A is not above that of B": the probability of as many yes of A or more.</summary>
    /// <remarks>Only where "A is higher" was the one claim planned; otherwise the two-sided test.</remarks>
    public static TestResult Greater(RatePair rates)
    {
        const string Method = "Fisher's exact test, one-sided (rate of A above B)";
        return rates.Empty
            ? TestResult.Undefined(Method, RatePair.NothingCounted)
            : TestResult.Exact(Method, new Tables(rates).AtLeastObserved(logOddsRatio: 0));
    }

    /// <summary>
    /// Odds ratio of A to B: the one under which the expected yes of A are those observed (conditional maximum likelihood), with
    /// the exact interval from both tails.
    /// </summary>
    /// <param name="rates">Of the two systems.</param>
    /// <param name="level">Confidence level 1−α, 0.5 to 0.999; each tail has α/2.</param>
    /// <returns>Undefined when infinite: swap the systems to get its inverse, 0, with an interval.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <remarks>Cornfield (1956), "A statistical problem arising from retrospective studies".</remarks>
    public static Estimate OddsRatio(RatePair rates, double level = 0.95)
    {
        const string Method = "conditional odds ratio, exact interval";
        var tail = Quantiles.Tail(level);
        if (rates.Empty)
            return Estimate.Undefined(Method, RatePair.NothingCounted);
        var tables = new Tables(rates);
        if (tables.Count == 1)
            return Estimate.Undefined(Method, RatePair.AllAlike);
        if (tables.Observed == tables.Count - 1)
            return Estimate.Undefined(Method, "A has all the yes or B all the no that it can have: the odds ratio is infinite.");

        var upper = Solve(ratio => 1 - tables.AtMostObserved(ratio), 1 - tail);
        if (tables.Observed == 0)
            return Estimate.Of(Method, 0, new Interval(0, upper, level));
        var value = Solve(tables.Mean, tables.Observed);
        return Estimate.Of(Method, value, new Interval(Solve(tables.AtLeastObserved, tail), upper, level));
    }

    /// <summary>The odds ratio at which a function that rises with its logarithm reaches a target between its limits.</summary>
    private static double Solve(Func<double, double> rising, double target)
    {
        var reach = 1.0;
        while (rising(-reach) > target || rising(reach) < target)
            reach *= 2;
        return Math.Exp(Bisection.LastWhere(ratio => rising(ratio) <= target, -reach, reach));
    }

    /// <summary>All tables with the observed row and column totals, by the yes of A in ascending order.</summary>
    private sealed class Tables
    {
        private readonly double[] _logWeights;

        public Tables(RatePair rates)
        {
            var yes = rates.A + rates.B;
            var fewest = Math.Max(0, yes - rates.TotalB);
            Observed = rates.A - fewest;
            _logWeights = [.. Enumerable.Range(fewest, Math.Min(yes, rates.TotalA) - fewest + 1)
                .Select(a => SpecialFunctions.BinomialLn(rates.TotalA, a) + SpecialFunctions.BinomialLn(rates.TotalB, yes - a))];
        }

        public int Count => _logWeights.Length;

        /// <summary>Index of the observed table.</summary>
        public int Observed { get; }

        public double[] Probabilities(double logOddsRatio)
        {
            var logs = _logWeights.Select((weight, index) => weight + index * logOddsRatio).ToArray();
            var largest = logs.Max();
            var weights = Array.ConvertAll(logs, log => Math.Exp(log - largest));
            var sum = weights.Sum();
            return Array.ConvertAll(weights, weight => weight / sum);
        }

        public double Mean(double logOddsRatio) =>
            Probabilities(logOddsRatio).Select((probability, index) => probability * index).Sum();

        public double AtLeastObserved(double logOddsRatio) => Probabilities(logOddsRatio).Skip(Observed).Sum();

        public double AtMostObserved(double logOddsRatio) => Probabilities(logOddsRatio).Take(Observed + 1).Sum();
    }
}
