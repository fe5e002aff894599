namespace PixelPost.Stats.Tests;

public class OutcomeCountsTests
{
    [Fact]
    public void OfVotes_EveryOutcome_IsCountedAndAddsUp()
    {
        var counts = OutcomeCounts.OfVotes(
            [Outcome.A, Outcome.B, Outcome.A, Outcome.Tie, Outcome.Reject, Outcome.A, Outcome.Reject, Outcome.Reject, Outcome.Reject]);

        Assert.Equal(new OutcomeCounts(a: 3, b: 1, tie: 1, reject: 4), counts);
        Assert.Equal(4, counts.Decided);
        Assert.Equal(5, counts.Compared);
        Assert.Equal(9, counts.Total);
    }

    [Fact]
    public void OfDecisions_Split_StaysInTheBaseAndRejectDoesNot()
    {
        var counts = OutcomeCounts.OfDecisions(
            [Decision.Split, Decision.Reject, Decision.A, Decision.Split, Decision.Tie, Decision.B, Decision.Split]);

        Assert.Equal(new OutcomeCounts(a: 1, b: 1, tie: 1, reject: 1, split: 3), counts);
        Assert.Equal(6, counts.Compared);
        Assert.Equal(7, counts.Total);
    }

    [Fact]
    public void OfVotes_None_IsAllZero()
    {
        Assert.Equal(new OutcomeCounts(0, 0, 0), OutcomeCounts.OfVotes([]));
    }

    [Theory]
    [InlineData(-1, 0, 0, 0, 0)]
    [InlineData(0, -1, 0, 0, 0)]
    [InlineData(0, 0, -1, 0, 0)]
    [InlineData(0, 0, 0, -1, 0)]
    [InlineData(0, 0, 0, 0, -1)]
    public void Constructor_NegativeCount_Throws(int a, int b, int tie, int reject, int split)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new OutcomeCounts(a, b, tie, reject, split));
    }
}
