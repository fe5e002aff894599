using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>Maximises log-likelihood + ½ log det(information) of a Bradley-Terry model.</summary>
/// <remarks>
/// The gradient of the penalty is Σ h (½ − p) x over pairs, with h = n p (1 − p) Var(xᵀθ) the leverage of a pair: Firth (1993),
/// section 3.3. Steps are those of Fisher scoring with this gradient; they are halved and stop by the rules of <see cref="NewtonSolver"/>.
/// </remarks>
internal static class FirthFit
{
    private const int MostSteps = 1_000;
    private const int MostHalvings = 60;
    private const double Rounding = 1e-12;

    public static Ranking Run(RankingModel model, string method, PairLikelihood likelihood)
    {
        var layout = likelihood.Layout;
        var at = Evaluate(model, likelihood, new double[layout.Count]);
        var direction = new double[layout.Count];
        for (var step = 1; step <= MostSteps; step++)
        {
            DenseKernels.Multiply(at.Covariance, at.Gradient, direction);
            at = Take(model, likelihood, at, direction);
            if (direction.Max(Math.Abs) <= NewtonSolver.Tolerance)
                return Ranking.Of(model, method, at.Parameters, at.Covariance, at.LogLikelihood, step);
        }

        throw new NonConvergenceException($"No maximum of the penalised likelihood was found in {MostSteps} steps.");
    }

    /// <summary>A point: its covariance is for log strengths adding up to 0, and so are the steps taken from it.</summary>
    private sealed record Point(double[] Parameters, double[] Gradient, double[] Covariance, double LogLikelihood, double Penalised);

    private static Point Take(RankingModel model, PairLikelihood likelihood, Point from, double[] direction)
    {
        var (scale, slope) = (1.0, DenseKernels.Dot(from.Gradient, direction));
        for (var halving = 0; halving <= MostHalvings; halving++, scale /= 2)
        {
            var parameters = (double[])from.Parameters.Clone();
            DenseKernels.AddScaled(parameters, scale, direction);
            var reached = Evaluate(model, likelihood, parameters);
            if (reached.Penalised >= from.Penalised - Rounding * Math.Abs(from.Penalised) // false for not a number
                || (reached.Covariance.Length > 0 && Math.Abs(DenseKernels.Dot(reached.Gradient, direction)) <= slope / 2))
                return reached;
        }

        throw new NonConvergenceException("No step raises the penalised likelihood.");
    }

    private static Point Evaluate(RankingModel model, PairLikelihood likelihood, double[] parameters)
    {
        var (layout, width) = (likelihood.Layout, likelihood.Layout.Count);
        var (gradient, information) = (new double[width], new double[width * width]);
        var value = likelihood.Evaluate(parameters, gradient, information);
        if (!DenseKernels.TryFactor(information, width - 1, width))
            return new Point(parameters, gradient, [], value, double.NaN);

        var halfLogDeterminant = 0.0;
        for (var i = 0; i < width - 1; i++)
            halfLogDeterminant += Math.Log(information[i * width + i]);
        var covariance = DenseKernels.Invert(information, width - 1, width);
        NewtonSolver.CentreCovariance(covariance, layout);
        AddPenalty(model, likelihood, parameters, covariance, gradient);
        return new Point(parameters, gradient, covariance, value, value + halfLogDeterminant);
    }

    private static void AddPenalty(
        RankingModel model, PairLikelihood likelihood, double[] parameters, double[] covariance, double[] gradient)
    {
        var (cells, layout, width) = (likelihood.Cells, likelihood.Layout, likelihood.Layout.Count);
        var tieVote = model.Ties == TieTreatment.Half ? 1 : 0;
        for (int cell = 0, slot = 0; cell < cells.Count; cell++, slot += PairTable.Outcomes)
        {
            var (left, right) = (layout.FirstSystem + cells.Left[cell], layout.FirstSystem + cells.Right[cell]);
            var variance = At(left, left) + At(right, right) - 2 * At(left, right);
            if (layout.Side >= 0)
                variance += At(layout.Side, layout.Side) + 2 * (At(layout.Side, left) - At(layout.Side, right));

            var scores = likelihood.Scores(parameters, cells.Left[cell], cells.Right[cell]);
            var (p, q) = (-scores.Right, scores.Left);
            var votes = likelihood.Counts[slot] + tieVote * likelihood.Counts[slot + 1] + likelihood.Counts[slot + 2];
            var slope = votes * p * q * variance * (q - p) / 2;
            gradient[left] += slope;
            gradient[right] -= slope;
            if (layout.Side >= 0)
                gradient[layout.Side] += slope;
        }

        double At(int row, int column) => covariance[row * width + column];
    }
}
