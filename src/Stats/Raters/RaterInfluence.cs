namespace PixelPost.Stats;

/// <summary>A figure with all raters, and without one.</summary>
/// <param name="WithAll">Null where it is undefined.</param>
/// <param name="Without">Null where it is undefined without the rater.</param>
public sealed record LeftOut(double? WithAll, double? Without)
{
    /// <summary>What leaving the rater out changes; null where either figure is undefined.</summary>
    public double? Change => Without - WithAll;

    /// <summary>Why <see cref="Change"/> is null; null when it is there.</summary>
    public string? Reason => WithAll is null ? "The figure is undefined." : Without is null ? "Undefined without this rater." : null;
}

/// <summary>What the headline figures of an axis would be without a rater.</summary>
public sealed record RaterInfluenceResult
{
    /// <summary>Votes of this rater that the figures are made of: neither gold nor repeats.</summary>
    public required int Votes { get; init; }

    /// <summary>The net win rate of votes, as in <see cref="NetWinRate"/>.</summary>
    public required LeftOut VoteNetWinRate { get; init; }

    /// <summary>The net win rate of decisions, each comparison decided anew by <see cref="MajorityDecision"/>.</summary>
    public required LeftOut DecisionNetWinRate { get; init; }

    /// <summary>As in <see cref="Stats.PercentAgreement"/>.</summary>
    public required LeftOut PercentAgreement { get; init; }

    /// <summary>As in <see cref="KrippendorffAlpha.Nominal"/>, over the four outcomes.</summary>
    public required LeftOut NominalAlpha { get; init; }
}

/// <summary>The influence of each rater on the headline figures: each exactly as if recomputed without the rater.</summary>
/// <remarks>
/// Every figure is made of sums over comparisons, and leaving a rater out changes the terms of that rater's comparisons only, so
/// all raters together take one pass over the votes. A large change is no fault of the rater: it says on how few shoulders a
/// figure rests.
/// </remarks>
public static class RaterInfluence
{
    /// <summary>Every rater's influence.</summary>
    /// <param name="votes">Of one axis; at most one vote of a rater on a comparison.</param>
    /// <exception cref="ArgumentException">A rater has two votes on a comparison.</exception>
    public static IReadOnlyDictionary<long, RaterInfluenceResult> ByRater(IReadOnlyCollection<RaterVote> votes)
    {
        var answers = new AnswerCounts(votes);
        var all = new Totals();
        for (var comparison = 0; comparison < answers.Comparisons; comparison++)
            all.Add(answers.Of(comparison), +1);

        var raters = votes.Select(vote => vote.Rater).Distinct().ToDictionary(rater => rater, _ => (Votes: 0, Without: all.Copy()));
        Span<int> rest = stackalloc int[AnswerCounts.Outcomes];
        foreach (var (vote, comparison) in answers.Votes)
        {
            var (count, without) = raters[vote.Rater];
            without.Add(answers.Of(comparison), -1);
            AnswerCounts.Without(answers.Of(comparison), vote.Outcome, rest);
            without.Add(rest, +1);
            raters[vote.Rater] = (count + 1, without);
        }

        return raters.ToDictionary(rater => rater.Key, rater => Compare(all, rater.Value.Without, rater.Value.Votes));
    }

    private static RaterInfluenceResult Compare(Totals all, Totals without, int votes) => new()
    {
        Votes = votes,
        VoteNetWinRate = new(all.VoteNetWinRate, without.VoteNetWinRate),
        DecisionNetWinRate = new(all.DecisionNetWinRate, without.DecisionNetWinRate),
        PercentAgreement = new(all.PercentAgreement, without.PercentAgreement),
        NominalAlpha = new(all.NominalAlpha, without.NominalAlpha),
    };

    /// <summary>The sums over comparisons that the figures are made of.</summary>
    private sealed class Totals
    {
        private readonly long[] _pairable = new long[AnswerCounts.Outcomes]; // answers on comparisons with two votes or more
        private long _score;
        private long _compared;
        private long _decisionScore;
        private long _decided;
        private long _pairableComparisons;
        private double _agreement;
        private double _disagreement;

        public double? VoteNetWinRate => _compared == 0 ? null : (double)_score / _compared;

        public double? DecisionNetWinRate => _decided == 0 ? null : (double)_decisionScore / _decided;

        public double? PercentAgreement => _pairableComparisons == 0 ? null : _agreement / _pairableComparisons;

        public double? NominalAlpha
        {
            get
            {
                double n = _pairable.Sum();
                var expected = n * n - _pairable.Sum(k => (double)k * k);
                return expected == 0 ? null : 1 - (n - 1) * _disagreement / expected;
            }
        }

        public Totals Copy()
        {
            var copy = new Totals
            {
                _score = _score,
                _compared = _compared,
                _decisionScore = _decisionScore,
                _decided = _decided,
                _pairableComparisons = _pairableComparisons,
                _agreement = _agreement,
                _disagreement = _disagreement,
            };
            _pairable.CopyTo(copy._pairable, 0);
            return copy;
        }

        /// <summary>Adds a comparison, or with sign −1 takes it away.</summary>
        public void Add(ReadOnlySpan<int> counts, int sign)
        {
            var (a, b) = (counts[(int)Outcome.A], counts[(int)Outcome.B]);
            _score += sign * (a - b);
            _compared += sign * (a + b + counts[(int)Outcome.Tie]);
            AddDecision(counts, sign);
            AddPairs(counts, sign);
        }

        private void AddDecision(ReadOnlySpan<int> counts, int sign)
        {
            if (counts.IndexOfAnyExcept(0) < 0)
                return; // nobody is left to decide

            var majority = AnswerCounts.Majority(counts);
            _decisionScore += sign * (majority?.Score() ?? 0);
            _decided += majority == Outcome.Reject ? 0 : sign;
        }

        private void AddPairs(ReadOnlySpan<int> counts, int sign)
        {
            var (m, equal) = (0L, 0L); // equal: ordered pairs of the same answer
            foreach (long n in counts)
            {
                m += n;
                equal += n * (n - 1);
            }

            if (m < 2)
                return;
            var share = (double)equal / (m * (m - 1));
            _agreement += sign * share;
            _disagreement += sign * m * (1 - share);
            _pairableComparisons += sign;
            for (var k = 0; k < counts.Length; k++)
                _pairable[k] += sign * counts[k];
        }
    }
}
