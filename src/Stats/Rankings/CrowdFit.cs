using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Maximises <see cref="CrowdLikelihood"/>: some steps of expectation-maximisation, which cannot go astray, then Newton's method.
/// </summary>
/// <remarks>
/// Where the likelihood is not concave, a multiple of the information that complete data would hold is added to the information, the
/// least that makes it positive definite and a step that does not lower the likelihood: between Newton's step and one of the EM
/// gradient algorithm of Lange (1995, JRSS B 57).
/// </remarks>
internal sealed class CrowdFit
{
    private const int FirstSteps = 10;
    private const int MostSteps = 500;
    private const double Rounding = 1e-12;

    // From Newton's step on to shorter ones. A step damped more than by MostTelling tells nothing by being short.
    private static readonly double[] Dampings = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100, 1_000];
    private const double MostTelling = 1;

    // Where expectation-maximisation starts: most raters answer by true preference.
    private const double StartA = 3;
    private const double StartB = 1;

    private readonly CrowdLikelihood _likelihood;
    private readonly double[] _meant;
    private readonly PairLikelihood _strengths;
    private readonly NewtonSolver _solver;

    private CrowdFit(CrowdLikelihood likelihood)
    {
        _likelihood = likelihood;
        _meant = new double[likelihood.Pairs.Count * PairTable.Outcomes];
        var layout = new ParameterLayout(-1, -1, 0, likelihood.Pairs.Systems);
        _strengths = PairLikelihood.Of(TieTreatment.Dropped, likelihood.Pairs, _meant, layout);
        _solver = new NewtonSolver(layout);
    }

    /// <summary>The parameters at the maximum, what was found there, and the inverse information; null where it is flat.</summary>
    public static (double[] Parameters, CrowdLikelihood.Evaluation At, double[]? Covariance, int Steps) Run(CrowdLikelihood likelihood)
    {
        var parameters = new double[likelihood.Width];
        (parameters[0], parameters[1]) = (StartA, StartB);
        var steps = new CrowdFit(likelihood).Maximise(parameters);
        if (parameters[0] < parameters[1])
            Mirror(parameters);
        var at = likelihood.Evaluate(parameters, withInformation: true);
        var factor = (double[])at.Information.Clone();
        var covariance = DenseKernels.TryFactor(factor, likelihood.Width - 1, likelihood.Width)
            ? DenseKernels.Invert(factor, likelihood.Width - 1, likelihood.Width)
            : null;
        return (parameters, at, covariance, steps);
    }

    /// <summary>
    /// Turning every strength and every reliability round changes no probability. Of the two, that in which most raters answer
    /// by true preference is meant.
    /// </summary>
    private static void Mirror(double[] parameters)
    {
        (parameters[0], parameters[1]) = (parameters[1], parameters[0]);
        for (var i = CrowdLikelihood.FirstSystem; i < parameters.Length; i++)
            parameters[i] = -parameters[i];
    }

    private int Maximise(double[] parameters)
    {
        for (var step = 1; step <= FirstSteps; step++)
            ExpectAndMaximise(_likelihood.Evaluate(parameters, withInformation: false), parameters);

        var before = new double[parameters.Length];
        for (var step = FirstSteps + 1; step <= MostSteps; step++)
        {
            parameters.CopyTo(before, 0);
            var damping = TakeDamped(_likelihood.Evaluate(parameters, withInformation: true), parameters);
            if (damping <= MostTelling && IsSettled(before, parameters))
                return step;
        }

        throw new NonConvergenceException($"Strengths and reliabilities did not settle in {MostSteps} steps.");
    }

    private static bool IsSettled(double[] before, double[] after)
    {
        for (var i = 0; i < after.Length; i++)
        {
            if (Math.Abs(after[i] - before[i]) > NewtonSolver.Tolerance * Math.Max(1, Math.Abs(after[i])))
                return false;
        }

        return true;
    }

    /// <summary>Strengths: a Bradley-Terry fit to the votes that raters are expected to have meant. Population: likewise.</summary>
    private void ExpectAndMaximise(CrowdLikelihood.Evaluation at, double[] parameters)
    {
        (parameters[0], parameters[1]) = _likelihood.ExpectedPopulation(at, parameters[0], parameters[1]);
        at.Meant.CopyTo(_meant, 0);
        var strengths = parameters[CrowdLikelihood.FirstSystem..];
        _solver.Maximise(_strengths, strengths);
        strengths.CopyTo(parameters, CrowdLikelihood.FirstSystem);
    }

    /// <summary>Takes the least damped step that does not lower the likelihood, and says how much it was damped.</summary>
    private double TakeDamped(CrowdLikelihood.Evaluation at, double[] parameters)
    {
        var width = _likelihood.Width;
        var start = (double[])parameters.Clone();
        foreach (var damping in Dampings)
        {
            var factor = (double[])at.Information.Clone();
            DenseKernels.AddScaled(factor, damping, at.CompleteInformation);
            if (!DenseKernels.TryFactor(factor, width - 1, width))
                continue;
            var move = (double[])at.Gradient.Clone();
            move[^1] = 0;
            DenseKernels.Solve(factor, width - 1, width, move);
            start.CopyTo(parameters, 0);
            DenseKernels.AddScaled(parameters, 1, move);
            if (_likelihood.Evaluate(parameters, withInformation: false).Value >= at.Value - Rounding * Math.Abs(at.Value))
                return damping; // not for not a number, as a or b below 0 gives
        }

        throw new NonConvergenceException("No step raises the likelihood of strengths and reliabilities.");
    }
}
