namespace PixelPost.Stats;

/// <summary>Systems ranked by log strengths, as <see cref="BradleyTerry"/> fits them.</summary>
public sealed record Ranking
{
    /// <summary>The model fitted.</summary>
    public required RankingModel Model { get; init; }

    /// <summary>How it was fitted, e.g. "Davidson, maximum likelihood".</summary>
    public required string Method { get; init; }

    /// <summary>Number of systems.</summary>
    public required int Systems { get; init; }

    /// <summary>Natural logarithm of each system's strength, adding up to 0; null when they are undefined.</summary>
    public IReadOnlyList<double>? LogStrengths { get; init; }

    /// <summary>Log odds by which the left image gains; null when the model has no side effect.</summary>
    public double? SideEffect { get; init; }

    /// <summary>log ν of Davidson's model or log θ of Rao and Kupper's; null when the model has neither.</summary>
    public double? LogTieParameter { get; init; }

    /// <summary>Log-likelihood without multinomial coefficients; of ties as half a win only in form.</summary>
    public double? LogLikelihood { get; init; }

    /// <summary>Steps taken to the maximum.</summary>
    public int Steps { get; init; }

    /// <summary>Why <see cref="LogStrengths"/> is null; null when they are there.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Place of each system from 1: one more than the number of stronger systems; null when the strengths are undefined.
    /// </summary>
    public IReadOnlyList<int>? Ranks => LogStrengths is { } strengths
        ? [.. strengths.Select(strength => 1 + strengths.Count(other => other > strength))]
        : null;

    /// <summary>Whether it maximises the likelihood alone, on which the robust covariances and the bootstrap rest.</summary>
    internal bool IsMaximumLikelihood { get; init; }

    /// <summary>All parameters as <see cref="ParameterLayout"/> has them.</summary>
    internal double[] Parameters { get; init; } = [];

    /// <summary>Inverse information of <see cref="Parameters"/>, for log strengths adding up to 0.</summary>
    internal double[] Covariance { get; init; } = [];

    internal ParameterLayout Layout => ParameterLayout.Of(Model, Systems);

    internal static Ranking Undefined(RankingModel model, string method, int systems, string reason) =>
        new() { Model = model, Method = method, Systems = systems, Reason = reason };

    /// <summary>A fit as a result. Centres the parameters in place.</summary>
    internal static Ranking Of(
        RankingModel model, string method, double[] parameters, double[] covariance, double logLikelihood, int steps)
    {
        var layout = ParameterLayout.Of(model, parameters.Length - model.Extras);
        NewtonSolver.Centre(parameters, layout);
        return new Ranking
        {
            Model = model,
            Method = method,
            Systems = layout.Systems,
            LogStrengths = parameters[layout.FirstSystem..],
            SideEffect = layout.Side < 0 ? null : parameters[layout.Side],
            LogTieParameter = layout.Tie < 0 ? null : parameters[layout.Tie],
            LogLikelihood = logLikelihood,
            Steps = steps,
            Parameters = parameters,
            Covariance = covariance,
        };
    }
}

/// <summary>The scale that chess ratings made familiar. Only differences mean anything.</summary>
public static class EloScale
{
    private const double Anchor = 1000;
    private const double PointsPerUnit = 400 / 2.302585092994046; // 400 points = odds of 10 to 1

    /// <summary>Rating = 1000 + (400/ln 10) λ, so 1000 is the average system.</summary>
    public static double Rating(double logStrength) => Anchor + Points(logStrength);

    /// <summary>The bounds as ratings.</summary>
    public static Interval Rating(Interval logStrength) =>
        new(Rating(logStrength.Lower), Rating(logStrength.Upper), logStrength.Level);

    /// <summary>A difference of log strengths, or a standard error, in points.</summary>
    public static double Points(double difference) => PointsPerUnit * difference;
}
