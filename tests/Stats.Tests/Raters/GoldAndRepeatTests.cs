namespace PixelPost.Stats.Tests;

/// <summary>Gold accuracy, self-consistency, and the test against the other raters that they share.</summary>
public class GoldAndRepeatTests
{
    private static readonly RaterVote Vote = new() { Comparison = 1, Rater = 1, Outcome = Outcome.A, AOnLeft = true };

    /// <summary>Fisher (1935), the lady tasting tea: four cups of each kind, one of four wrong on each side, 17/70 one-sided.</summary>
    [Fact]
    public void LowerTailPValue_TeaTasting_MatchesThePublishedOdds()
    {
        RaterVote[] votes = [.. Gold(rater: 1, right: 1, wrong: 3), .. Gold(rater: 2, right: 3, wrong: 1)];

        Assert.Equal(17 / 70.0, GoldAccuracy.ByRater(votes)[1].LowerTailPValue!.Value, 1e-12);
        Assert.Equal(69 / 70.0, GoldAccuracy.ByRater(votes)[2].LowerTailPValue!.Value, 1e-12);
    }

    [Fact]
    public void GoldAccuracy_SomeRight_IsTheWilsonRateBesideTheOthers()
    {
        var raters = GoldAccuracy.ByRater([.. Gold(1, 9, 1), .. Gold(2, 5, 5), .. Gold(3, 8, 2), Vote with { Rater = 4 }]);

        Assert.Equal(Rate.Wilson(9, 10), raters[1].Rate);
        Assert.Equal(13 / 20.0, raters[1].Others);
        Assert.Null(raters[1].Reason);
        Expect.Undefined(raters[4].Rate);
        Assert.Equal(22 / 30.0, raters[4].Others);
        Assert.Null(raters[4].LowerTailPValue);
        Assert.Contains("no gold", raters[4].Reason);
    }

    [Fact]
    public void GoldAccuracy_NobodyElse_HasNoTestAndSaysWhy()
    {
        var rater = GoldAccuracy.ByRater([.. Gold(1, 9, 1)])[1];

        Assert.Equal(0.9, rater.Rate.Value);
        Assert.Null(rater.Others);
        Assert.Null(rater.LowerTailPValue);
        Assert.Contains("No other rater", rater.Reason);
    }

    /// <summary>Exact: of raters who are all equally good, the test claims at most 5 %.</summary>
    [Fact]
    public void LowerTailPValue_EquallyGoodRaters_ClaimsAtMostFivePercent()
    {
        var random = new Random(20240917);
        var claims = 0;
        for (var study = 0; study < 500; study++)
        {
            var votes = Enumerable.Range(0, 10).SelectMany(rater =>
            {
                var right = Enumerable.Range(0, 20).Count(_ => random.NextDouble() < 0.8);
                return Gold(rater, right, 20 - right);
            });
            claims += GoldAccuracy.ByRater([.. votes]).Values.Count(rater => rater.LowerTailPValue <= 0.05);
        }

        Assert.InRange(claims / 5_000.0, 0.01, 0.05);
    }

    [Fact]
    public void SelfConsistency_MirroredRepeats_AreCountedBySystem()
    {
        RaterVote[] votes =
        [
            Vote,                                                                            // A, left
            Vote with { Comparison = 11, RepeatOf = 1, AOnLeft = false },                    // mirrored, A again: the other side
            Vote with { Comparison = 12, RepeatOf = 1, AOnLeft = false, Outcome = Outcome.B }, // mirrored, left again: the other image
            Vote with { Comparison = 13, RepeatOf = 1 },                                     // as before
            Vote with { Comparison = 2, Outcome = Outcome.Tie },
            Vote with { Comparison = 14, RepeatOf = 2, AOnLeft = false, Outcome = Outcome.Tie }, // no side to follow
            Vote with { Comparison = 15, RepeatOf = 99 },                                    // never answered before
            Vote with { Rater = 2, Comparison = 16, RepeatOf = 1 },                          // answered by somebody else only
        ];
        var raters = SelfConsistency.ByRater(votes);

        Assert.Equal((3, 4), (raters[1].Consistency.Hits, raters[1].Consistency.Cases));
        Assert.Equal((2, 1, 1), (raters[1].Mirrored, raters[1].SameSide, raters[1].Unmatched));
        Assert.Equal(1, raters[2].Unmatched);
        Expect.Undefined(raters[2].Consistency.Rate);
        Assert.Contains("twice", raters[2].Consistency.Reason);
    }

    [Fact]
    public void SelfConsistency_SwappedSystems_IsUnchanged()
    {
        RaterVote[] votes = [Vote, Vote with { Comparison = 11, RepeatOf = 1, AOnLeft = false }, Vote with { Comparison = 12, RepeatOf = 1, Outcome = Outcome.B }];
        var (rater, swapped) = (SelfConsistency.ByRater(votes)[1], SelfConsistency.ByRater([.. votes.Select(SideBiasTests.Swap)])[1]);

        Assert.Equal(rater.Consistency.Rate, swapped.Consistency.Rate);
        Assert.Equal((rater.Mirrored, rater.SameSide), (swapped.Mirrored, swapped.SameSide));
    }

    [Fact]
    public void SelfConsistency_TwoVotesOnAComparison_Throws()
    {
        Assert.Throws<ArgumentException>(() => SelfConsistency.ByRater([Vote, Vote with { Outcome = Outcome.B }]));
    }

    private static IEnumerable<RaterVote> Gold(long rater, int right, int wrong) => Enumerable.Range(0, right + wrong).Select(i =>
        Vote with { Rater = rater, Comparison = i, Gold = Outcome.A, Outcome = i < right ? Outcome.A : Outcome.Tie });
}
