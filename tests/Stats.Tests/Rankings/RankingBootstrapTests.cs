namespace PixelPost.Stats.Tests;

public class RankingBootstrapTests
{
    private const string Golden = "votes_clustered_expected.json";
    private const int Seed = 20240917;

    private static readonly RankingModel Half = new(TieTreatment.Half);

    public static TheoryData<TieTreatment, bool> EveryModel => RankingData.EveryModel;

    [Fact]
    public void ByPrompt_GoldenVotes_MatchesStrengthsRanksAndProbabilityOfBeingBest()
    {
        var expected = RankingData.Expected(Golden, "bt_ties_half_prompt_bootstrap");
        var tolerance = expected.GetProperty("tolerance");
        var actual = RankingBootstrap.ByPrompt(new PairVotes(8, RankingData.ClusteredVotes()), Half, new Random(Seed), 4_000);

        Assert.Equal((4_000, 4_000, 0, 120, null), (actual.Replicates, actual.Defined, actual.Undefined, actual.Prompts, actual.Reason));
        Assert.Equal(expected.Numbers("rank_of_each_system_on_full_data")!, actual.Systems!.Select(system => (double)system.Rank));
        for (var system = 0; system < 8; system++)
        {
            ExpectBound(expected.Numbers("rank_percentile95_low")![system], 0.025, actual.Systems![system]);
            ExpectBound(expected.Numbers("rank_percentile95_high")![system], 0.975, actual.Systems[system]);
            var (strength, best) = (actual.Systems![system].LogStrength, actual.Systems[system].ProbabilityBest!.Value);
            Assert.Equal(1, strength.StandardError!.Value / expected.Numbers("se")![system], tolerance.Number("se_rel")!.Value);
            Expect.Interval(
                [expected.Numbers("percentile95_low")![system], expected.Numbers("percentile95_high")![system]],
                strength,
                tolerance.Number("bounds_abs")!.Value);
            Assert.Equal(expected.Numbers("probability_best")![system], best, expected.Number("probability_best_tolerance_abs")!.Value);
        }

        Assert.Equal(1, actual.Systems!.Sum(system => system.ProbabilityBest!.Value), 1e-9);

        // A place is the bound if the share is passed at it and not before: to four standard errors of two runs of 4,000.
        static void ExpectBound(double place, double share, BootstrappedSystem system)
        {
            var allowed = 4 * Math.Sqrt(share * (1 - share) * 2 / 4_000);
            Assert.True(system.RankProbabilities!.Take((int)place).Sum() > share - allowed);
            Assert.True(system.RankProbabilities!.Take((int)place - 1).Sum() < share + allowed);
        }
    }

    [Fact]
    public void ByPrompt_GoldenVotes_RankIntervalHoldsItsShareOfTheRankProbabilities()
    {
        var actual = RankingBootstrap.ByPrompt(new PairVotes(8, RankingData.ClusteredVotes()), Half, new Random(Seed), 2_000, level: 0.8);

        foreach (var system in actual.Systems!)
        {
            var (best, worst) = system.RankInterval!.Value;
            Assert.Equal(1, system.RankProbabilities!.Sum(), 1e-9);
            Assert.InRange(system.Rank, best, worst);
            Assert.True(system.RankProbabilities!.Take(best - 1).Sum() < 0.1 && system.RankProbabilities!.Take(best).Sum() >= 0.1);
            Assert.True(system.RankProbabilities!.Take(worst - 1).Sum() < 0.9 && system.RankProbabilities!.Take(worst).Sum() >= 0.9 - 1e-9);
            Assert.Equal(system.RankProbabilities![0], system.ProbabilityBest!.Value, 1e-12); // no two are equal here
        }
    }

    /// <summary>The other way to the same error: the sandwich clustered by prompt.</summary>
    [Theory, MemberData(nameof(EveryModel))]
    public void ByPrompt_EveryModel_AgreesWithTheClusteredSandwich(TieTreatment ties, bool side)
    {
        var votes = new PairVotes(8, RankingData.ClusteredVotes());
        var bootstrap = RankingBootstrap.ByPrompt(votes, new(ties, side), new Random(Seed), 2_000);
        var sandwich = StrengthCovariance.Clustered(bootstrap.Ranking, votes, Clustering.ByPrompt);

        for (var system = 1; system < 8; system++)
        {
            var difference = bootstrap.Difference(0, system);
            Assert.Equal(1, difference.StandardError!.Value / sandwich.Difference(0, system).Estimate.StandardError!.Value, 0.12);
            Assert.Equal(bootstrap.Ranking.LogStrengths![0] - bootstrap.Ranking.LogStrengths[system], difference.Value!.Value, 1e-12);
        }
    }

