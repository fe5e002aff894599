namespace PixelPost.Stats;

/// <summary>
/// McNemar's test: does a yes/no verdict change between two conditions judged on the same cases, e.g. "A preferred" in two
/// experiments on the same prompts? Only the cases where the two differ count.
/// </summary>
/// <remarks>
/// McNemar (1947), "Note on the sampling error of the difference between correlated proportions or percentages", Psychometrika
/// 12; the exact and the mid-p test: Fagerland, Lydersen and Laake (2013), BMC Med. Res. Methodol. 13:91, who recommend mid-p.
/// Needs independent cases. Cases that agree may be many or few: they change nothing.
/// </remarks>
public static class McNemar
{
    private const string NoneDiffer = "No case differs between the two conditions.";

    /// <summary>Exact: p = min(1, 2 P(X ≤ min(b, c))), X ~ Binomial(b + c, ½).</summary>
    /// <param name="onlyFirst">b: yes under the first condition alone, 0 or more.</param>
    /// <param name="onlySecond">c: yes under the second condition alone, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static TestResult Exact(int onlyFirst, int onlySecond) =>
        Run("McNemar's exact test", onlyFirst, onlySecond, method => TestResult.Exact(method, SignTest.TwoSided(onlyFirst, onlySecond)));

    /// <summary>Mid-p: half the weight on what was observed. Less conservative than <see cref="Exact"/>.</summary>
    /// <inheritdoc cref="Exact"/>
    public static TestResult MidP(int onlyFirst, int onlySecond) => Run(
        "McNemar's test, mid-p", onlyFirst, onlySecond, method => TestResult.Exact(method, SignTest.MidTwoSided(onlyFirst, onlySecond)));

    /// <summary>χ² = (b − c)²/(b + c), 1 degree of freedom. For about 25 differing cases or more.</summary>
    /// <inheritdoc cref="Exact"/>
    public static TestResult Asymptotic(int onlyFirst, int onlySecond) =>
        Run("McNemar's test, asymptotic", onlyFirst, onlySecond, method => ChiSquared(method, onlyFirst, onlySecond, correction: 0));

    /// <summary>
    /// χ² = max(|b − c| − 1, 0)²/(b + c), 1 degree of freedom. Close to <see cref="Exact"/>, here to check published figures.
    /// </summary>
    /// <inheritdoc cref="Exact"/>
    public static TestResult ContinuityCorrected(int onlyFirst, int onlySecond) => Run(
        "McNemar's test, continuity-corrected",
        onlyFirst,
        onlySecond,
        method => ChiSquared(method, onlyFirst, onlySecond, correction: 1));

    private static TestResult ChiSquared(string method, double onlyFirst, double onlySecond, double correction)
    {
        var distance = Math.Max(Math.Abs(onlyFirst - onlySecond) - correction, 0);
        return TestResult.ChiSquared(method, distance * distance / (onlyFirst + onlySecond), degreesOfFreedom: 1);
    }

    private static TestResult Run(string method, int onlyFirst, int onlySecond, Func<string, TestResult> test)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        return onlyFirst + onlySecond == 0 ? TestResult.Undefined(method, NoneDiffer) : test(method);
    }
}
