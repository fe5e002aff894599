namespace PixelPost.Stats;

/// <summary>How often a rater gives the same answer to the same comparison shown again.</summary>
public sealed record SelfConsistencyResult
{
    /// <summary>Repeats with the answer of the first time, told by system: on a mirrored repeat the other side.</summary>
    public required RaterRate Consistency { get; init; }

    /// <summary>Repeats that showed the images the other way round, decided both times.</summary>
    public required int Mirrored { get; init; }

    /// <summary>Of those, how often the same side was chosen, and so the other image.</summary>
    public required int SameSide { get; init; }

    /// <summary>Repeats without an answer of this rater to what they repeat; they are in no other figure.</summary>
    public required int Unmatched { get; init; }
}

/// <summary>Each rater against themselves: a bound on how far two raters can be asked to agree.</summary>
public static class SelfConsistency
{
    /// <summary>Every rater's consistency; undefined for a rater without a repeat.</summary>
    /// <param name="votes">
    /// Of one axis, repeats and what they repeat: a vote is compared with the same rater's vote on <see cref="RaterVote.RepeatOf"/>.
    /// </param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentException">A rater has two votes on a comparison.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static IReadOnlyDictionary<long, SelfConsistencyResult> ByRater(IReadOnlyCollection<RaterVote> votes, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var firsts = new Dictionary<(long Rater, long Comparison), RaterVote>();
        foreach (var vote in votes)
        {
            if (!firsts.TryAdd((vote.Rater, vote.Comparison), vote))
                throw new ArgumentException($"Rater {vote.Rater} has two votes on comparison {vote.Comparison}.", nameof(votes));
        }

        var raters = votes.Select(vote => vote.Rater).Distinct().ToDictionary(rater => rater, _ => new Tally());
        foreach (var again in votes)
        {
            if (again.RepeatOf is { } repeated)
                raters[again.Rater].Add(firsts.GetValueOrDefault((again.Rater, repeated)), again);
        }

        var rates = RaterRates.Compare(
            raters.ToDictionary(rater => rater.Key, rater => (rater.Value.Same, rater.Value.Matched)),
            "This rater has answered no comparison twice.", level);
        return raters.ToDictionary(rater => rater.Key, rater => rater.Value.Result(rates[rater.Key]));
    }

    private sealed class Tally
    {
        private int _mirrored;
        private int _sameSide;
        private int _unmatched;

        public int Same { get; private set; }

        public int Matched { get; private set; }

        public void Add(RaterVote? first, RaterVote again)
        {
            if (first is null)
            {
                _unmatched++;
                return;
            }

            Matched++;
            Same += first.Outcome == again.Outcome ? 1 : 0;
            if (first.AOnLeft == again.AOnLeft || first.Chosen is null || again.Chosen is null)
                return;
            _mirrored++;
            _sameSide += first.Chosen == again.Chosen ? 1 : 0;
        }

        public SelfConsistencyResult Result(RaterRate consistency) =>
            new() { Consistency = consistency, Mirrored = _mirrored, SameSide = _sameSide, Unmatched = _unmatched };
    }
}