    /// <summary>
    /// Of two prompts there are three resamples: one of them twice, in a quarter of the cases each, or both. So the ends of the
    /// interval are the fits to one prompt alone, to the last digit, far as they are from the full fit.
    /// </summary>
    [Theory, MemberData(nameof(EveryModel))]
    public void ByPrompt_TwoPrompts_EachResampleIsItsExactFit(TieTreatment ties, bool side)
    {
        var model = new RankingModel(ties, side);
        var random = new Random(Seed);
        var first = Votes(0, [2.5, 0.5, -0.5, -2.5]).ToList();
        var second = Votes(1, [-1, -0.5, 0.5, 1]).ToList();
        var actual = RankingBootstrap.ByPrompt(new PairVotes(4, first.Concat(second)), model, new Random(Seed), 1_000);
        var fits = new[] { first, second }.Select(votes => BradleyTerry.Fit(new PairTable(4, votes), model)).ToArray();

        for (var system = 0; system < 4; system++)
        {
            double[] ends = [.. fits.Select(fit => fit.LogStrengths![system]).Order()];
            Expect.Interval(ends, actual.Systems![system].LogStrength, 1e-8);
        }

        double[] differences = [.. fits.Select(fit => fit.LogStrengths![0] - fit.LogStrengths[3]).Order()];
        Expect.Interval(differences, actual.Difference(0, 3), 1e-8);
        Assert.InRange(actual.ProbabilityStronger(0, 3)!.Value, 0.7, 0.8);
        Assert.Equal(1, actual.ProbabilityStronger(0, 3)!.Value + actual.ProbabilityStronger(3, 0)!.Value, 1e-12);
        Assert.Equal((1, 4), actual.Systems![0].RankInterval);

        IEnumerable<PairVote> Votes(long prompt, double[] strengths) => RankingData.Simulate(
                random, new(TieTreatment.Davidson), strengths, 600, tie: 0.8)
            .Select(vote => new PairVote(vote.Left, vote.Right, vote.Outcome, prompt));
    }

    [Fact]
    public void ByPrompt_AnyNumberOfThreads_SameResult()
    {
        var votes = new PairVotes(8, RankingData.ClusteredVotes());
        var results = new int?[] { 1, 2, 5, null }
            .Select(threads => RankingBootstrap.ByPrompt(votes, Half, new Random(Seed), 1_000, threads: threads)).ToArray();

        foreach (var result in results)
            Assert.Equal(Figures(results[0]), Figures(result));
        Assert.NotEqual(Figures(results[0]), Figures(RankingBootstrap.ByPrompt(votes, Half, new Random(1), 1_000)));

        static IEnumerable<double> Figures(BootstrappedRanking ranking) => ranking.Systems!.SelectMany(system => system.RankProbabilities!
            .Concat([system.LogStrength.Interval!.Lower, system.LogStrength.Interval.Upper, system.LogStrength.StandardError!.Value]));
    }

    [Fact]
    public void ByPrompt_SystemsRelabelled_PermutesTheResult()
    {
        int[] to = [3, 0, 4, 2, 1, 7, 6, 5];
        var votes = RankingData.ClusteredVotes();
        var plain = RankingBootstrap.ByPrompt(new PairVotes(8, votes), Half, new Random(Seed));
        var relabelled = RankingBootstrap.ByPrompt(
            new PairVotes(8, votes.Select(vote => new PairVote(to[vote.Left], to[vote.Right], vote.Outcome, vote.Prompt))), Half, new Random(Seed));

        for (var system = 0; system < 8; system++)
        {
            var (before, after) = (plain.Systems![system], relabelled.Systems![to[system]]);
            Expect.Interval([before.LogStrength.Interval!.Lower, before.LogStrength.Interval.Upper], after.LogStrength, 1e-7);
            Assert.Equal((before.Rank, before.RankInterval, before.ProbabilityBest), (after.Rank, after.RankInterval, after.ProbabilityBest));
        }
    }

