using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Votes and parameters of <see cref="DawidSkene"/> in flat arrays: an EM step is one pass over the votes, O(votes × categories),
/// and allocates nothing.
/// </summary>
internal sealed class DawidSkeneModel
{
    // Far from its top a climb could jump to the slope of another. With the last step no larger than this, 85 of 85 studies ended
    // where plain EM ends; jumping from the start, three of them ended elsewhere.
    private const double NearTheTop = 0.01;

    // A likelihood is a sum over items: a fall by less is rounding.
    private const double Rounding = 1e-12;

    // An item's answers multiply to less than this only when there are very many, or very unlikely ones.
    private const double NearUnderflow = 1e-200;

    private readonly int[] _starts;       // of each item's votes in _codes, and their end
    private readonly int[] _codes;        // rater × categories + answer, sorted by item
    private readonly double[] _posterior; // [item, truth]
    private double[] _parameters;         // [rater, answer, truth] probability of the answer, then [truth] prior

    public DawidSkeneModel(int categories, IReadOnlyCollection<(long Item, long Rater, int Category)> votes)
    {
        Categories = categories;
        var (items, raters) = (new Dictionary<long, int>(), new Dictionary<long, int>());
        var coded = new (int Item, int Code)[votes.Count];
        var next = 0;
        foreach (var (item, rater, category) in votes)
        {
            if (category < 0 || category >= categories)
                throw new ArgumentOutOfRangeException(nameof(votes), category, $"A category must be from 0 to {categories - 1}.");
            coded[next++] = (IndexOf(items, item), IndexOf(raters, rater) * categories + category);
        }

        (Items, Raters) = ([.. items.Keys], [.. raters.Keys]);
        _starts = new int[Items.Count + 1];
        _codes = new int[coded.Length];
        SortByItem(coded);
        _posterior = new double[Items.Count * categories];
        _parameters = new double[(Raters.Count * categories + 1) * categories];
    }

    public int Categories { get; }

    public IReadOnlyList<long> Items { get; }

    public IReadOnlyList<long> Raters { get; }

    public int LargestItem => Enumerable.Range(0, Items.Count).Max(i => _starts[i + 1] - _starts[i]);

    public ReadOnlySpan<double> Prior => PriorOf(_parameters);

    public ReadOnlySpan<double> Posterior(int item) => Row(item);

    public double Confusion(int rater, int truth, int answer) => _parameters[(rater * Categories + answer) * Categories + truth];

    /// <summary>
    /// [rater][truth] the rater's answers by true category, each answer spread over the categories as its item's posterior is; and
    /// [rater] the number of answers.
    /// </summary>
    public (double[][] VotesByTruth, int[] Votes) Evidence()
    {
        var (sums, votes) = (Raters.Select(_ => new double[Categories]).ToArray(), new int[Raters.Count]);
        for (var item = 0; item < Items.Count; item++)
        {
            foreach (var code in Codes(item))
            {
                votes[code / Categories]++;
                for (var j = 0; j < Categories; j++)
                    sums[code / Categories][j] += Row(item)[j];
            }
        }

        return (sums, votes);
    }

    /// <summary>EM from the shares of answers until no posterior changes by more than the tolerance.</summary>
    /// <exception cref="NonConvergenceException">The limit was reached first.</exception>
    public (double LogLikelihood, int Iterations, double Change) Climb(double tolerance, int limit)
    {
        var (start, first, second, jump) = (_parameters, New(), New(), New());
        StartFromShares(start);
        var extrapolation = new SquaredExtrapolation();
        var (iterations, last, plain) = (0, double.PositiveInfinity, true);
        while (iterations < limit)
        {
            var (likelihood, change) = Step(start, first);
            iterations++;
            if (plain && change <= tolerance) // after a jump that was taken back, the change is not that of an EM step
                return End(first, likelihood, change);

            (likelihood, change) = Step(first, second);
            iterations++;
            last = change;
            if (change <= tolerance)
                return End(second, likelihood, change);

            if (change > NearTheTop)
            {
                (start, second) = (second, start);
                plain = true;
                continue;
            }

            extrapolation.Jump(start, first, second, jump);
            Normalise(jump);
            plain = Step(jump, start).LogLikelihood >= likelihood - Rounding * Math.Abs(likelihood);
            iterations++;
            extrapolation.Learn(plain);
            if (!plain)
                (start, second) = (second, start);
        }

        throw new NonConvergenceException(
            $"Dawid-Skene has not converged in {iterations} EM steps: a posterior still changed by {last:G2}, more than {tolerance:G2}.");

        double[] New() => new double[_parameters.Length];

        (double, int, double) End(double[] parameters, double likelihood, double change)
        {
            _parameters = parameters;
            return (likelihood, iterations, change);
        }
    }

    private void StartFromShares(double[] parameters)
    {
        for (var item = 0; item < Items.Count; item++)
        {
            var codes = Codes(item);
            var row = Row(item);
            foreach (var code in codes)
                row[code % Categories] += 1.0 / codes.Length;
            Count(codes, row, parameters);
        }

        Normalise(parameters);
    }

