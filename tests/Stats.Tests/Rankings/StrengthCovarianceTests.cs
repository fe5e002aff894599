namespace PixelPost.Stats.Tests;

public class StrengthCovarianceTests
{
    private const string Golden = "votes_clustered_expected.json";

    public static TheoryData<string> GoldenModels
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var id in RankingData.Models.Keys)
            {
                if (GoldenFile.Cases(Golden).Any(row => (string)row[1] == id))
                    data.Add(id);
            }

            return data;
        }
    }

    public static TheoryData<TieTreatment, bool> EveryModel => RankingData.EveryModel;

    [Theory, MemberData(nameof(GoldenModels))]
    public void EveryCovariance_GoldenVotes_MatchesSandwich(string id)
    {
        var expected = RankingData.Expected(Golden, id);
        var votes = new PairVotes(8, RankingData.ClusteredVotes());
        var ranking = BradleyTerry.Fit(votes.Table, RankingData.Models[id]);
        var (tolerance, clusters) = (RankingData.Tolerance(Golden, "se"), expected.GetProperty("clusters"));

        Assert.Equal(expected.Numbers("lambda")!, ranking.LogStrengths!, (a, b) => Math.Abs(a - b) < RankingData.Tolerance(Golden, "lambda"));
        Assert.Equal(
            (clusters.Number("vote"), clusters.Number("rater"), clusters.Number("prompt")), (votes.Count, votes.Raters, votes.Prompts));
        foreach (var (name, errors) in Errors(ranking, votes))
        {
            var standardErrors = expected.Numbers($"se_{name}")!;
            for (var system = 0; system < 8; system++)
            {
                var strength = errors.Strength(system);
                Assert.Equal(standardErrors[system], strength.Estimate.StandardError!.Value, tolerance);
                Assert.Null(strength.Fallback);
                Assert.Equal(Math.Pow(standardErrors[system], 2), errors.Covariance(system, system)!.Value, tolerance);
            }

            if (expected.Number($"order_effect_se_{name}") is { } side)
                Assert.Equal(side, errors.SideEffect().Estimate.StandardError!.Value, tolerance);
            if (!expected.TryGetProperty($"difference_0_minus_1_{name}", out var difference))
                continue;
            var actual = errors.Difference(0, 1).Estimate;
            Assert.Equal(difference.Number("estimate")!.Value, actual.Value!.Value, RankingData.Tolerance(Golden, "lambda"));
            Assert.Equal(difference.Number("se")!.Value, actual.StandardError!.Value, tolerance);
            Assert.Equal(difference.Number("z")!.Value, actual.Value!.Value / actual.StandardError!.Value, 1e-4);
        }
    }

    /// <summary>The golden p-values are normal; ours use clusters − 1 degrees of freedom, here 119 and 39.</summary>
    [Fact]
    public void Difference_Clustered_UsesStudentTWithTheFewerClusters()
    {
        var votes = new PairVotes(8, RankingData.ClusteredVotes());
        var ranking = BradleyTerry.Fit(votes.Table, new(TieTreatment.Half));
        foreach (var (clustering, freedom) in new[] { (Clustering.ByPrompt, 119), (Clustering.ByRater, 39), (Clustering.TwoWay, 39) })
        {
            var difference = StrengthCovariance.Clustered(ranking, votes, clustering).Difference(0, 1);
            var (estimate, error) = (difference.Estimate.Value!.Value, difference.Estimate.StandardError!.Value);
            var t = MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, freedom, 0.975);
            Expect.Interval([estimate - t * error, estimate + t * error], difference.Estimate, 1e-12);
            Assert.Equal(2 * MathNet.Numerics.Distributions.StudentT.CDF(0, 1, freedom, -estimate / error), difference.PValue!.Value, 1e-12);
        }
    }

    [Theory, MemberData(nameof(EveryModel))]
    public void Clustered_VotesShuffledAndClustersRelabelled_IsUnchanged(TieTreatment ties, bool side)
    {
        var votes = RankingData.ClusteredVotes().ToArray();
        var changed = votes.Select(vote => new PairVote(vote.Left, vote.Right, vote.Outcome, 5 - 3 * vote.Prompt, -vote.Rater)).ToArray();
        new Random(3).Shuffle(changed);
        var (before, after) = (TwoWay(votes, new(ties, side)), TwoWay(changed, new(ties, side)));

        for (var system = 1; system < 8; system++)
            Assert.Equal(before.Difference(0, system).Estimate.StandardError!.Value, after.Difference(0, system).Estimate.StandardError!.Value, 1e-10);
    }

    /// <summary>The same votes twice are no more evidence to a clustered error, and twice as much to the others.</summary>
    [Theory, MemberData(nameof(EveryModel))]
    public void EveryCovariance_EveryVoteTwice_ClusteredStaysAndTheOthersHalve(TieTreatment ties, bool side)
    {
        var votes = RankingData.ClusteredVotes();
        var (once, twice) = (new PairVotes(8, votes), new PairVotes(8, votes.Concat(votes)));
        var model = new RankingModel(ties, side);
        var pairs = Errors(BradleyTerry.Fit(once.Table, model), once).Zip(Errors(BradleyTerry.Fit(twice.Table, model), twice));

        foreach (var (before, after) in pairs)
        {
            var factor = before.Name is "naive" or "vote_hc0" ? Math.Sqrt(2) : 1;
            Assert.Equal(
                before.Errors.Difference(2, 5).Estimate.StandardError!.Value,
                factor * after.Errors.Difference(2, 5).Estimate.StandardError!.Value,
                1e-10);
        }
    }

    /// <summary>A cluster to each vote is no clustering: cr0 is then the sandwich over votes, whether or not ties count.</summary>
    [Theory, MemberData(nameof(EveryModel))]
    public void Clustered_OneVotePerPrompt_EqualsTheSandwich(TieTreatment ties, bool side)
    {
        var votes = new PairVotes(8, RankingData.ClusteredVotes().Select((vote, i) => new PairVote(vote.Left, vote.Right, vote.Outcome, i)));
        var ranking = BradleyTerry.Fit(votes.Table, new(ties, side));
        var (sandwich, clustered) = (StrengthCovariance.Sandwich(ranking, votes.Table), StrengthCovariance.Clustered(ranking, votes, Clustering.ByPrompt, ClusterCorrection.Cr0));

        for (var i = 0; i < 8; i++)
        {
            for (var j = 0; j < 8; j++)
                Assert.Equal(sandwich.Covariance(i, j)!.Value, clustered.Covariance(i, j)!.Value, 1e-12);
        }
    }

    /// <summary>
    /// A prompt whose votes are all dropped ties is no cluster that counts in G/(G − 1).
    /// </summary>
    [Fact]
    public void Clustered_PromptOfDroppedTiesOnly_IsNotCounted()
    {
        var votes = RankingData.ClusteredVotes().ToList();
        List<PairVote> more = [.. votes, new PairVote(0, 1, PairOutcome.Tie, prompt: 999, rater: votes[0].Rater)];
        var (before, after) = (ByPrompt(votes), ByPrompt(more));

        Assert.Equal(before.Difference(0, 1).Estimate.StandardError!.Value, after.Difference(0, 1).Estimate.StandardError!.Value, 1e-12);

        static StrengthErrors ByPrompt(IReadOnlyList<PairVote> votes)
        {
            var all = new PairVotes(8, votes);
            return StrengthCovariance.Clustered(BradleyTerry.Fit(all.Table, new(TieTreatment.Dropped)), all, Clustering.ByPrompt);
        }
    }

    [Theory]
    [InlineData(true, "only one rater")]
    [InlineData(false, "only one prompt")]
    public void Clustered_TwoWayWithOneClusterOneWay_FallsBackAndSaysSo(bool oneRater, string reason)
    {
        var votes = RankingData.ClusteredVotes().Select(vote => new PairVote(
            vote.Left, vote.Right, vote.Outcome, oneRater ? vote.Prompt : 1, oneRater ? 1 : vote.Rater)).ToList();
        var all = new PairVotes(8, votes);
        var oneWay = StrengthCovariance.Clustered(
            BradleyTerry.Fit(all.Table, new(TieTreatment.Half)), all, oneRater ? Clustering.ByPrompt : Clustering.ByRater).Difference(0, 1);
        var twoWay = TwoWay(votes, new(TieTreatment.Half)).Difference(0, 1);

        Assert.Contains(reason, twoWay.Fallback);
        Assert.Equal(oneWay.Estimate.Interval, twoWay.Estimate.Interval);
        Assert.Equal(oneWay.PValue, twoWay.PValue);
    }

    /// <summary>Two systems, scores as in ClusteredNetWinRate's example: V(prompt) + V(rater) is below V(prompt and rater).</summary>
    [Fact]
    public void Clustered_TwoWayVarianceNegative_FallsBackToTheLargerAndSaysSo()
    {
        (long Prompt, long Rater, int Score)[] scores = [(1, 1, 1), (1, 2, -1), (2, 1, -1), (2, 2, 1), (3, 3, 1), (3, 1, -1)];
        var votes = new PairVotes(2, scores.Select(score => new PairVote(
            0, 1, score.Score > 0 ? PairOutcome.Left : PairOutcome.Right, score.Prompt, score.Rater)));
        var ranking = BradleyTerry.Fit(votes.Table, new(TieTreatment.Half));
        var twoWay = StrengthCovariance.Clustered(ranking, votes, Clustering.TwoWay);

        Assert.True(twoWay.Covariance(0, 0) < 0);
        Assert.Contains("not positive, so the votes are clustered by rater alone", twoWay.Difference(0, 1).Fallback);
        Assert.Equal(
            StrengthCovariance.Clustered(ranking, votes, Clustering.ByRater).Difference(0, 1).Estimate.StandardError,
            twoWay.Difference(0, 1).Estimate.StandardError);
    }

    [Fact]
    public void Clustered_OneCluster_HasNoIntervalAndSaysWhy()
    {
        var votes = new PairVotes(2, [new(0, 1, PairOutcome.Left), new(0, 1, PairOutcome.Right), new(1, 0, PairOutcome.Tie)]);
        foreach (var clustering in Enum.GetValues<Clustering>())
        {
            var difference = StrengthCovariance.Clustered(BradleyTerry.Fit(votes.Table, new(TieTreatment.Half)), votes, clustering).Difference(0, 1);
            Assert.NotNull(difference.Estimate.Value);
            Assert.Contains("at least two clusters", difference.Estimate.Reason);
            Assert.Null(difference.PValue);
        }
    }

    [Fact]
    public void Clustered_ClustersAlike_HasNoIntervalAndSaysWhy()
    {
        var votes = new PairVotes(2, from prompt in Enumerable.Range(0, 5)
                                     from outcome in new[] { PairOutcome.Left, PairOutcome.Left, PairOutcome.Right }
                                     select new PairVote(0, 1, outcome, prompt));
        var difference = StrengthCovariance.Clustered(BradleyTerry.Fit(votes.Table, new(TieTreatment.Half)), votes, Clustering.ByPrompt).Difference(0, 1);

        Assert.Equal(Math.Log(2), difference.Estimate.Value!.Value, 1e-12);
        Assert.Contains("do not vary", difference.Estimate.Reason);
    }

    [Fact]
    public void Errors_WrongArguments_Throw()
    {
        var table = RankingData.SmallTable();
        var errors = StrengthCovariance.Naive(BradleyTerry.Fit(table, new(TieTreatment.Half)));

        Assert.Throws<ArgumentOutOfRangeException>(() => errors.Strength(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => errors.Strength(0, level: 1));
        Assert.Throws<ArgumentException>(() => errors.Difference(2, 2));
        Assert.Throws<InvalidOperationException>(() => errors.SideEffect());
        Assert.Throws<InvalidOperationException>(() => errors.LogTieParameter());
        Assert.Throws<ArgumentException>(() => StrengthCovariance.Sandwich(errors.Ranking, RankingData.LargeTable()));
        Assert.Throws<ArgumentException>(() => StrengthCovariance.Sandwich(BradleyTerry.FitBiasReduced(table, new(TieTreatment.Half)), table));
    }

    private static StrengthErrors TwoWay(IReadOnlyList<PairVote> votes, RankingModel model)
    {
        var all = new PairVotes(8, votes);
        return StrengthCovariance.Clustered(BradleyTerry.Fit(all.Table, model), all, Clustering.TwoWay);
    }

    private static IEnumerable<(string Name, StrengthErrors Errors)> Errors(Ranking ranking, PairVotes votes)
    {
        yield return ("naive", StrengthCovariance.Naive(ranking));
        yield return ("vote_hc0", StrengthCovariance.Sandwich(ranking, votes.Table));
        foreach (var (name, clustering) in new[] { ("rater", Clustering.ByRater), ("prompt", Clustering.ByPrompt), ("two_way", Clustering.TwoWay) })
        {
            yield return ($"{name}_cr0", StrengthCovariance.Clustered(ranking, votes, clustering, ClusterCorrection.Cr0));
            yield return ($"{name}_cr1", StrengthCovariance.Clustered(ranking, votes, clustering));
        }
    }
}
