namespace PixelPost.Stats.Tests;

public class RaterInfluenceTests
{
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Axes => ["appeal", "flaws", "alignment"];

    /// <summary>Each figure against the library's own, computed anew without the rater.</summary>
    [Theory, MemberData(nameof(Axes))]
    public void ByRater_GoldenVotes_EqualsComputingEverythingAnew(string axis)
    {
        var votes = RaterVotesFile.Read("ab_votes.csv", axis);
        var all = Headlines(votes);

        foreach (var (rater, influence) in RaterInfluence.ByRater(votes))
        {
            RaterVote[] rest = [.. votes.Where(vote => vote.Rater != rater)];
            LeftOut[] actual = [influence.VoteNetWinRate, influence.DecisionNetWinRate, influence.PercentAgreement, influence.NominalAlpha];
            foreach (var (figure, (before, after)) in actual.Zip(all.Zip(Headlines(rest))))
            {
                Assert.Equal(before!.Value, figure.WithAll!.Value, Tolerance);
                Assert.Equal(after!.Value, figure.Without!.Value, Tolerance);
                Assert.Equal(after.Value - before.Value, figure.Change!.Value, Tolerance);
                Assert.Null(figure.Reason);
            }

            Assert.Equal(votes.Count - rest.Length, influence.Votes);
        }
    }

    /// <summary>With rejects and comparisons that lose their last or last but one vote.</summary>
    [Fact]
    public void ByRater_SparseVotesWithRejects_EqualsComputingEverythingAnew()
    {
        var random = new Random(20240917);
        for (var study = 0; study < 20; study++)
        {
            var votes = (from comparison in Enumerable.Range(0, 12) from rater in Enumerable.Range(0, 5) where random.NextDouble() < 0.4
                         select new RaterVote { Comparison = comparison, Rater = rater, Outcome = (Outcome)random.Next(4), AOnLeft = true }).ToList();
            foreach (var (rater, influence) in RaterInfluence.ByRater(votes))
            {
                LeftOut[] actual = [influence.VoteNetWinRate, influence.DecisionNetWinRate, influence.PercentAgreement, influence.NominalAlpha];
                foreach (var (figure, expected) in actual.Zip(Headlines([.. votes.Where(vote => vote.Rater != rater)])))
                {
                    Assert.Equal(expected is null, figure.Without is null);
                    Assert.Equal(expected ?? 0, figure.Without ?? 0, Tolerance);
                }
            }
        }
    }

    [Fact]
    public void ByRater_SwappedSystems_TurnsTheNetWinRatesOnly()
    {
        var votes = RaterVotesFile.Read("ab_votes.csv", "appeal");
        var (raters, swapped) = (RaterInfluence.ByRater(votes), RaterInfluence.ByRater([.. votes.Select(SideBiasTests.Swap)]));

        foreach (var (rater, influence) in raters)
        {
            Assert.Equal(-influence.VoteNetWinRate.Change!.Value, swapped[rater].VoteNetWinRate.Change!.Value, Tolerance);
            Assert.Equal(-influence.DecisionNetWinRate.Change!.Value, swapped[rater].DecisionNetWinRate.Change!.Value, Tolerance);
            Assert.Equal(influence.PercentAgreement.Change!.Value, swapped[rater].PercentAgreement.Change!.Value, Tolerance);
            Assert.Equal(influence.NominalAlpha.Change!.Value, swapped[rater].NominalAlpha.Change!.Value, Tolerance);
        }
    }

    [Fact]
    public void ByRater_GoldAndRepeatsOnly_ChangesNothing()
    {
        var vote = new RaterVote { Comparison = 1, Rater = 1, Outcome = Outcome.A, AOnLeft = true };
        var raters = RaterInfluence.ByRater(
        [
            vote, vote with { Rater = 2 },
            vote with { Rater = 3, Comparison = 2, Gold = Outcome.A }, vote with { Rater = 3, Comparison = 3, RepeatOf = 1 },
        ]);

        Assert.Equal(0, raters[3].Votes);
        Assert.Equal(0, raters[3].VoteNetWinRate.Change);
        Assert.Equal(0, raters[3].PercentAgreement.Change);
    }

    [Fact]
    public void ByRater_OnlyRater_LeavesNothingAndSaysSo()
    {
        var influence = RaterInfluence.ByRater([new RaterVote { Comparison = 1, Rater = 1, Outcome = Outcome.A, AOnLeft = true }])[1];

        Assert.Equal(1, influence.VoteNetWinRate.WithAll);
        Assert.Null(influence.VoteNetWinRate.Change);
        Assert.Contains("without this rater", influence.VoteNetWinRate.Reason);
        Assert.Null(influence.PercentAgreement.WithAll);
        Assert.Contains("undefined", influence.PercentAgreement.Reason);
    }

    private static double?[] Headlines(IReadOnlyCollection<RaterVote> votes)
    {
        var decisions = votes.GroupBy(vote => vote.Comparison).Select(comparison => MajorityDecision.Of(comparison.Select(vote => vote.Outcome)));
        var ratings = RatingTable.OfOutcomes(votes.Select(vote => (vote.Comparison, vote.Outcome)));
        return
        [
            NetWinRate.Normal(OutcomeCounts.OfVotes(votes.Select(vote => vote.Outcome))).Value,
            NetWinRate.Normal(OutcomeCounts.OfDecisions(decisions)).Value,
            PercentAgreement.Of(ratings, new Random(1), replicates: 1_000).Value,
            KrippendorffAlpha.Nominal(ratings, new Random(1), replicates: 1_000).Value,
        ];
    }
}
