namespace PixelPost.Stats.Tests;

public class MajorityAgreementTests
{
    private const double Tolerance = 1e-12;

    /// <summary>
    /// Three comparisons, raters 1 to 4. On 1 all others of rater 1 say A; on 2 the others of rater 1 share first place; on 3 rater
    /// 1 says B against two ties and an A.
    /// </summary>
    private static readonly RaterVote[] Votes =
    [
        .. On(1, Outcome.A, Outcome.A, Outcome.A, Outcome.A),
        .. On(2, Outcome.A, Outcome.A, Outcome.B, Outcome.Tie),
        .. On(3, Outcome.B, Outcome.Tie, Outcome.Tie, Outcome.A),
    ];

    [Fact]
    public void ByRater_SmallStudy_MatchesTheHandCount()
    {
        var raters = MajorityAgreement.ByRater(Votes);

        Assert.Equal((1, 2), Counted(raters[1])); // comparison 2 has no majority without rater 1
        Assert.Equal((1, 1), Counted(raters[2])); // 2: A B tie; 3: B tie A
        Assert.Equal((1, 2), Counted(raters[3])); // 2: A A tie against B; 3: B tie A
        Assert.Equal((1, 3), Counted(raters[4])); // A right; tie against A; A against tie
        Assert.Equal(0.5, raters[1].Agreement.Rate.Value);
        Assert.Equal(3 / 6.0, raters[1].Agreement.Others!.Value, Tolerance);
    }

    /// <summary>By definition: the mean agreement over every order in which a rater's own answers could have been given.</summary>
    [Fact]
    public void ByChance_EveryOrderOfTheAnswers_IsTheirMean()
    {
        Outcome[] own = [Outcome.A, Outcome.A, Outcome.B, Outcome.Tie, Outcome.A];
        Outcome[] majorities = [Outcome.A, Outcome.B, Outcome.B, Outcome.Tie, Outcome.A];
        var votes = own.Index().SelectMany(answer => On(answer.Index, answer.Item, majorities[answer.Index], majorities[answer.Index]));
        var agreements = Orders(5).Select(order => order.Index().Count(place => own[place.Item] == majorities[place.Index]) / 5.0);

        Assert.Equal(agreements.Average(), MajorityAgreement.ByRater([.. votes])[1].ByChance!.Value, Tolerance);
    }

    /// <summary>Pressing A all along where A nearly always wins is no merit: chance explains all of it.</summary>
    [Fact]
    public void ByChance_SameAnswerAllAlong_EqualsTheAgreement()
    {
        var votes = Enumerable.Range(0, 10).SelectMany(i => On(i, Outcome.A, i < 8 ? Outcome.A : Outcome.B, i < 8 ? Outcome.A : Outcome.B));
        var rater = MajorityAgreement.ByRater([.. votes])[1];

        Assert.Equal(0.8, rater.Agreement.Rate.Value!.Value, Tolerance);
        Assert.Equal(0.8, rater.ByChance!.Value, Tolerance);
    }

    [Fact]
    public void ByRater_GoldAndRepeats_AreLeftOut()
    {
        RaterVote[] more =
        [
            .. Votes,
            .. On(4, Outcome.B, Outcome.A, Outcome.A, Outcome.A).Select(vote => vote with { Gold = Outcome.A }),
            .. On(5, Outcome.B, Outcome.A, Outcome.A, Outcome.A).Select(vote => vote with { RepeatOf = 1 }),
        ];

        Assert.Equal(Counted(MajorityAgreement.ByRater(Votes)[1]), Counted(MajorityAgreement.ByRater(more)[1]));
    }

    [Fact]
    public void ByRater_SwappedSystemsReorderedAndRelabelled_IsUnchanged()
    {
        var votes = RaterVotesFile.Read("ab_votes.csv", "appeal");
        var (raters, changed) = (MajorityAgreement.ByRater(votes), MajorityAgreement.ByRater(
            [.. votes.Select(SideBiasTests.Swap).Select(vote => vote with { Rater = -vote.Rater, Comparison = 7 * vote.Comparison }).Reverse()]));

        foreach (var (rater, result) in raters)
        {
            Assert.Equal(Counted(result), Counted(changed[-rater]));
            Assert.Equal(result.ByChance!.Value, changed[-rater].ByChance!.Value, Tolerance);
            Assert.Equal(result.Agreement.LowerTailPValue!.Value, changed[-rater].Agreement.LowerTailPValue!.Value, Tolerance);
        }
    }

    [Fact]
    public void ByRater_AloneOnEveryComparison_IsUndefinedAndSaysWhy()
    {
        var rater = MajorityAgreement.ByRater([.. On(1, Outcome.A), .. On(2, Outcome.B)])[1];

        Expect.Undefined(rater.Agreement.Rate);
        Assert.Null(rater.ByChance);
        Assert.Null(rater.Agreement.LowerTailPValue);
        Assert.Contains("majority", rater.Agreement.Reason);
    }

    [Fact]
    public void ByRater_TwoVotesOfARaterOnAComparison_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => MajorityAgreement.ByRater([.. Votes, Votes[0] with { Outcome = Outcome.Tie }]));

        Assert.Contains("Rater 1 has two votes on comparison 1", error.Message);
    }

    private static (int, int) Counted(MajorityAgreementResult result) => (result.Agreement.Hits, result.Agreement.Cases);

    /// <summary>Raters 1, 2, … with these answers.</summary>
    private static IEnumerable<RaterVote> On(long comparison, params IEnumerable<Outcome> outcomes) => outcomes.Select((outcome, i) =>
        new RaterVote { Comparison = comparison, Rater = i + 1, Outcome = outcome, AOnLeft = true });

    private static IEnumerable<int[]> Orders(int n) => n == 0
        ? [[]]
        : Orders(n - 1).SelectMany(order => Enumerable.Range(0, n).Select(place => (int[])[.. order[..place], n - 1, .. order[place..]]));
}
