namespace PixelPost.Stats;

/// <summary>How often a rater gives the answer of most other raters.</summary>
public sealed record MajorityAgreementResult
{
    /// <summary>Agreement, over comparisons on which the other raters have a majority.</summary>
    public required RaterRate Agreement { get; init; }

    /// <summary>
    /// The agreement expected of a rater who looks at nothing: this rater's own answers dealt out at random over the same
    /// comparisons, Σ_k a_k b_k / n² for a_k own answers and b_k majorities of outcome k. Null without a case.
    /// </summary>
    public required double? ByChance { get; init; }
}

/// <summary>Agreement of each rater with the majority of the others: a rater's own vote never makes the majority it is held to.</summary>
/// <remarks>
/// Majority as in <see cref="MajorityDecision"/>, rejects included; comparisons on which the others share the first place are left
/// out, as are gold and repeats. Needs comparisons with three raters or more to say much: with two, the "majority" is one person.
/// On a subjective axis a low figure can be a taste of one's own.
/// </remarks>
public static class MajorityAgreement
{
    /// <summary>Every rater's agreement.</summary>
    /// <param name="votes">Of one axis; at most one vote of a rater on a comparison.</param>
    /// <param name="level">Confidence level, 0.5 to 0.999.</param>
    /// <exception cref="ArgumentException">A rater has two votes on a comparison.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static IReadOnlyDictionary<long, MajorityAgreementResult> ByRater(IReadOnlyCollection<RaterVote> votes, double level = 0.95)
    {
        _ = Quantiles.Tail(level);
        var raters = votes.Select(vote => vote.Rater).Distinct().ToDictionary(rater => rater, _ => new Tally());
        var answers = new AnswerCounts(votes);
        Span<int> others = stackalloc int[AnswerCounts.Outcomes];
        foreach (var (vote, comparison) in answers.Votes)
        {
            AnswerCounts.Without(answers.Of(comparison), vote.Outcome, others);
            if (AnswerCounts.Majority(others) is { } majority)
                raters[vote.Rater].Add(vote.Outcome, majority);
        }

        var rates = RaterRates.Compare(
            raters.ToDictionary(rater => rater.Key, rater => (rater.Value.Hits, rater.Value.Cases)),
            "On no comparison of this rater do the other raters have a majority.", level);
        return raters.ToDictionary(
            rater => rater.Key,
            rater => new MajorityAgreementResult { Agreement = rates[rater.Key], ByChance = rater.Value.ByChance });
    }

    /// <summary>What one rater answered, and what the others did on the same comparisons.</summary>
    private sealed class Tally
    {
        private readonly int[] _own = new int[AnswerCounts.Outcomes];
        private readonly int[] _majorities = new int[AnswerCounts.Outcomes];

        public int Hits { get; private set; }

        public int Cases { get; private set; }

        public double? ByChance => Cases == 0
            ? null
            : _own.Zip(_majorities).Sum(outcome => (double)outcome.First * outcome.Second) / Cases / Cases;

        public void Add(Outcome own, Outcome majority)
        {
            _own[(int)own]++;
            _majorities[(int)majority]++;
            Hits += own == majority ? 1 : 0;
            Cases++;
        }
    }
}
