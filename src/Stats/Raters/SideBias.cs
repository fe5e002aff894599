namespace PixelPost.Stats;

/// <summary>Whether the left image is chosen as often as the right one.</summary>
public sealed record SideBiasTest
{
    /// <summary>How often the left image was chosen.</summary>
    public required int LeftWins { get; init; }

    /// <summary>How often the right image was chosen.</summary>
    public required int RightWins { get; init; }

    /// <summary>Left wins out of both, with its Wilson interval; fair is one half.</summary>
    public required Estimate LeftShare { get; init; }

    /// <summary>Exact binomial test of left wins against ½, two-sided, not adjusted; null when no side was ever chosen.</summary>
    public required double? PValue { get; init; }

    /// <summary>Why <see cref="PValue"/> is null; null when it is there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>The net win rate with each side counting half, however often A stood there.</summary>
public sealed record SideBalancedNetWinRate
{
    /// <summary>(a − b)/(a + b + ties) over the votes with A on the left; null when there is none.</summary>
    public required double? AOnLeft { get; init; }

    /// <summary>The same with A on the right.</summary>
    public required double? AOnRight { get; init; }

    /// <summary>The mean of the two: what is left when the side's own pull, the same in both, cancels.</summary>
    public double? Balanced => (AOnLeft + AOnRight) / 2;

    /// <summary>Why a figure is null; null when all are there.</summary>
    public string? Reason => Balanced is null ? "A was not seen on both sides." : null;
}

/// <summary>
/// Side bias: a pull to the left or the right image, whichever system it is from. Ties and rejects stand apart, and so do gold and
/// repeats.
/// </summary>
/// <remarks>
/// Sides must have been dealt at random, independent of the systems: then each chosen side is a fair coin for a rater without a
/// bias, whichever system is better. Over raters with different biases of their own votes are not independent, and the p-value of
/// all together is too small; look at the raters.
/// </remarks>
public static class SideBias
{
    /// <summary>The test over all votes.</summary>
    /// <param name="votes">Of one axis or of several.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static SideBiasTest Of(IEnumerable<RaterVote> votes, double level = 0.95)
    {
        var (left, right) = votes.Aggregate((0, 0), Count);
        return Test(left, right, level);
    }

    /// <summary>The test for every rater.</summary>
    /// <param name="votes">Of one axis or of several.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static IReadOnlyDictionary<long, SideBiasTest> ByRater(IEnumerable<RaterVote> votes, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        return votes.AggregateBy(vote => vote.Rater, (Left: 0, Right: 0), Count)
            .ToDictionary(rater => rater.Key, rater => Test(rater.Value.Left, rater.Value.Right, level));
    }

    /// <summary>The net win rate apart for A on the left and on the right, and the mean of both.</summary>
    /// <param name="votes">Of one axis.</param>
    public static SideBalancedNetWinRate Balance(IEnumerable<RaterVote> votes)
    {
        var sides = votes.Where(vote => vote.IsOfStudy).ToLookup(vote => vote.AOnLeft, vote => vote.Outcome);
        return new SideBalancedNetWinRate { AOnLeft = NetOf(sides[true]), AOnRight = NetOf(sides[false]) };

        static double? NetOf(IEnumerable<Outcome> outcomes) => NetWinRate.Normal(OutcomeCounts.OfVotes(outcomes)).Value;
    }

    private static (int Left, int Right) Count((int Left, int Right) wins, RaterVote vote) => vote.IsOfStudy
        ? vote.Chosen switch
        {
            Side.Left => (wins.Left + 1, wins.Right),
            Side.Right => (wins.Left, wins.Right + 1),
            _ => wins,
        }
        : wins;

    private static SideBiasTest Test(int left, int right, double level) => new()
    {
        LeftWins = left,
        RightWins = right,
        LeftShare = Rate.Wilson(left, left + right, level),
        PValue = SignTest.TiesDropped(new OutcomeCounts(left, right, tie: 0)).PValue,
        Reason = left + right > 0 ? null : "No side was ever chosen.",
    };
}
