using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Rounds;

namespace PixelPost.EvalPortal.Tests.Rounds;

public class PickFreezeTests
{
    [Fact]
    public void Apply_RatersWhoAgree_WeighOne()
    {
        var (pairs, leftOut) = PickFreeze.Apply(Items((1, 3), (1, 3)));

        var pair = Assert.Single(pairs);
        Assert.Equal((1, 3, 2, 2, 1.0), (pair.ChosenImageId, pair.RejectedImageId, pair.VotesChosen, pair.VotesRejected, pair.Weight));
        Assert.Equal(0, leftOut.Total());
    }

    /// <summary>By hand: the images score 2, 1 − 1, −2 and 0; so 1 over 3, and (2 + 2)/(2 × 3).</summary>
    [Fact]
    public void Apply_RatersWhoDiffer_DecidesByBestLessWorst()
    {
        var pair = Assert.Single(PickFreeze.Apply(Items((1, 3), (1, 2), (2, 3))).Pairs);

        Assert.Equal((1, 3, 2, 2), (pair.ChosenImageId, pair.RejectedImageId, pair.VotesChosen, pair.VotesRejected));
        Assert.Equal(4 / 6.0, pair.Weight, 1e-12);
    }

    [Theory]
    [InlineData(1, 3, 2, 3)] // two at the top
    [InlineData(1, 3, 1, 2)] // two at the bottom
    [InlineData(1, 2, 2, 1)] // nobody is ahead
    public void Apply_SeveralShareAPlace_IsATie(int best, int worst, int otherBest, int otherWorst)
    {
        var (pairs, leftOut) = PickFreeze.Apply(Items((best, worst), (otherBest, otherWorst)));

        Assert.Empty(pairs);
        Assert.Equal(1, leftOut.Ties);
    }

    [Fact]
    public void Apply_NoVotes_IsCountedAsThat() => Assert.Equal(1, PickFreeze.Apply(Items()).LeftOut.Unvoted);

    /// <summary>The weight is 2/3, as above.</summary>
    [Theory]
    [InlineData(3, 0.6, "pair")]
    [InlineData(4, 0, "few")]
    [InlineData(1, 0.7, "low")]
    public void Apply_RulesOfOnesOwn_AreFollowedAndCounted(int minVotes, double minAgreement, string expected)
    {
        var (pairs, leftOut) = PickFreeze.Apply(Items((1, 3), (1, 2), (2, 3)), new PreferenceRules { MinVotes = minVotes, MinAgreement = minAgreement });

        Assert.Equal(expected, (pairs.Count, leftOut.TooFewVotes, leftOut.LowAgreement) switch { (1, 0, 0) => "pair", (0, 1, 0) => "few", (0, 0, 1) => "low", _ => "" });
    }

    private static IReadOnlyList<PickedItem> Items(params (long Best, long Worst)[] picks) => PickedItem.Of(
        Enumerable.Range(1, 4).Select(id => new PickableImage { ComparisonId = 1, Prompt = "a fox", ImageId = id, SystemId = 1, Sha256 = $"{id}" }),
        picks.Select(pick => new RecordedPick
        {
            VoteId = Guid.CreateVersion7(),
            ComparisonId = 1,
            PromptId = 1,
            Prompt = "a fox",
            BestImageId = pick.Best,
            WorstImageId = pick.Worst,
            FlawOverride = false,
            RaterId = 1,
            Pseudonym = "R-1",
            Simulated = false,
            ResponseMs = 1_000,
            VotedAt = DateTimeOffset.UnixEpoch,
            Counts = true,
        }));
}
