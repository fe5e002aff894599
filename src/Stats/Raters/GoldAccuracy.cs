namespace PixelPost.Stats;

/// <summary>How often each rater gives the right answer where it is known beforehand.</summary>
/// <remarks>
/// A gold comparison must have an answer that nobody who looks could miss; otherwise this measures taste. Gold answered again in a
/// repeat counts again.
/// </remarks>
public static class GoldAccuracy
{
    /// <summary>Every rater's share of right answers on gold; undefined for a rater who saw none.</summary>
    /// <param name="votes">Of one axis; those with <see cref="RaterVote.Gold"/> are counted.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static IReadOnlyDictionary<long, RaterRate> ByRater(IReadOnlyCollection<RaterVote> votes, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var tallies = votes.AggregateBy(
            vote => vote.Rater,
            (Hits: 0, Cases: 0),
            (tally, vote) => vote.Gold is { } gold ? (tally.Hits + (vote.Outcome == gold ? 1 : 0), tally.Cases + 1) : tally);
        return RaterRates.Compare(tallies.ToDictionary(), "This rater has answered no gold comparison.", level);
    }
}
