namespace PixelPost.Stats;

/// <summary>
/// The closed-form interval of an agreement coefficient: the standard error of the mean of what each unit contributes to it, to
/// first order, and a t interval with units − 1 degrees of freedom.
/// </summary>
/// <remarks>
/// Gwet (2008), "Computing inter-rater reliability and its variance in the presence of high agreement", Br. J. Math. Stat. Psychol.
/// 61. Speaks, as the bootstrap does, of these raters on other units. It can pass 1.
/// </remarks>
internal static class UnitLinearisation
{
    private const double Nothing = 1e-12;

    /// <param name="contributions">One per unit.</param>
    public static Estimate Of(string name, double value, IReadOnlyList<double> contributions, double level)
    {
        var method = $"{name}, linearised over comparisons, t interval";
        var n = contributions.Count;
        if (n < 2)
            return Estimate.WithoutInterval(method, value, "One comparison does not show how much comparisons differ.");

        var mean = contributions.Average();
        var error = Math.Sqrt(contributions.Sum(x => (x - mean) * (x - mean)) / n / (n - 1));
        if (error < Nothing) // what rounding leaves of 0
            return Estimate.WithoutInterval(method, value, "Every comparison weighs the same, so nothing shows how far it may be off.");

        var half = Quantiles.StudentT(level, n - 1) * error;
        return Estimate.Of(method, value, new Interval(value - half, value + half, level), error);
    }

    public static Estimate Undefined(string name, string reason) =>
        Estimate.Undefined($"{name}, linearised over comparisons, t interval", reason);
}
