using MathNet.Numerics;

namespace PixelPost.Stats;

/// <summary>What keeps every figure finite however few the votes are.</summary>
/// <param name="UniformRaters">
/// Raters of unknown reliability added to those seen when their distribution Beta(a, b) is fitted, with a tenth as many times
/// log a + log b, so that it neither shrinks to a point nor runs off to 0 and 1; above 0.
/// </param>
/// <param name="VirtualVotes">Wins, and as many losses, of every system against a virtual one; above 0.</param>
public sealed record RaterAssumptions(double UniformRaters = 1, double VirtualVotes = 0.1);

/// <summary>A rater's reliability.</summary>
/// <param name="Rater">Identifies the rater.</param>
/// <param name="Votes">Votes that counted.</param>
/// <param name="Reliability">
/// Probability that the rater answers by true preference: 1 always, ½ as a coin, below ½ against it. Mean, standard deviation
/// and equal-tailed interval of its posterior.
/// </param>
public sealed record RaterReliability(long Rater, int Votes, Estimate Reliability);

/// <summary>Strengths and reliabilities fitted together.</summary>
public sealed record RaterAwareRanking
{
    /// <summary>The model and how it was fitted.</summary>
    public required string Method { get; init; }

    /// <summary>Log strength of each system, adding up to 0, with normal interval; null when they are undefined.</summary>
    public IReadOnlyList<Estimate>? LogStrengths { get; init; }

    /// <summary>Each rater with a vote; null when the strengths are undefined.</summary>
    public IReadOnlyList<RaterReliability>? Raters { get; init; }

    /// <summary>a and b of the Beta distribution of reliabilities among raters; null when the strengths are undefined.</summary>
    public (double A, double B)? Population { get; init; }

    /// <summary>Strength of the virtual system on the scale of <see cref="LogStrengths"/>.</summary>
    public double? VirtualLogStrength { get; init; }

    /// <summary>Marginal log-likelihood with what the assumptions add, up to a constant.</summary>
    public double? LogLikelihood { get; init; }

    /// <summary>Steps taken to the maximum.</summary>
    public int Steps { get; init; }

    /// <summary>Why the strengths are null; null when they are there.</summary>
    public string? Reason { get; init; }
}

/// <summary>Value and gradient of the marginal log-likelihood that <see cref="RaterAwareBradleyTerry"/> maximises.</summary>
/// <param name="Value">Up to a constant.</param>
/// <param name="ByLogStrength">Derivative by each log strength.</param>
/// <param name="ByA">Derivative by a of the population.</param>
/// <param name="ByB">Derivative by b of the population.</param>
public sealed record RaterAwareLikelihood(double Value, IReadOnlyList<double> ByLogStrength, double ByA, double ByB);

/// <summary>
/// Bradley-Terry with a reliability for each rater: P(rater r prefers i to j) = η_r p + (1 − η_r)(1 − p), p = 1/(1 + e^(λ_j − λ_i)).
/// Votes of raters who answer at random count little, those of raters who answer the other way round count reversed.
/// </summary>
/// <remarks>
/// Model: Chen, Bennett, Collins-Thompson and Horvitz (2013), "Pairwise ranking aggregation in a crowdsourced setting", WSDM
/// (Crowd-BT), with its virtual node. Fitted as Bock and Aitkin (1981, Psychometrika 46) fit item response models: each rater's η is drawn
/// from a Beta(a, b) distribution and integrated out, and λ, a, b maximise what remains. Maximising over every η instead, as the
/// paper does, is inconsistent with few votes per rater (Neyman and Scott 1948, Econometrica 16): strengths come out too far
/// apart and good raters too bad. Standard errors: Louis (1982, JRSS B 44). Votes are independent given strengths and
/// reliabilities, so prompts are not allowed for. That most raters answer by true preference is assumed: no vote can show it.
/// Strengths far apart and raters less reliable make similar votes, so the common scale of the strengths is the least sure.
/// </remarks>
public static class RaterAwareBradleyTerry
{
    private const string Flat = "The votes hardly tell strengths and reliabilities apart, so nothing shows how far the figure may be off.";

