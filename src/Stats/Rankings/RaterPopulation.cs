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

    /// <summary>
    /// The a and b that maximise Σ counts × log weight + barrier × (log a + log b): Newton's method, halved until it does not fall.
    /// </summary>
    public (double A, double B) Fit(double[] counts, double barrier, double a, double b)
    {
        var total = counts.Sum();
        var (first, second) = (DenseKernels.Dot(counts, LogNodes), DenseKernels.Dot(counts, LogOthers));
        var value = Value(a, b);
        for (var step = 0; step < MostSteps; step++)
        {
            var (x, y) = (first - total * Means.First + barrier / a, second - total * Means.Second + barrier / b);
            var (xx, yy) = (total * Variances.First + barrier / (a * a), total * Variances.Second + barrier / (b * b));
            var xy = total * Variances.Both;
            var determinant = xx * yy - xy * xy;
            var (moveA, moveB) = ((yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant);
            if (Math.Abs(moveA) + Math.Abs(moveB) <= NewtonSolver.Tolerance * (a + b))
                break;
            var (scale, reached) = (1.0, Value(a + moveA, b + moveB));
            for (var halving = 0; halving < MostHalvings && !(reached >= value); halving++)
            {
                scale /= 2;
                reached = Value(a + scale * moveA, b + scale * moveB);
            }

            (a, b, value) = (a + scale * moveA, b + scale * moveB, reached);
        }

        return (a, b);

        double Value(double atA, double atB)
        {
            Set(atA, atB);
            return DenseKernels.Dot(counts, LogWeights) + barrier * (Math.Log(atA) + Math.Log(atB));
        }
    }
}
