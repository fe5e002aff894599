using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>
/// Maximises a concave function by Newton's method with halving. Buffers are kept, so one thread at a time and no allocation
/// per step.
/// </summary>
/// <remarks>
/// A step is halved until the value does not fall or, where rounding hides that, the slope along it is at most half of what it was.
/// Stops after the step whose largest component, |(information)⁻¹ gradient|, is at most 1e-8. That is the gradient in the unit
/// of the parameters: the rule asks the same of 100 votes and of a million, and the step that passes it leaves an error of the
/// order of its square.
/// </remarks>
internal sealed class NewtonSolver(ParameterLayout layout)
{
    public const double Tolerance = 1e-8;

    private const int MostSteps = 200;
    private const int MostHalvings = 60;

    // Sums of some thousand logarithms differ by this much without a reason.
    private const double Rounding = 1e-12;

    private readonly double[] _gradient = new double[layout.Count];
    private readonly double[] _information = new double[layout.Count * layout.Count];
    private readonly double[] _step = new double[layout.Count];
    private readonly double[] _start = new double[layout.Count];
    private double _slope;

    /// <summary>Moves the parameters to the maximum. The last parameter, the last system's strength, stays.</summary>
    /// <exception cref="NonConvergenceException">The maximum was not reached: it is at infinity, or nearly flat.</exception>
    public (double Value, int Steps) Maximise(IObjective objective, double[] parameters)
    {
        var value = objective.Evaluate(parameters, _gradient, _information);
        for (var step = 1; step <= MostSteps; step++)
        {
            var size = FindStep();
            value = Take(objective, parameters, value);
            if (size <= Tolerance)
                return (value, step);
        }

        throw new NonConvergenceException($"No maximum of the likelihood was found in {MostSteps} Newton steps.");
    }

    /// <summary>
    /// The inverse information where <see cref="Maximise"/> stopped, whole, for log strengths that add up to 0.
    /// </summary>
    public double[] Covariance()
    {
        Factor();
        var inverse = DenseKernels.Invert(_information, layout.Count - 1, layout.Count);
        CentreCovariance(inverse, layout);
        return inverse;
    }

    /// <summary>Shifts log strengths to add up to 0.</summary>
    public static void Centre(Span<double> parameters, ParameterLayout layout)
    {
        var systems = parameters[layout.FirstSystem..];
        var mean = 0.0;
        foreach (var strength in systems)
            mean += strength / systems.Length;
        foreach (ref var strength in systems)
            strength -= mean;
    }

    /// <summary>P C Pᵀ, with P taking the mean from the log strengths.</summary>
    public static void CentreCovariance(double[] covariance, ParameterLayout layout)
    {
        var width = layout.Count;
        for (var row = 0; row < width; row++)
            Centre(covariance.AsSpan(row * width, width), layout);
        var mean = new double[width];
        for (var row = layout.FirstSystem; row < width; row++)
            DenseKernels.AddScaled(mean, 1.0 / layout.Systems, covariance.AsSpan(row * width, width));
        for (var row = layout.FirstSystem; row < width; row++)
            DenseKernels.AddScaled(covariance.AsSpan(row * width, width), -1, mean);
    }

    private double FindStep()
    {
        Factor();
        _gradient.CopyTo(_step, 0);
        _step[^1] = 0;
        DenseKernels.Solve(_information, layout.Count - 1, layout.Count, _step);
        _slope = DenseKernels.Dot(_gradient, _step);
        var size = 0.0;
        foreach (var component in _step)
            size = Math.Max(size, Math.Abs(component));
        return size;
    }

    private void Factor()
    {
        if (!DenseKernels.TryFactor(_information, layout.Count - 1, layout.Count))
            throw new NonConvergenceException("The likelihood is flat: its information matrix is not positive definite.");
    }

    private double Take(IObjective objective, double[] parameters, double value)
    {
        parameters.CopyTo(_start, 0);
        var scale = 1.0;
        for (var halving = 0; halving <= MostHalvings; halving++, scale /= 2)
        {
            for (var i = 0; i < parameters.Length; i++)
                parameters[i] = _start[i] + scale * _step[i];
            var reached = objective.Evaluate(parameters, _gradient, _information);
            var slope = DenseKernels.Dot(_gradient, _step);
            if (reached >= value - Rounding * Math.Abs(value) || Math.Abs(slope) <= _slope / 2) // both false for not a number
                return reached;
        }

        throw new NonConvergenceException("No step along Newton's direction raises the likelihood.");
    }
}
