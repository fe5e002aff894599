namespace PixelPost.Stats.Tests;

public class RaterDriftTests
{
    /// <summary>
    /// Left in nine of the first ten and two of the last ten; two-sided 0.005477494641581328 by scipy 1.10.1, fisher_exact([[9, 1],
    /// [2, 8]]). The ten in the middle are not looked at.
    /// </summary>
    [Fact]
    public void ByRater_SideChangesHalfway_MatchesScipy()
    {
        var votes = Enumerable.Range(0, 30).Select(i => Vote(i, i is < 9 or 20 or 21 || i is >= 10 and < 20 ? Outcome.A : Outcome.B)).ToList();

        var left = Of(votes).Left;

        Assert.Equal((9, 10, 2, 10), (left.FirstHits, left.FirstCases, left.LastHits, left.LastCases));
        Assert.Equal(0.005477494641581328, left.PValue!.Value, 1e-12);
        Assert.Equal(left, Of([.. votes.AsEnumerable().Reverse()]).Left); // the order is that of answering
    }

    [Fact]
    public void ByRater_PaceGoldAndRepeats_AreTakenFromEachEnd()
    {
        List<RaterVote> votes =
        [
            .. Enumerable.Range(0, 30).Select(i => Vote(i, Outcome.A) with { ResponseMs = 9_000 - 200 * i }),
            Vote(100, Outcome.B) with { Order = 1, Gold = Outcome.A },
            Vote(101, Outcome.A) with { Order = 28, Gold = Outcome.A },
            Vote(102, Outcome.A) with { Order = 29, RepeatOf = 0 },
        ];

        var drift = Of(votes);

        Assert.Equal((0, 1, 1, 1), (drift.Gold.FirstHits, drift.Gold.FirstCases, drift.Gold.LastHits, drift.Gold.LastCases));
        Assert.Equal((0, 1), (drift.Repeats.FirstCases, drift.Repeats.LastCases));
        Assert.Contains("no repeats", drift.Repeats.Reason);
        Assert.True(drift.Speed.LastMedianMs < drift.Speed.FirstMedianMs && drift.Speed.PValue < 0.001);
    }

    /// <summary>Rater 1 says what raters 2 and 3 say at first, and the contrary at the end.</summary>
    [Fact]
    public void ByRater_LeavesTheMajority_AgreesAtTheStartOnly()
    {
        var votes = Enumerable.Range(0, 30).SelectMany(i => (RaterVote[])
            [Vote(i, i < 15 ? Outcome.A : Outcome.B), Vote(i, Outcome.A) with { Rater = 2 }, Vote(i, Outcome.A) with { Rater = 3 }]).ToList();

        var agreement = Of(votes).Agreement;

        Assert.Equal((10, 10, 0, 10), (agreement.FirstHits, agreement.FirstCases, agreement.LastHits, agreement.LastCases));
    }

    [Fact]
    public void ByRater_FewAnswers_IsUnknownAndSaysWhy()
    {
        var drift = Of([.. Enumerable.Range(0, 23).Select(i => Vote(i, Outcome.A))]);

        Assert.Contains("fewer than 8", drift.Left.Reason);
        Assert.Contains("fewer than 8", drift.Speed.Reason);
        Assert.Null(drift.Agreement.PValue);
    }

    /// <summary>Exact tests: raters who do not change are told to at most as often as promised.</summary>
    [Fact]
    public void ByRater_NoChange_ClaimsAtMostFivePercent()
    {
        var random = new Random(20240917);
        var votes = Enumerable.Range(0, 2_000).SelectMany(rater => Enumerable.Range(0, 60).Select(i =>
            Vote(i, random.NextDouble() < 0.6 ? Outcome.A : Outcome.B) with { Rater = rater, ResponseMs = (int)Math.Exp(8 + random.NextDouble()) })).ToList();

        var drifts = RaterDrift.ByRater(votes, VoteChecks.Of(votes)).Values;

        Assert.InRange(drifts.Count(drift => drift.Left.PValue <= 0.05) / 2_000.0, 0.01, 0.05);
        Assert.InRange(drifts.Count(drift => drift.Speed.PValue <= 0.05) / 2_000.0, 0.035, 0.065);
    }

    private static RaterDriftResult Of(IReadOnlyCollection<RaterVote> votes) => RaterDrift.ByRater(votes, VoteChecks.Of(votes))[1];

    private static RaterVote Vote(int order, Outcome outcome) =>
        new() { Comparison = order, Rater = 1, Outcome = outcome, AOnLeft = true, Order = order };
}
