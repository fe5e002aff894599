namespace PixelPost.Stats;

/// <summary>Whether raters favour a side, and the net win rate with that taken out.</summary>
public sealed record SideBiasResult
{
    /// <summary>Decided cases won by the image on the left.</summary>
    public required int LeftWins { get; init; }

    /// <summary>Decided cases won by the image on the right.</summary>
    public required int RightWins { get; init; }

    /// <summary>LeftWins / (LeftWins + RightWins), with the Wilson interval; ½ without a bias.</summary>
    public required Estimate LeftShare { get; init; }

    /// <summary>Exact two-sided test of "left and right win equally often".</summary>
    public required TestResult Test { get; init; }

    /// <summary>Net win rate of A where it stood left; Tango interval.</summary>
    public required Estimate NetALeft { get; init; }

    /// <summary>Net win rate of A where it stood right; Tango interval.</summary>
    public required Estimate NetARight { get; init; }

    /// <summary>
    /// Net win rate as if A had stood left in half of the cases: the mean of <see cref="NetALeft"/> and <see cref="NetARight"/>,
    /// in which a bias that adds to the side cancels. Null when one of them is undefined.
    /// </summary>
    public double? BalancedNetWinRate { get; init; }

    /// <summary>Why <see cref="BalancedNetWinRate"/> is null; null when it is there.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Do raters favour the left or the right image, whichever system it is from? Wins of the left side among the decided cases
/// against ½. Unequal numbers of A left and right let a bias leak into the net win rate.
/// </summary>
/// <remarks>
/// Votes are treated as independent. A rater's favourite side shows in all of that rater's votes, so a small p-value over votes
/// says that these raters lean, not that others would.
/// </remarks>
public static class SideBias
{
    /// <summary>Side bias from the outcomes of the two arrangements.</summary>
    /// <param name="aLeft">Votes given while A stood left.</param>
    /// <param name="aRight">Votes given while A stood right.</param>
    public static SideBiasResult Of(OutcomeCounts aLeft, OutcomeCounts aRight)
    {
        const string Method = "exact binomial test, left against right";
        var (left, right) = (aLeft.A + aRight.B, aLeft.B + aRight.A);
        var (netLeft, netRight) = (NetWinRate.Tango(aLeft), NetWinRate.Tango(aRight));
        var balanced = (netLeft.Value + netRight.Value) / 2;
        return new SideBiasResult
        {
            LeftWins = left,
            RightWins = right,
            LeftShare = Rate.Wilson(left, left + right),
            Test = left + right == 0
                ? TestResult.Undefined(Method, "No comparison was won by either side.")
                : TestResult.Exact(Method, SignTest.TwoSided(left, right)),
            NetALeft = netLeft,
            NetARight = netRight,
            BalancedNetWinRate = balanced,
            Reason = balanced is null ? "A was compared on one side only." : null,
        };
    }
}
