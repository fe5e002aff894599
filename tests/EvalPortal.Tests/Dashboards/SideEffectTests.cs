using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Dashboards;

public sealed class SideEffectTests
{
    /// <summary>
    /// By hand: rater 0 saw A on the left, rater 1 on the right. Left wins are rater 0's a's and rater 1's b's: 2 + 1 of 6 that chose; net
    /// (3 − 3)/8 = 0; with A left (2 − 2)/4, with A right (1 − 1)/4.
    /// </summary>
    [Fact]
    public void Of_VotesOfBothSides_MatchesHandCount()
    {
        var sides = SideEffect.Of(Axis.Appeal, [("new", "old", Table.Of("ab", "at", "ba", "bt"))]);

        Assert.Equal((3, 6), (sides.Left, sides.Chosen));
        var pair = Assert.Single(sides.Pairs);
        Assert.Equal((8, 4), (pair.Votes, pair.AOnLeft));
        Assert.Equal((0.0, 0.0, 0.0, 0.0), (pair.Net, pair.Balanced.AOnLeft, pair.Balanced.AOnRight, pair.Change));
        Assert.Contains("no pull to a side is shown", sides.Reading, StringComparison.Ordinal);
    }

    /// <summary>Twelve raters, each always the left image: A wins where it stood there. One more sees A on the left only.</summary>
    [Fact]
    public void Of_RatersOfTheLeft_SaysSoAndWhatItDoes()
    {
        var lines = Enumerable.Range(0, 20).Select(i => string.Concat(Enumerable.Range(0, 12).Select(rater => rater % 2 == 0 ? 'a' : 'b')) + (i % 7 == 0 ? "b" : "a"));

        var sides = SideEffect.Of(Axis.Appeal, [("new", "old", Table.Of([.. lines]))]);

        Assert.StartsWith("Raters favoured the left image.", sides.Reading, StringComparison.Ordinal);
        var pair = Assert.Single(sides.Pairs);
        // A left: all of 120 and 17 of 20 more; A right: none of 120
        Assert.Equal((137 - 3) / 140.0, pair.Balanced.AOnLeft!.Value, 1e-12);
        Assert.Equal(-1, pair.Balanced.AOnRight);
        Assert.Equal((137 - 123) / 260.0, pair.Net!.Value, 1e-12);
        Assert.Equal((134 / 140.0 - 1) / 2 - 14 / 260.0, sides.LargestChange!.Value, 1e-12);
        Assert.Contains("points", sides.Reading, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoVotes_SaysThatNothingIsKnown()
    {
        var sides = SideEffect.Of(Axis.Appeal, [("new", "old", Table.Of(""))]);

        Assert.Equal((Figures.None, null), (sides.LeftShare, sides.LargestChange));
        Assert.StartsWith("No vote chose an image", sides.Reading, StringComparison.Ordinal);
    }
}
