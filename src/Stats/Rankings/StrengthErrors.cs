using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>A log strength, or a difference of two, with interval and test.</summary>
public sealed record StrengthEstimate
{
    /// <summary>Value, interval and standard error on the scale of log strengths.</summary>
    public required Estimate Estimate { get; init; }

    /// <summary>Two-sided p-value of "it is 0", not adjusted; null exactly when the estimate has no interval.</summary>
    public double? PValue { get; init; }

    /// <summary>Why another clustering was used than the one asked for; null when it was not.</summary>
    public string? Fallback { get; init; }
}

/// <summary>A covariance under one way of clustering, or none: then the normal distribution is used.</summary>
internal sealed record CovarianceBasis(Clustering? Clustering, string Name, int? Clusters, double[] Matrix);

/// <summary>
/// Standard errors, intervals and tests of a ranking's parameters. A strength is against the average of all systems; two systems
/// are compared by <see cref="Difference"/>, never by whether their intervals overlap.
/// </summary>
public sealed class StrengthErrors
{
    // A variance smaller than this part of the one it should resemble is the rounding error of an exact 0.
    private const double Rounding = 1e-12;

    private readonly CovarianceBasis[] _bases;

    /// <param name="ranking">The ranking.</param>
    /// <param name="method">What the covariance allows for, in words.</param>
    /// <param name="bases">One, or three for two-way: by prompt, by rater, and by both at once, which is taken off.</param>
    internal StrengthErrors(Ranking ranking, string method, CovarianceBasis[] bases) =>
        (Ranking, Method, _bases) = (ranking, method, bases);

    /// <summary>The ranking whose errors these are.</summary>
    public Ranking Ranking { get; }

    /// <summary>How the errors were got, e.g. "Student t interval, cluster-robust by prompt (cr1)".</summary>
    public string Method { get; }

    /// <summary>Log strength of a system, against the average of all.</summary>
    /// <param name="system">Counted from 0.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public StrengthEstimate Strength(int system, double level = 0.95) => Of(Index(system), null, level);

    /// <summary>How much stronger the first system is than the second.</summary>
    /// <param name="first">Counted from 0.</param>
    /// <param name="second">Another system.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <exception cref="ArgumentException">The systems are the same.</exception>
    public StrengthEstimate Difference(int first, int second, double level = 0.95) => first == second
        ? throw new ArgumentException($"System {first} does not differ from itself.", nameof(second))
        : Of(Index(first), Index(second), level);

    /// <summary>Log odds by which the left image gains.</summary>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The model has no side effect.</exception>
    public StrengthEstimate SideEffect(double level = 0.95) => Ranking.Model.SideEffect
        ? Of(Ranking.Layout.Side, null, level)
        : throw new InvalidOperationException($"The model \"{Ranking.Model.Name}\" has no side effect.");

    /// <summary>log ν of Davidson's model or log θ of Rao and Kupper's.</summary>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    /// <exception cref="InvalidOperationException">The model has no tie parameter.</exception>
    public StrengthEstimate LogTieParameter(double level = 0.95) => Ranking.Model.HasTieParameter
        ? Of(Ranking.Layout.Tie, null, level)
        : throw new InvalidOperationException($"The model \"{Ranking.Model.Name}\" has no tie parameter.");

    /// <summary>
    /// Covariance of two systems' log strengths; null when the ranking is undefined. Two-way it is the plain sum of the three
    /// parts, of which a variance can be negative; the estimates fall back then.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A system is not in the ranking.</exception>
    public double? Covariance(int first, int second)
    {
        var (row, column, width) = (Index(first), Index(second), Ranking.Layout.Count);
        if (Ranking.Reason is not null)
            return null;
        var entries = _bases.Select(basis => basis.Matrix[row * width + column]).ToArray();
        return entries.Length == 1 ? entries[0] : entries[0] + entries[1] - entries[2];
    }

    private int Index(int system) => (uint)system < (uint)Ranking.Systems
        ? Ranking.Layout.FirstSystem + system
        : throw new ArgumentOutOfRangeException(nameof(system), system, $"A system must be from 0 to {Ranking.Systems - 1}.");

    private StrengthEstimate Of(int plus, int? minus, double level)
    {
        _ = Quantiles.Tail(level);
        if (Ranking.Reason is { } reason)
            return new StrengthEstimate { Estimate = Estimate.Undefined(Method, reason) };

        var value = Ranking.Parameters[plus] - (minus is { } other ? Ranking.Parameters[other] : 0);
        var (basis, variance, fallback) = Choose(matrix => Variance(matrix, plus, minus));
        if (basis.Clusters < 2)
            return Without($"An interval clustered {basis.Name} needs at least two clusters.");
        if (variance <= Rounding * Variance(Ranking.Covariance, plus, minus))
            return Without("The votes do not vary between clusters, so nothing shows how far the figure may be off.");

        var error = Math.Sqrt(variance);
        var half = error * (basis.Clusters is { } clusters ? Quantiles.StudentT(level, clusters - 1) : Quantiles.Normal(level));
        var below = -Math.Abs(value / error);
        return new StrengthEstimate
        {
            Estimate = Estimate.Of(Method, value, new Interval(value - half, value + half, level), error),
            PValue = 2 * (basis.Clusters is { } count ? StudentT.CDF(0, 1, count - 1, below) : Normal.CDF(0, 1, below)),
            Fallback = fallback,
        };

        StrengthEstimate Without(string why) =>
            new() { Estimate = Estimate.WithoutInterval(Method, value, why), Fallback = fallback };
    }

    private double Variance(double[] matrix, int plus, int? minus)
    {
        var width = Ranking.Layout.Count;
        var variance = matrix[plus * width + plus];
        return minus is { } other
            ? variance + matrix[other * width + other] - matrix[plus * width + other] - matrix[other * width + plus]
            : variance;
    }

    private (CovarianceBasis Basis, double Variance, string? Fallback) Choose(Func<double[], double> variance)
    {
        var first = _bases[0];
        if (_bases.Length == 1)
            return (first, variance(first.Matrix), null);

        var second = _bases[1];
        var (byPrompt, byRater, byBoth) = (variance(first.Matrix), variance(second.Matrix), variance(_bases[2].Matrix));
        if (second.Clusters < 2 && first.Clusters > 1)
            return (first, byPrompt, "There is only one rater, so the votes are clustered by prompt alone.");
        if (first.Clusters < 2 && second.Clusters > 1)
            return (second, byRater, "There is only one prompt, so the votes are clustered by rater alone.");

        var (larger, most) = byPrompt >= byRater ? (first, byPrompt) : (second, byRater);
        var twoWay = byPrompt + byRater - byBoth;
        var fewest = Math.Min(first.Clusters!.Value, second.Clusters!.Value);
        return fewest < 2 || twoWay > Rounding * most
            ? (_bases[2] with { Clusters = fewest }, twoWay, null)
            : (larger, most, $"The two-way variance is not positive, so the votes are clustered {larger.Name} alone.");
    }
}
