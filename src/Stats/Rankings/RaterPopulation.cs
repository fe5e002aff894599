namespace PixelPost.Stats;

/// <summary>
/// A Beta(a, b) distribution of reliabilities on a grid of equal cells: weight ∝ η^(a−1) (1 − η)^(b−1) at the middle of each.
/// </summary>
/// <remarks>On the grid it is an exponential family with statistics log η and log(1 − η), so it needs no special functions.</remarks>
internal sealed class RaterPopulation
{
    private const int MostSteps = 100;
    private const int MostHalvings = 40;

    /// <param name="cells">Number of cells, a multiple of any number of lanes.</param>
    public RaterPopulation(int cells)
    {
        Nodes = [.. Enumerable.Range(0, cells).Select(cell => (cell + 0.5) / cells)];
        LogNodes = [.. Nodes.Select(node => Math.Log(node))];
        LogOthers = [.. Enumerable.Range(1, cells).Select(fromEnd => LogNodes[^fromEnd])];
        LogWeights = new double[cells];
        Weights = new double[cells];
    }

    /// <summary>Reliability at the middle of each cell.</summary>
    public double[] Nodes { get; }

    public double[] LogNodes { get; }

    /// <summary>log(1 − η).</summary>
    public double[] LogOthers { get; }

    public double[] LogWeights { get; }

    public double[] Weights { get; }

    /// <summary>Means of log η and log(1 − η).</summary>
    public (double First, double Second) Means { get; private set; }

    /// <summary>Variances of log η and log(1 − η), and their covariance.</summary>
    public (double First, double Both, double Second) Variances { get; private set; }

    public void Set(double a, double b)
    {
        var largest = double.NegativeInfinity;
        for (var cell = 0; cell < Weights.Length; cell++)
        {
            LogWeights[cell] = (a - 1) * LogNodes[cell] + (b - 1) * LogOthers[cell];
            largest = Math.Max(largest, LogWeights[cell]);
        }

        var logTotal = largest + Math.Log(LogWeights.Sum(weight => Math.Exp(weight - largest)));
        for (var cell = 0; cell < Weights.Length; cell++)
        {
            LogWeights[cell] -= logTotal;
            Weights[cell] = Math.Exp(LogWeights[cell]);
        }

        var (first, second) = (DenseKernels.Dot(Weights, LogNodes), DenseKernels.Dot(Weights, LogOthers));
        var (square, both, otherSquare) = (0.0, 0.0, 0.0);
        for (var cell = 0; cell < Weights.Length; cell++)
        {
            var (x, y) = (LogNodes[cell] - first, LogOthers[cell] - second);
            square += Weights[cell] * x * x;
            both += Weights[cell] * x * y;
            otherSquare += Weights[cell] * y * y;
        }

        (Means, Variances) = ((first, second), (square, both, otherSquare));
    }

    /// <summary>The a and b that make counts of cells most probable: Newton's method, halved until the likelihood does not fall.</summary>
    public (double A, double B) Fit(double[] counts, double a, double b)
    {
        var total = counts.Sum();
        var (first, second) = (DenseKernels.Dot(counts, LogNodes) / total, DenseKernels.Dot(counts, LogOthers) / total);
        Set(a, b);
        var value = DenseKernels.Dot(counts, LogWeights);
        for (var step = 0; step < MostSteps; step++)
        {
            var (x, y) = (first - Means.First, second - Means.Second);
            var determinant = Variances.First * Variances.Second - Variances.Both * Variances.Both;
            var moveA = (Variances.Second * x - Variances.Both * y) / determinant;
            var moveB = (Variances.First * y - Variances.Both * x) / determinant;
            if (Math.Abs(moveA) + Math.Abs(moveB) <= NewtonSolver.Tolerance * (1 + Math.Abs(a) + Math.Abs(b)))
                break;
            var scale = 1.0;
            for (var halving = 0; halving < MostHalvings; halving++, scale /= 2)
            {
                Set(a + scale * moveA, b + scale * moveB);
                if (DenseKernels.Dot(counts, LogWeights) >= value)
                    break;
            }

            (a, b) = (a + scale * moveA, b + scale * moveB);
            value = DenseKernels.Dot(counts, LogWeights);
        }

        return (a, b);
    }
}
