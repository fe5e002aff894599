using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rounds;

public class AlignmentFreezeTests
{
    /// <summary>By hand: 3 of 6, 5 of 6 and 2 of 4 are right, so the second over the first, by 5/6 − 1/2.</summary>
    [Fact]
    public void Apply_SharesThatDiffer_ChooseTheLargestOverTheSmallest()
    {
        var (pairs, leftOut) = AlignmentFreeze.Apply([Image(1, 3, 6), Image(2, 5, 6), Image(3, 2, 4)]);

        var pair = Assert.Single(pairs);
        Assert.Equal((1, Axis.Alignment, 2L, 2L, 1L, 5, 3, 0), (pair.PairNumber, pair.Axis, pair.ComparisonId, pair.ChosenImageId, pair.RejectedImageId, pair.VotesChosen, pair.VotesRejected, pair.VotesTie));
        Assert.Equal(1 / 3.0, pair.Weight, 1e-12);
        Assert.Equal(0, leftOut.Total());
    }

    [Fact]
    public void Apply_ManyPrompts_KeepsTheStudysOrderAndCountsEachOnce()
    {
        var (pairs, leftOut) = AlignmentFreeze.Apply([Image(1, 1, 2, prompt: 9), Image(2, 1, 2, prompt: 4), Image(3, 2, 2, prompt: 9), Image(4, 0, 2, prompt: 4), Image(5, 2, 2, prompt: 5)]);

        Assert.Equal([(1, 3L, 1L), (2, 2L, 4L)], pairs.Select(pair => (pair.PairNumber, pair.ChosenImageId, pair.RejectedImageId)));
        Assert.Equal(new LeftOut { SingleImages = 1 }, leftOut);
    }

    [Fact]
    public void Apply_SameShareOfDifferentNumbers_IsATie() =>
        Assert.Equal(new LeftOut { Ties = 1 }, AlignmentFreeze.Apply([Image(1, 1, 3), Image(2, 2, 6)]).LeftOut);

    [Fact]
    public void Apply_ImageWithoutSheets_IsUndecided() =>
        Assert.Equal(new LeftOut { Unvoted = 1 }, AlignmentFreeze.Apply([Image(1, 1, 3), Image(2, 0, 0) with { Sheets = 0 }]).LeftOut);

    [Fact]
    public void Apply_ImageThatMostCannotJudge_IsRejected()
    {
        Assert.Equal(new LeftOut { Rejects = 1 }, AlignmentFreeze.Apply([Image(1, 1, 3), Image(2, 3, 3) with { Rejected = 1 }]).LeftOut);
        Assert.Single(AlignmentFreeze.Apply([Image(1, 1, 3), Image(2, 3, 3) with { Sheets = 2, Rejected = 1 }]).Pairs);
    }

    /// <summary>The weight is 1/3.</summary>
    [Theory]
    [InlineData(2, 0.3, "pair")]
    [InlineData(3, 0, "few")]
    [InlineData(1, 0.4, "low")]
    public void Apply_RulesOfOnesOwn_AreFollowedAndCounted(int minVotes, double minAgreement, string expected)
    {
        var (pairs, leftOut) = AlignmentFreeze.Apply(
            [Image(1, 3, 6) with { Sheets = 2 }, Image(2, 5, 6) with { Sheets = 2 }], new PreferenceRules { MinVotes = minVotes, MinAgreement = minAgreement });

        Assert.Equal(expected, (pairs.Count, leftOut.TooFewVotes, leftOut.LowAgreement) switch { (1, 0, 0) => "pair", (0, 1, 0) => "few", (0, 0, 1) => "low", _ => "" });
    }

    private static AskedImage Image(long id, int right, int questions, long prompt = 1) => new()
    {
        ComparisonId = id,
        PromptId = prompt,
        Prompt = "a fox",
        ImageId = id,
        Sha256 = $"{id}",
        Sheets = 1,
        Right = right,
        Questions = questions,
    };
}