    /// <summary>System 2 wins on one prompt of forty, which 36 % of the resamples miss.</summary>
    [Fact]
    public void ByPrompt_ResamplesThatRankNothing_AreCountedAndReported()
    {
        List<PairVote> votes = [];
        for (var prompt = 0; prompt < 40; prompt++)
        {
            votes.Add(new(0, 1, prompt % 2 == 0 ? PairOutcome.Left : PairOutcome.Right, prompt));
            votes.Add(new(1, 2, prompt == 0 ? PairOutcome.Right : PairOutcome.Left, prompt));
        }

        var actual = RankingBootstrap.ByPrompt(new PairVotes(3, votes), new(TieTreatment.Dropped), new Random(Seed), 2_000);

        Assert.Equal(2_000, actual.Defined + actual.Undefined);
        Assert.InRange(actual.Undefined / 2_000.0, Math.Pow(1 - 1 / 40.0, 40) - 0.045, Math.Pow(1 - 1 / 40.0, 40) + 0.045);
        Assert.Contains($"{actual.Undefined} of 2000 resamples", actual.Reason);
        Assert.Equal([1, 1, 3], actual.Systems!.Select(system => system.Rank));
        foreach (var system in actual.Systems!)
        {
            Expect.Interval(null, system.LogStrength, 0);
            Assert.Equal((null, null), (system.RankInterval, system.ProbabilityBest));
        }

        Expect.Interval(null, actual.Difference(0, 2), 0);
        Assert.Null(actual.ProbabilityStronger(0, 2));
    }

    [Fact]
    public void ByPrompt_FewUndefinedResamples_KeepTheIntervalsAndShowTheNumber()
    {
        List<PairVote> votes = [];
        for (var prompt = 0; prompt < 40; prompt++)
        {
            votes.Add(new(0, 1, prompt % 2 == 0 ? PairOutcome.Left : PairOutcome.Right, prompt));
            votes.Add(new(1, 2, prompt < 5 ? PairOutcome.Right : PairOutcome.Left, prompt));
        }

        var actual = RankingBootstrap.ByPrompt(new PairVotes(3, votes), new(TieTreatment.Dropped), new Random(Seed), 4_000);

        Assert.InRange(actual.Undefined, 1, 100);
        Assert.Null(actual.Reason);
        Assert.NotNull(actual.Systems![2].RankInterval);
    }

    [Fact]
    public void ByPrompt_RankingUndefined_IsUndefinedWithItsReason()
    {
        var actual = RankingBootstrap.ByPrompt(new PairVotes(2, [new(0, 1, PairOutcome.Left, 1), new(0, 1, PairOutcome.Left, 2)]), Half, new Random(Seed));

        Assert.Null(actual.Systems);
        Assert.Equal(actual.Ranking.Reason, actual.Reason);
        Assert.Contains("never", actual.Reason);
        Expect.Undefined(actual.Difference(0, 1));
        Assert.Null(actual.ProbabilityStronger(0, 1));
    }

    [Fact]
    public void ByPrompt_OnePrompt_HasNoIntervalsAndSaysWhy()
    {
        var actual = RankingBootstrap.ByPrompt(new PairVotes(2, [new(0, 1, PairOutcome.Left), new(0, 1, PairOutcome.Tie)]), Half, new Random(Seed));

        Assert.Contains("one prompt", actual.Reason);
        Assert.NotNull(actual.Systems![0].LogStrength.Value);
        Expect.Interval(null, actual.Systems[0].LogStrength, 0);
    }

    [Fact]
    public void ByPrompt_PromptsAlike_HasNoIntervalsAndSaysWhy()
    {
        var votes = new PairVotes(2, Enumerable.Range(0, 10).Select(i => new PairVote(0, 1, i % 2 == 0 ? PairOutcome.Left : PairOutcome.Tie, i / 2)));
        var actual = RankingBootstrap.ByPrompt(votes, Half, new Random(Seed));

        Expect.Interval(null, actual.Systems![0].LogStrength, 0);
    }

    [Fact]
    public void ByPrompt_WrongArguments_Throw()
    {
        var votes = new PairVotes(2, [new(0, 1, PairOutcome.Tie)]);

        Assert.Throws<ArgumentOutOfRangeException>(() => RankingBootstrap.ByPrompt(votes, Half, new Random(Seed), replicates: 999));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingBootstrap.ByPrompt(votes, Half, new Random(Seed), level: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingBootstrap.ByPrompt(votes, Half, new Random(Seed), threads: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingBootstrap.ByPrompt(votes, Half, new Random(Seed)).Difference(0, 2));
    }
}