    /// <summary>Strengths and reliabilities; undefined where comparisons do not join all systems.</summary>
    /// <param name="votes">Votes with their raters.</param>
    /// <param name="ties">Dropped, or half a vote for each.</param>
    /// <param name="assumptions">What keeps figures finite.</param>
    /// <param name="level">Level of the intervals, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentException">Ties have a parameter of their own.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level or a number of the assumptions is outside its range.</exception>
    /// <exception cref="NonConvergenceException">No maximum was reached.</exception>
    public static RaterAwareRanking Fit(
        PairVotes votes, TieTreatment ties = TieTreatment.Half, RaterAssumptions? assumptions = null, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var likelihood = new CrowdLikelihood(votes, CheckTies(ties), Check(assumptions));
        var method = $"Crowd-BT, marginal maximum likelihood, ties {(ties == TieTreatment.Half ? "as half a vote" : "dropped")}";
        var graph = ComparisonGraph.Of(votes.Table, ties);
        if (graph.Groups > 1)
            return new RaterAwareRanking { Method = method, Reason = graph.Reason };

        var (parameters, at, covariance, steps) = CrowdFit.Run(likelihood);
        var strengths = parameters[CrowdLikelihood.FirstSystem..^1];
        var mean = strengths.Average();
        return new RaterAwareRanking
        {
            Method = method,
            LogStrengths = [.. strengths.Select((strength, system) => Strength(method, strength - mean, covariance, system, strengths.Length, level))],
            Raters = [.. votes.RaterIds.Select((rater, index) => new RaterReliability(
                rater, likelihood.Votes[index], Reliability(method, at.Posteriors[index], likelihood.Population.Nodes, level)))],
            Population = (parameters[0], parameters[1]),
            VirtualLogStrength = -mean,
            LogLikelihood = at.Value,
            Steps = steps,
        };
    }

    /// <summary>The marginal log-likelihood at any point, with its gradient: what <see cref="Fit"/> brings to a maximum.</summary>
    /// <param name="votes">Votes with their raters.</param>
    /// <param name="logStrengths">One per system.</param>
    /// <param name="population">a and b of the distribution of reliabilities.</param>
    /// <param name="virtualLogStrength">Strength of the virtual system.</param>
    /// <param name="ties">Dropped, or half a vote for each.</param>
    /// <param name="assumptions">What keeps figures finite.</param>
    /// <exception cref="ArgumentException">Ties have a parameter of their own, or there is not one strength for each system.</exception>
    /// <exception cref="ArgumentOutOfRangeException">a, b or a number of the assumptions is not above 0.</exception>
    public static RaterAwareLikelihood LogLikelihood(
        PairVotes votes, IReadOnlyList<double> logStrengths, (double A, double B) population, double virtualLogStrength = 0,
        TieTreatment ties = TieTreatment.Half, RaterAssumptions? assumptions = null)
    {
        if (logStrengths.Count != votes.Table.Systems)
            throw new ArgumentException($"There are {votes.Table.Systems} systems and {logStrengths.Count} strengths.", nameof(logStrengths));
        if (!(population is { A: > 0, B: > 0 }))
            throw new ArgumentOutOfRangeException(nameof(population), population, "a and b of a population must be above 0.");
        var at = new CrowdLikelihood(votes, CheckTies(ties), Check(assumptions))
            .Evaluate([population.A, population.B, .. logStrengths, virtualLogStrength], withInformation: false);
        return new RaterAwareLikelihood(at.Value, at.Gradient[CrowdLikelihood.FirstSystem..^1], at.Gradient[0], at.Gradient[1]);
    }

    /// <summary>A strength against the average system: the variance of its contrast with all of them.</summary>
    private static Estimate Strength(string method, double value, double[]? covariance, int system, int systems, double level)
    {
        if (covariance is null)
            return Estimate.WithoutInterval(method, value, Flat);
        var width = CrowdLikelihood.FirstSystem + systems + 1;
        var (contrast, product) = (new double[width], new double[width]);
        Array.Fill(contrast, -1.0 / systems, CrowdLikelihood.FirstSystem, systems);
        contrast[CrowdLikelihood.FirstSystem + system] += 1;
        DenseKernels.Multiply(covariance, contrast, product);
        var error = Math.Sqrt(DenseKernels.Dot(contrast, product));
        var half = Quantiles.Normal(level) * error;
        return Estimate.Of(method, value, new Interval(value - half, value + half, level), error);
    }

    private static Estimate Reliability(string method, double[] posterior, double[] nodes, double level)
    {
        var mean = DenseKernels.Dot(posterior, nodes);
        var variance = posterior.Zip(nodes, (weight, node) => weight * (node - mean) * (node - mean)).Sum();
        var tail = Quantiles.Tail(level);
        return Estimate.Of(method, mean, new Interval(Quantile(posterior, tail), Quantile(posterior, 1 - tail), level), Math.Sqrt(variance));
    }

    /// <summary>Within its cell a probability is spread evenly.</summary>
    private static double Quantile(double[] posterior, double share)
    {
        var (cell, below) = (0, 0.0);
        while (cell < posterior.Length - 1 && below + posterior[cell] < share)
            below += posterior[cell++];
        return (cell + Math.Clamp((share - below) / posterior[cell], 0, 1)) / posterior.Length;
    }

    private static TieTreatment CheckTies(TieTreatment ties) => ties is TieTreatment.Dropped or TieTreatment.Half
        ? ties
        : throw new ArgumentException($"Ties must be dropped or halved here, not {ties}.", nameof(ties));

    private static RaterAssumptions Check(RaterAssumptions? assumptions)
    {
        var known = assumptions ?? new RaterAssumptions();
        return known is { UniformRaters: > 0, VirtualVotes: > 0 }
            ? known
            : throw new ArgumentOutOfRangeException(nameof(assumptions), known, "The raters and votes that are added must be above 0.");
    }
}
