using PixelPost.Stats;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>How far the raters of an axis agree, by four measures that are read together.</summary>
public sealed record Agreement
{
    // A fixed start of the resampling: the same votes show the same interval at every look.
    private const int Seed = 1;

    /// <summary>Comparisons with two votes or more: the others cannot show agreement.</summary>
    public required int Comparisons { get; init; }

    /// <summary>Share of pairs of raters with the same answer.</summary>
    public required Estimate Percent { get; init; }

    /// <summary>Krippendorff's alpha, with a, b, tie and reject as four unrelated answers.</summary>
    public required Estimate NominalAlpha { get; init; }

    /// <summary>Krippendorff's alpha on b, tie, a in this order, rejects left out.</summary>
    public required Estimate OrdinalAlpha { get; init; }

    /// <summary>Gwet's AC1 on the four answers.</summary>
    public required Estimate Ac1 { get; init; }

    /// <summary>Computes the measures.</summary>
    /// <param name="votes">The votes on one axis, sorted: the resampling draws comparisons by their place.</param>
    internal static Agreement Of(IEnumerable<CountingVote> votes) => Of(votes.Select(vote => (vote.ComparisonId, vote.Winner)));

    /// <summary>Computes the measures.</summary>
    /// <param name="ratings">One rating of a rater on a comparison, gone over twice; the resampling draws comparisons by their place.</param>
    internal static Agreement Of(IEnumerable<(long ComparisonId, Outcome Winner)> ratings)
    {
        var outcomes = RatingTable.OfOutcomes(ratings);
        return new Agreement
        {
            Comparisons = outcomes.PairableUnits,
            Percent = PercentAgreement.Of(outcomes, new Random(Seed)),
            NominalAlpha = KrippendorffAlpha.Nominal(outcomes, new Random(Seed)),
            OrdinalAlpha = KrippendorffAlpha.Ordinal(RatingTable.OfPreferences(ratings), new Random(Seed)),
            Ac1 = GwetAc1.Of(outcomes, new Random(Seed)),
        };
    }
}
