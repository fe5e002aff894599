namespace PixelPost.Stats.Tests;

/// <summary>Raters whose answers are categories.</summary>
public class AnswerQualityTests
{
    /// <summary>By hand. Unit 1: 0 0 1, so the third disagrees; unit 2: 2 2 2; unit 3: 0 1 2, where two others never agree.</summary>
    [Fact]
    public void CategoryAgreement_SmallTable_MatchesHandCount()
    {
        CategoryAnswer[] answers = [new(1, 1, 0), new(2, 1, 0), new(3, 1, 1), new(1, 2, 2), new(2, 2, 2), new(3, 2, 2), new(1, 3, 0), new(2, 3, 1), new(3, 3, 2)];

        var raters = CategoryAgreement.ByRater(3, answers);

        Assert.Equal([(1, 1), (1, 1), (1, 2)], new long[] { 1, 2, 3 }.Select(rater => (raters[rater].Hits, raters[rater].Cases)));
        Assert.Equal([null, null, false, true, true, true, null, null, null], CategoryAgreement.OfEach(3, answers));
    }

    /// <summary>The same as for pairs, whose four outcomes are categories.</summary>
    [Fact]
    public void CategoryAgreement_Outcomes_EqualsMajorityAgreement()
    {
        var random = new Random(20240917);
        var votes = Enumerable.Range(0, 60).SelectMany(comparison => Enumerable.Range(0, 6).Where(_ => random.Next(3) > 0).Select(rater =>
            new RaterVote { Comparison = comparison, Rater = rater, Outcome = (Outcome)random.Next(4), AOnLeft = true })).ToList();

        var expected = MajorityAgreement.ByRater(votes);
        var actual = CategoryAgreement.ByRater(4, [.. votes.Select(vote => new CategoryAnswer(vote.Rater, vote.Comparison, (int)vote.Outcome))]);

        Assert.Equal(expected.ToDictionary(rater => rater.Key, rater => rater.Value.Agreement), actual);
    }

    /// <summary>scipy 1.10.1: fisher_exact([[38, 2], [120, 80]], "greater").</summary>
    [Fact]
    public void AgainstTheOthers_NearlyAlwaysYes_MatchesScipy()
    {
        var same = SameAnswer.AgainstTheOthers(2, [.. Answers(1, 38, 2), .. Answers(2, 70, 50), .. Answers(3, 50, 30)])[1];

        Assert.Equal((0, 38, 40, 0.6), (same.Category!.Value, same.Hits, same.Cases, same.Expected!.Value));
        Assert.Equal(3.001728134017785e-06, same.PValue!.Value, 1e-14);
    }

    /// <summary>scipy 1.10.1: 5·binom.sf(21, 30, 1/5) and 3·binom.sf(2, 6, 1/3).</summary>
    [Fact]
    public void AgainstChance_OnePlace_MatchesScipy()
    {
        Assert.Equal(2.2522655553485837e-09, SameAnswer.AgainstChance(5, Answers(1, 2, 22, 2, 2, 2))[1].PValue!.Value, 1e-18);
        Assert.Equal(0.9588477366255144, SameAnswer.AgainstChance(3, Answers(1, 3, 2, 1))[1].PValue!.Value, 1e-12);
    }

    /// <summary>Places drawn at random are called preferred in at most 5 % of raters, and two standard errors of luck.</summary>
    [Fact]
    public void AgainstChance_RandomPlaces_ClaimsAtMostFivePercent()
    {
        var random = new Random(20240917);
        var answers = Enumerable.Range(0, 4_000).SelectMany(rater => Enumerable.Range(0, 30).Select(_ => ((long)rater, random.Next(5))));

        Assert.InRange(SameAnswer.AgainstChance(5, answers).Values.Count(same => same.PValue <= 0.05) / 4_000.0, 0.005, 0.057);
    }

    [Fact]
    public void SameAnswer_NobodyElse_SaysWhy() =>
        Assert.Contains("No other rater", SameAnswer.AgainstTheOthers(2, Answers(1, 3, 0))[1].Reason);

    [Fact]
    public void Arguments_OutsideTheirRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CategoryAgreement.ByRater(1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => CategoryAgreement.ByRater(2, [new(1, 1, 2)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SameAnswer.AgainstChance(2, [(1, -1)]));
    }

    /// <summary>Always yes where others say yes to half: flagged for it and for disagreeing; a preference for yes is not.</summary>
    [Fact]
    public void Flags_StraightLine_IsProposedFromNineTenthsOn()
    {
        var straight = Flags(1.0);
        Assert.Contains(straight, flag => (flag.Rater, flag.Kind) == (0, RaterFlagKind.Streak) && flag.Sentence.StartsWith("Answered yes 200 of 200 times", StringComparison.Ordinal));
        Assert.Contains(straight, flag => (flag.Rater, flag.Kind) == (0, RaterFlagKind.LowAgreement));
        Assert.All(straight, flag => Assert.Equal(0, flag.Rater));

        Assert.DoesNotContain(Flags(0.7), flag => flag.Kind == RaterFlagKind.Streak);
    }

    /// <summary>Five raters of 200 questions; the first says yes to a share whatever is asked, the others mostly what is right.</summary>
    private static IReadOnlyList<RaterFlag> Flags(double yes)
    {
        var random = new Random(20240917);
        List<CategoryAnswer> answers =
        [
            .. from unit in Enumerable.Range(0, 200)
               from rater in Enumerable.Range(0, 5)
               let right = unit % 2
               select new CategoryAnswer(rater, unit, rater == 0 ? (random.NextDouble() < yes ? 0 : 1) : random.NextDouble() < 0.9 ? right : 1 - right),
        ];
        var raters = AnswerQuality.OfAll(
            [.. answers.Select(answer => (answer.Rater, (int?)4_000))], 2, answers, SameAnswer.AgainstTheOthers(2, answers.Select(answer => (answer.Rater, answer.Category))));
        return RaterFlags.Of(raters, ["yes", "no"], FamilyAdjustment.Holm);
    }

    private static IEnumerable<(long Rater, int Category)> Answers(long rater, params int[] counts) =>
        counts.SelectMany((count, category) => Enumerable.Repeat((rater, category), count));
}