    /// <summary>
    /// One EM step: posteriors under the parameters, and from them new parameters. Gives the log-likelihood of the former, and the
    /// largest difference of the posteriors to those of the step before.
    /// </summary>
    private (double LogLikelihood, double Change) Step(double[] from, double[] to)
    {
        Array.Clear(to);
        Span<double> fresh = stackalloc double[Math.Min(Categories, 64)];
        if (Categories > fresh.Length)
            fresh = new double[Categories];

        var (likelihood, change) = (0.0, 0.0);
        for (var item = 0; item < Items.Count; item++)
        {
            var codes = Codes(item);
            likelihood += Expect(codes, from, fresh);
            var row = Row(item);
            for (var j = 0; j < row.Length; j++)
            {
                change = Math.Max(change, Math.Abs(fresh[j] - row[j]));
                row[j] = fresh[j];
            }

            Count(codes, row, to);
        }

        Normalise(to);
        return (likelihood, change);
    }

    /// <summary>The posterior of an item, and the log-likelihood of its answers.</summary>
    private double Expect(ReadOnlySpan<int> codes, double[] parameters, Span<double> posterior)
    {
        PriorOf(parameters).CopyTo(posterior);
        foreach (var code in codes)
        {
            var answer = parameters.AsSpan(code * posterior.Length, posterior.Length);
            for (var j = 0; j < posterior.Length; j++)
                posterior[j] *= answer[j];
        }

        var sum = 0.0;
        foreach (var joint in posterior)
            sum += joint;
        if (!(sum > NearUnderflow))
            return ExpectInLogs(codes, parameters, posterior);

        for (var j = 0; j < posterior.Length; j++)
            posterior[j] /= sum;
        return Math.Log(sum);
    }

    /// <summary>The same where products would leave the range of a double.</summary>
    private double ExpectInLogs(ReadOnlySpan<int> codes, double[] parameters, Span<double> posterior)
    {
        var largest = double.NegativeInfinity;
        for (var j = 0; j < posterior.Length; j++)
        {
            posterior[j] = Math.Log(PriorOf(parameters)[j]); // −∞ for 0: what never happens rules a category out
            foreach (var code in codes)
                posterior[j] += Math.Log(parameters[code * posterior.Length + j]);
            largest = Math.Max(largest, posterior[j]);
        }

        var sum = 0.0;
        for (var j = 0; j < posterior.Length; j++)
            sum += posterior[j] = Math.Exp(posterior[j] - largest);
        for (var j = 0; j < posterior.Length; j++)
            posterior[j] /= sum;
        return largest + Math.Log(sum);
    }

    /// <summary>Adds an item to the sums that become the parameters.</summary>
    private static void Count(ReadOnlySpan<int> codes, ReadOnlySpan<double> posterior, double[] sums)
    {
        foreach (var code in codes)
        {
            var cell = sums.AsSpan(code * posterior.Length, posterior.Length);
            for (var j = 0; j < posterior.Length; j++)
                cell[j] += posterior[j];
        }

        var prior = sums.AsSpan(sums.Length - posterior.Length);
        for (var j = 0; j < posterior.Length; j++)
            prior[j] += posterior[j];
    }

    /// <summary>Makes every distribution sum to 1: answers per rater and truth, and the prior. One without any weight stays 0.</summary>
    private void Normalise(double[] parameters)
    {
        var q = Categories;
        for (var rater = 0; rater < Raters.Count; rater++)
        {
            for (var truth = 0; truth < q; truth++)
                Scale(parameters, rater * q * q + truth, q);
        }

        Scale(parameters, parameters.Length - q, 1);

        void Scale(double[] values, int start, int stride)
        {
            var sum = 0.0;
            for (var k = 0; k < q; k++)
                sum += values[start + k * stride];
            for (var k = 0; k < q && sum > 0; k++)
                values[start + k * stride] /= sum;
        }
    }

    private ReadOnlySpan<int> Codes(int item) => _codes.AsSpan(_starts[item].._starts[item + 1]);

    private Span<double> Row(int item) => _posterior.AsSpan(item * Categories, Categories);

    private ReadOnlySpan<double> PriorOf(double[] parameters) => parameters.AsSpan(parameters.Length - Categories);

    private static int IndexOf(Dictionary<long, int> indices, long key)
    {
        if (!indices.TryGetValue(key, out var index))
            indices.Add(key, index = indices.Count);
        return index;
    }

    private void SortByItem((int Item, int Code)[] votes)
    {
        foreach (var (item, _) in votes)
            _starts[item + 1]++;
        for (var item = 0; item < Items.Count; item++)
            _starts[item + 1] += _starts[item];

        var next = (int[])[.. _starts];
        foreach (var (item, code) in votes)
            _codes[next[item]++] = code;
    }
}
