using System.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// The marginal likelihood that <see cref="RaterAwareBradleyTerry"/> maximises. Parameters: a, b, the log strengths, and last
/// the virtual system's, which is fixed.
/// </summary>
internal sealed class CrowdLikelihood
{
    /// <summary>Where the log strengths begin.</summary>
    public const int FirstSystem = 2;

    // Cells must be narrower than the posterior of a rater with the most votes, some 0.2/√votes wide.
    private const double CellsPerRootVote = 5;
    private const int FewestCells = 48;
    private const int MostCells = 1_024;
    private const int Lanes = 8;

    // Of log a + log b, to each uniform rater: as little as holds a and b above 0 where all raters are perfect.
    private const double Barrier = 0.1;

    private readonly RaterAssumptions _assumptions;
    private readonly int[] _starts;
    private readonly Entry[] _entries;

    /// <summary>One rater's votes on a pair; a tie that counts is half a vote for each.</summary>
    private readonly record struct Entry(int Cell, double Wins, double Losses);

    public CrowdLikelihood(PairVotes votes, TieTreatment ties, RaterAssumptions assumptions)
    {
        _assumptions = assumptions;
        var systems = votes.Table.Systems;
        var virtualPairs = Enumerable.Range(0, systems).Select(system => new PairCount(system, systems, 1, 0, 1));
        var table = new PairTable(systems + 1, votes.Table.Pairs.Concat(virtualPairs));
        Pairs = new PairCells(table, folded: true);
        Votes = new int[votes.Raters];
        var byRater = new ClusteredVotes(votes.RaterOf);
        _starts = new int[votes.Raters + 1];
        var entries = new List<Entry>();
        for (var rater = 0; rater < votes.Raters; rater++)
        {
            var counts = new Dictionary<int, Entry>();
            foreach (var vote in byRater.In(rater))
            {
                var (pair, outcome) = Math.DivRem(votes.Slots[vote], PairTable.Outcomes);
                var (left, right) = Math.DivRem(pair, systems);
                var (cell, folded) = Math.DivRem(Pairs.Slot(table.Slot(left, right, (PairOutcome)outcome)), PairTable.Outcomes);
                if (folded == (int)PairOutcome.Tie && ties == TieTreatment.Dropped)
                    continue;
                var wins = 1 - folded / 2.0; // 1, ½ or 0
                var met = counts.GetValueOrDefault(cell, new Entry(cell, 0, 0));
                counts[cell] = met with { Wins = met.Wins + wins, Losses = met.Losses + 1 - wins };
                Votes[rater]++;
            }

            entries.AddRange(counts.Values);
            _starts[rater + 1] = entries.Count;
        }

        _entries = [.. entries];
        var cells = Math.Clamp(CellsPerRootVote * Math.Sqrt(Votes.Append(0).Max()), FewestCells, MostCells);
        Population = new RaterPopulation((int)Math.Ceiling(cells / Lanes) * Lanes);
    }

    /// <summary>Every pair with a vote, and every system with the virtual one.</summary>
    public PairCells Pairs { get; }

    /// <summary>Number of votes of each rater that count.</summary>
    public int[] Votes { get; }

    public RaterPopulation Population { get; }

    public int Width => FirstSystem + Pairs.Systems;

    /// <summary>What an evaluation gives.</summary>
    /// <param name="Value">Log-likelihood with what the assumptions add, up to a constant.</param>
    /// <param name="Gradient">By each parameter.</param>
    /// <param name="Information">Minus the second derivatives, lower triangle by rows; empty if not asked for.</param>
    /// <param name="CompleteInformation">What they would be were it known which votes true preference gave: positive definite.</param>
    /// <param name="Posteriors">Of each rater, the probability of each cell of reliabilities.</param>
    /// <param name="Meant">Expected wins by true preference, by pair × 3 + outcome.</param>
    public sealed record Evaluation(
        double Value, double[] Gradient, double[] Information, double[] CompleteInformation, double[][] Posteriors, double[] Meant);

    public Evaluation Evaluate(double[] parameters, bool withInformation)
    {
        Population.Set(parameters[0], parameters[1]);
        var at = new Evaluation(
            0,
            new double[Width],
            new double[withInformation ? Width * Width : 0],
            new double[withInformation ? Width * Width : 0],
            new double[Votes.Length][],
            new double[Pairs.Count * PairTable.Outcomes]);
        var value = AddAssumptions(at, parameters);
        for (var rater = 0; rater < Votes.Length; rater++)
        {
            value += Posterior(parameters, rater, at);
            AddGradient(parameters, rater, at);
            if (withInformation)
                AddInformation(parameters, rater, at);
        }

        return at with { Value = value };
    }

