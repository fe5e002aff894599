using PixelPost.EvalPortal.Checks;

namespace PixelPost.EvalPortal.Tests.Checks;

public sealed class FairCheckTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 1, false)] // one miss happens to anybody
    [InlineData(2, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(4, 2, true)]
    [InlineData(5, 2, false)]
    [InlineData(20, 9, false)]
    [InlineData(20, 10, true)]
    public void SuggestsReview_TwoMissedAndHalfOfAll_AtLeast(int answered, int missed, bool expected)
    {
        var tally = new GoldTally { Answered = answered, Missed = missed };

        Assert.Equal(expected, FairCheck.SuggestsReview(tally));
        Assert.Equal(expected, FairCheck.Reason(tally) is { Length: >= 100 } reason && reason.StartsWith($"{missed} of the {answered} pairs", StringComparison.Ordinal));
    }
}
