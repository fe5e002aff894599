using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>
/// Power by simulation: the share of simulated studies that make the claim, with its Wilson interval. For designs that no formula
/// covers, such as majority decisions of correlated votes. A study without a p-value makes no claim.
/// </summary>
public static class PowerSimulation
{
    private const int FewestStudies = 100;

    /// <summary>Claims that the net win rate of the votes is not 0, clustered by prompt (<see cref="ClusteredNetWinRate"/>).</summary>
    /// <param name="study">Size and truth.</param>
    /// <param name="random">Seed it to get the same power again.</param>
    /// <param name="studies">Number of simulated studies, at least 100; 1,000 give the power to ±3 points.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate NetWinRate(PlannedStudy study, Random random, int studies = 1_000, double significance = 0.05)
    {
        Ranges.CheckSignificance(significance);
        return Share(studies, () => ClusteredNetWinRate.Of(Scores(study, random), Clustering.ByPrompt).PValue <= significance);
    }

    /// <summary>Claims that the net win rate of the votes is above −margin, clustered by prompt (<see cref="NonInferiority"/>).</summary>
    /// <param name="study">Size and truth.</param>
    /// <param name="margin">In net win rate, above 0 and below 1.</param>
    /// <param name="random">Seed it to get the same power again.</param>
    /// <param name="studies">Number of simulated studies, at least 100.</param>
    /// <param name="significance">One-sided, 0.0005 to 0.25.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate NonInferior(
        PlannedStudy study, double margin, Random random, int studies = 1_000, double significance = 0.05)
    {
        return Share(
            studies,
            () => NonInferiority.NetWinRateClustered(Scores(study, random), Clustering.ByPrompt, margin, significance).IsNonInferior == true);
    }

    /// <summary>Claims of the exact sign test on the majority decisions of the prompts (<see cref="SignTest.TiesDropped"/>).</summary>
    /// <inheritdoc cref="NetWinRate"/>
    public static Estimate SignTestOfDecisions(PlannedStudy study, Random random, int studies = 1_000, double significance = 0.05)
    {
        Ranges.CheckSignificance(significance);
        return Share(studies, () =>
        {
            var decisions = study.Draw(random).Select(prompt => MajorityDecision.Of(prompt.Votes));
            return SignTest.TiesDropped(OutcomeCounts.OfDecisions(decisions)).PValue <= significance;
        });
    }

    /// <summary>Claims of the pooled z test of two independent rates (<see cref="TwoProportions.PooledZ"/>).</summary>
    /// <param name="perGroup">Cases per system, 1 or more.</param>
    /// <param name="rateA">True rate of A, 0 to 1.</param>
    /// <param name="rateB">True rate of B, 0 to 1.</param>
    /// <param name="random">Seed it to get the same power again.</param>
    /// <param name="studies">Number of simulated studies, at least 100.</param>
    /// <param name="significance">Two-sided, 0.0001 to 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Estimate TwoRates(
        int perGroup, double rateA, double rateB, Random random, int studies = 1_000, double significance = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perGroup, 1);
        Ranges.CheckRate(rateA, nameof(rateA));
        Ranges.CheckRate(rateB, nameof(rateB));
        Ranges.CheckSignificance(significance);
        return Share(studies, () =>
        {
            var pair = new RatePair(
                Binomial.Sample(random, rateA, perGroup), perGroup, Binomial.Sample(random, rateB, perGroup), perGroup);
            return TwoProportions.PooledZ(pair).PValue <= significance;
        });
    }

    // clustered by prompt alone, so it does not matter which rater gave which vote
    private static List<ClusteredScore> Scores(PlannedStudy study, Random random) =>
        [.. study.Draw(random).SelectMany(prompt =>
            prompt.Votes.Select((vote, rater) => new ClusteredScore(prompt.Prompt, rater, vote.Score()!.Value)))];

    private static Estimate Share(int studies, Func<bool> claims)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(studies, FewestStudies);
        return Rate.Wilson(Enumerable.Range(0, studies).Count(_ => claims()), studies);
    }
}