    /// <summary>The a and b most probable for the cells in which raters are expected, with what the assumptions add.</summary>
    public (double A, double B) ExpectedPopulation(Evaluation at, double a, double b)
    {
        var counts = new double[Population.Nodes.Length];
        Array.Fill(counts, _assumptions.UniformRaters / counts.Length);
        foreach (var posterior in at.Posteriors)
            DenseKernels.AddScaled(counts, 1, posterior);
        return Population.Fit(counts, _assumptions.UniformRaters * Barrier, a, b);
    }

    private ReadOnlySpan<Entry> Of(int rater) => _entries.AsSpan(_starts[rater].._starts[rater + 1]);

    /// <summary>Probability that true preference is for the pair's left system.</summary>
    private double Prefers(double[] parameters, int pair) => 1 / (1 + Math.Exp(
        parameters[FirstSystem + Pairs.Right[pair]] - parameters[FirstSystem + Pairs.Left[pair]]));

    private double AddAssumptions(Evaluation at, double[] parameters)
    {
        var (raters, a, b) = (_assumptions.UniformRaters, parameters[0], parameters[1]);
        var value = raters * (Population.LogWeights.Average() + Barrier * (Math.Log(a) + Math.Log(b)));
        at.Gradient[0] += raters * (Population.LogNodes.Average() - Population.Means.First + Barrier / a);
        at.Gradient[1] += raters * (Population.LogOthers.Average() - Population.Means.Second + Barrier / b);
        if (at.Information.Length > 0)
        {
            AddPopulationInformation(at, raters);
            AddAt(at, 0, 0, raters * Barrier / (a * a));
            AddAt(at, 1, 1, raters * Barrier / (b * b));
        }

        for (var pair = 0; pair < Pairs.Count; pair++)
        {
            if (Pairs.Right[pair] != Pairs.Systems - 1)
                continue;
            var (votes, p) = (_assumptions.VirtualVotes, Prefers(parameters, pair));
            value += votes * (Math.Log(p) + Math.Log(1 - p));
            AddSlope(at, pair, votes * (1 - 2 * p));
            at.Meant[pair * PairTable.Outcomes] += votes;
            at.Meant[pair * PairTable.Outcomes + 2] += votes;
            if (at.Information.Length > 0)
                AddCurvature(at, pair, 2 * votes * p * (1 - p), 2 * votes * p * (1 - p));
        }

        return value;
    }

    /// <summary>Fills the rater's posterior over cells, and returns the log of its normaliser.</summary>
    private double Posterior(double[] parameters, int rater, Evaluation at)
    {
        var logs = (double[])Population.LogWeights.Clone();
        foreach (var entry in Of(rater))
        {
            var p = Prefers(parameters, entry.Cell);
            for (var i = 0; i < logs.Length; i += Vector<double>.Count)
            {
                var slope = new Vector<double>(Population.Nodes, i) * (2 * p - 1);
                var sum = new Vector<double>(logs, i);
                if (entry.Wins > 0)
                    sum += entry.Wins * Vector.Log(new Vector<double>(1 - p) + slope);
                if (entry.Losses > 0)
                    sum += entry.Losses * Vector.Log(new Vector<double>(p) - slope);
                sum.CopyTo(logs, i);
            }
        }

        var (largest, total) = (logs.Max(), 0.0);
        for (var i = 0; i < logs.Length; i++)
            total += logs[i] = Math.Exp(logs[i] - largest);
        for (var i = 0; i < logs.Length; i++)
            logs[i] /= total;
        at.Posteriors[rater] = logs;
        return largest + Math.Log(total);
    }

