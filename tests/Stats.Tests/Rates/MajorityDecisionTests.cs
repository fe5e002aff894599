namespace PixelPost.Stats.Tests;

public class MajorityDecisionTests
{
    [Theory]
    [InlineData("A", Decision.A)]
    [InlineData("AAABT", Decision.A)]
    [InlineData("BBBAA", Decision.B)]
    [InlineData("TTTAB", Decision.Tie)]
    [InlineData("RRRAB", Decision.Reject)]
    [InlineData("AABTR", Decision.A)]        // most votes, though not more than half
    [InlineData("AAABBTT", Decision.A)]
    [InlineData("AABBT", Decision.Split)]
    [InlineData("AATTB", Decision.Split)]
    [InlineData("AARRT", Decision.Split)]
    [InlineData("AB", Decision.Split)]
    [InlineData("ABTR", Decision.Split)]
    public void Of_Votes_MostVotesAloneDecide(string votes, Decision expected)
    {
        Assert.Equal(expected, MajorityDecision.Of(Parse(votes)));
        Assert.Equal(expected, MajorityDecision.Of(Parse(votes).Reverse()));
        Assert.Equal(expected, MajorityDecision.Of(Parse(votes + votes)));
    }

    /// <summary>With the reference protocol's five votes over a, b and tie, "most votes" and "more than half" are the same rule.</summary>
    [Fact]
    public void Of_FiveVotesWithoutReject_EqualsMoreThanHalf()
    {
        for (var a = 0; a <= 5; a++)
        {
            for (var b = 0; a + b <= 5; b++)
            {
                var tie = 5 - a - b;
                var expected = a > 2 ? Decision.A : b > 2 ? Decision.B : tie > 2 ? Decision.Tie : Decision.Split;
                Assert.Equal(expected, MajorityDecision.Of(Parse(new string('A', a) + new string('B', b) + new string('T', tie))));
            }
        }
    }

    [Fact]
    public void Of_SwappedSystems_SwapsTheDecision()
    {
        Assert.Equal(Decision.A, MajorityDecision.Of(Parse("AABTR")));
        Assert.Equal(Decision.B, MajorityDecision.Of(Parse("BBATR")));
    }

    [Fact]
    public void Of_NoVote_Throws()
    {
        Assert.Throws<ArgumentException>(() => MajorityDecision.Of([]));
    }

    private static IEnumerable<Outcome> Parse(string votes) => votes.Select(vote => vote switch
    {
        'A' => Outcome.A,
        'B' => Outcome.B,
        'T' => Outcome.Tie,
        _ => Outcome.Reject,
    });
}
