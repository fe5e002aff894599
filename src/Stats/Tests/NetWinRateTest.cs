namespace PixelPost.Stats;

/// <summary>Test of "the net win rate is 0" over independent cases, ties included.</summary>
/// <remarks>
/// Needs decisions of different prompts. For votes, the p-value of <see cref="ClusteredNetWinRate"/>. A test that needs no large n:
/// <see cref="SignTest"/>.
/// </remarks>
public static class NetWinRateTest
{
    /// <summary>
    /// Wald test: z = net/√(((wins+losses)/n − net²)/n), two-sided. Undefined when all cases are alike, which leaves no standard
    /// error. Goes with <see cref="NetWinRate.Normal"/>.
    /// </summary>
    /// <param name="counts">Of decisions.</param>
    public static TestResult Wald(OutcomeCounts counts)
    {
        const string Method = "Wald test of the net win rate, independent cases";
        var estimate = NetWinRate.Normal(counts);
        return estimate switch
        {
            { Value: null } => TestResult.Undefined(Method, estimate.Reason!),
            { StandardError: 0 } => TestResult.Undefined(Method, AllAlike),
            _ => TestResult.Normal(Method, estimate.Value.Value / estimate.StandardError!.Value),
        };
    }

    internal const string AllAlike = "All cases are alike, so nothing shows how much they vary.";
}