    private void AddGradient(double[] parameters, int rater, Evaluation at)
    {
        var posterior = at.Posteriors[rater];
        at.Gradient[0] += DenseKernels.Dot(posterior, Population.LogNodes) - Population.Means.First;
        at.Gradient[1] += DenseKernels.Dot(posterior, Population.LogOthers) - Population.Means.Second;
        foreach (var entry in Of(rater))
        {
            var p = Prefers(parameters, entry.Cell);
            var (byWins, byLosses) = (Vector<double>.Zero, Vector<double>.Zero);
            for (var i = 0; i < posterior.Length; i += Vector<double>.Count)
            {
                var nodes = new Vector<double>(Population.Nodes, i);
                var weighted = nodes * new Vector<double>(posterior, i);
                byWins += weighted / (new Vector<double>(1 - p) + nodes * (2 * p - 1));
                byLosses += weighted / (new Vector<double>(p) - nodes * (2 * p - 1));
            }

            // of the wins, and of the losses, those that true preference is expected to have given
            var (wins, losses) = (entry.Wins * p * Vector.Sum(byWins), entry.Losses * (1 - p) * Vector.Sum(byLosses));
            AddSlope(at, entry.Cell, wins - entry.Wins * p - losses + entry.Losses * (1 - p));
            at.Meant[entry.Cell * PairTable.Outcomes] += wins + entry.Losses - losses;
            at.Meant[entry.Cell * PairTable.Outcomes + 2] += losses + entry.Wins - wins;
        }
    }

    /// <summary>
    /// Louis' identity: over the posterior, the mean of the information were the reliability known, less the covariance of its scores.
    /// </summary>
    private void AddInformation(double[] parameters, int rater, Evaluation at)
    {
        var posterior = at.Posteriors[rater];
        var scores = new double[Width][];
        scores[0] = Population.LogNodes;
        scores[1] = Population.LogOthers;
        foreach (var entry in Of(rater))
        {
            var (p, curvature) = (Prefers(parameters, entry.Cell), 0.0);
            var left = scores[FirstSystem + Pairs.Left[entry.Cell]] ??= new double[posterior.Length];
            var right = scores[FirstSystem + Pairs.Right[entry.Cell]] ??= new double[posterior.Length];
            for (var i = 0; i < posterior.Length; i++)
            {
                var (trust, probability) = (2 * Population.Nodes[i] - 1, 1 - p + Population.Nodes[i] * (2 * p - 1));
                var (win, loss) = (trust * p * (1 - p) / probability, trust * p * (1 - p) / (1 - probability));
                left[i] += entry.Wins * win - entry.Losses * loss;
                right[i] -= entry.Wins * win - entry.Losses * loss;
                curvature += posterior[i]
                    * (entry.Wins * win * (win + 2 * p - 1) + entry.Losses * loss * (loss - 2 * p + 1));
            }

            AddCurvature(at, entry.Cell, curvature, (entry.Wins + entry.Losses) * p * (1 - p));
        }

        AddPopulationInformation(at, 1);
        SubtractCovariance(at, posterior, scores);
    }

    private void SubtractCovariance(Evaluation at, double[] posterior, double[][] scores)
    {
        var weighted = new double[posterior.Length];
        for (var row = 0; row < Width; row++)
        {
            if (scores[row] is null)
                continue;
            var mean = DenseKernels.Dot(posterior, scores[row]);
            for (var i = 0; i < weighted.Length; i++)
                weighted[i] = posterior[i] * (scores[row][i] - mean);
            for (var column = 0; column <= row; column++)
            {
                if (scores[column] is not null)
                    at.Information[row * Width + column] -= DenseKernels.Dot(weighted, scores[column]);
            }
        }
    }

    private void AddPopulationInformation(Evaluation at, double raters)
    {
        AddAt(at, 0, 0, raters * Population.Variances.First);
        AddAt(at, 1, 0, raters * Population.Variances.Both);
        AddAt(at, 1, 1, raters * Population.Variances.Second);
    }

    private void AddAt(Evaluation at, int row, int column, double information)
    {
        at.Information[row * Width + column] += information;
        at.CompleteInformation[row * Width + column] += information;
    }

    private void AddSlope(Evaluation at, int pair, double slope)
    {
        at.Gradient[FirstSystem + Pairs.Left[pair]] += slope;
        at.Gradient[FirstSystem + Pairs.Right[pair]] -= slope;
    }

    private void AddCurvature(Evaluation at, int pair, double curvature, double complete)
    {
        var (left, right) = (FirstSystem + Pairs.Left[pair], FirstSystem + Pairs.Right[pair]); // left is the smaller one
        Add(at.Information, curvature);
        Add(at.CompleteInformation, complete);

        void Add(double[] matrix, double value)
        {
            matrix[left * Width + left] += value;
            matrix[right * Width + right] += value;
            matrix[right * Width + left] -= value;
        }
    }
}
