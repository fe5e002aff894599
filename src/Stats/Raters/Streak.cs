namespace PixelPost.Stats;

/// <summary>A rater's longest run of the same side.</summary>
public sealed record StreakResult
{
    /// <summary>Answers that chose a side.</summary>
    public required int Decided { get; init; }

    /// <summary>The longest run of the same side among them, in the order of answering; 0 when there is none.</summary>
    public required int Longest { get; init; }

    /// <summary>The side of that run, of the first when several are as long; null when there is none.</summary>
    public required Side? Side { get; init; }

    /// <summary>
    /// The probability of a run so long or longer, of either side, in as many fair flips; not adjusted. Null when no side was
    /// chosen.
    /// </summary>
    public required double? PValue { get; init; }

    /// <summary>Why figures are null; null when they are there.</summary>
    public required string? Reason { get; init; }
}

/// <summary>Runs of the same side: someone who presses one key all along, or for a while, leaves one that is too long for luck.</summary>
/// <remarks>
/// Sides must have been dealt at random, so that without a bias every chosen side is a fair flip. Ties and rejects are passed over.
/// Gold and repeats are in, because the run is in what was pressed.
/// </remarks>
public static class Streak
{
    /// <summary>Every rater's longest run.</summary>
    /// <param name="votes">Of one axis, or of several in the order in which they were answered.</param>
    public static IReadOnlyDictionary<long, StreakResult> ByRater(IEnumerable<RaterVote> votes) => votes
        .GroupBy(vote => vote.Rater)
        .ToDictionary(
            rater => rater.Key,
            rater => Of([.. rater.OrderBy(vote => vote.Order).Select(vote => vote.Chosen).OfType<Side>()]));

    /// <summary>
    /// The probability that n fair flips hold a run of <paramref name="run"/> or more of the same side, of either side: exact.
    /// </summary>
    /// <param name="run">Length of the run, 0 or more.</param>
    /// <param name="flips">n, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    /// <remarks>
    /// A run of r equal sides is a run of r − 1 "same as the one before" in the n − 1 comparisons with the one before, which are fair
    /// flips too. For a run of k heads, p_k = 2⁻ᵏ and p_n = p_{n−1} + 2⁻⁽ᵏ⁺¹⁾ (1 − p_{n−k−1}): the first run ends at n when tails
    /// and k heads end it and no run came before. Sums of positive terms, so small probabilities keep their digits. Schilling (1990),
    /// "The longest run of heads", Coll. Math. J. 21.
    /// </remarks>
    public static double Probability(int run, int flips)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(run);
        ArgumentOutOfRangeException.ThrowIfNegative(flips);
        if (run > flips)
            return 0;
        if (run <= 1)
            return 1;

        var heads = run - 1;
        var within = new double[flips]; // p of 0 to flips − 1
        within[heads] = Math.ScaleB(1, -heads);
        for (var n = heads + 1; n < flips; n++)
            within[n] = within[n - 1] + Math.ScaleB(1 - within[n - heads - 1], -heads - 1);
        return within[^1];
    }

    private static StreakResult Of(IReadOnlyList<Side> sides)
    {
        var (longest, run) = (0, 0);
        Side? side = null;
        for (var i = 0; i < sides.Count; i++)
        {
            run = i > 0 && sides[i] == sides[i - 1] ? run + 1 : 1;
            if (run > longest)
                (longest, side) = (run, sides[i]);
        }

        return new StreakResult
        {
            Decided = sides.Count,
            Longest = longest,
            Side = side,
            PValue = sides.Count > 0 ? Probability(longest, sides.Count) : null,
            Reason = sides.Count > 0 ? null : "No side was ever chosen.",
        };
    }
}
