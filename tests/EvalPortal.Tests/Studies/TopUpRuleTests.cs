using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Studies;

public sealed class TopUpRuleTests
{
    [Theory]
    [InlineData("aaabb", true)] // 3-2
    [InlineData("aabbt", true)] // 2-2-1
    [InlineData("aattb", true)]
    [InlineData("aaabt", false)] // 3-1-1
    [InlineData("aaaab", false)]
    [InlineData("aaaaa", false)]
    [InlineData("tttrr", true)] // ties and rejects are answers too
    [InlineData("aab", true)]
    [InlineData("aaa", false)]
    [InlineData("aabb", true)]
    [InlineData("a", false)]
    public void IsClose_Votes_AreCloseWhenTheFirstTwoAnswersDifferByOneAtMost(string votes, bool expected)
    {
        Assert.Equal(expected, TopUpRule.IsClose(votes.Select(Outcome)));
        Assert.Equal(expected, TopUpRule.IsClose(votes.Select(Swapped).Select(Outcome))); // it favours neither system
    }

    private static char Swapped(char vote) => vote switch { 'a' => 'b', 'b' => 'a', _ => vote };

    private static Outcome Outcome(char vote) => vote switch
    {
        'a' => Stats.Outcome.A,
        'b' => Stats.Outcome.B,
        't' => Stats.Outcome.Tie,
        _ => Stats.Outcome.Reject,
    };
}
