namespace PixelPost.Stats.Tests;

public class ShareChangeTests
{
    private static readonly RaterStretch[] Raters =
    [
        new(1, 20, 4, 18), new(0, 15, 3, 22), new(2, 10, 0, 0), new(0, 0, 5, 12), new(1, 12, 2, 9),
        new(3, 30, 6, 28), new(0, 8, 1, 11), new(2, 14, 2, 16), new(4, 25, 3, 20), new(0, 0, 2, 14),
    ];

    /// <summary>scipy 1.10.1: ttest_1samp of what each rater adds, c = (x₂ − p n₂)/N₂ − (x₁ − p n₁)/N₁, two-sided and "greater".</summary>
    [Fact]
    public void Of_TenRaters_MatchesScipy()
    {
        var change = ShareChange.Of(Raters);

        Assert.Equal(13 / 134.0, change.Earlier!.Value, 1e-12);
        Assert.Equal(28 / 150.0, change.Later!.Value, 1e-12);
        Assert.Equal(0.031812048359435595, change.PValue!.Value, 1e-10);
        Assert.Equal(0.015906024179717797, change.RisePValue!.Value, 1e-10);
        Assert.Equal(10, change.Raters);
    }

    [Fact]
    public void Of_TimeTurnedRound_IsTheSameChangeDownwards()
    {
        var (there, back) = (ShareChange.Of(Raters), ShareChange.Of(Raters.Select(rater =>
            new RaterStretch(rater.LaterHits, rater.LaterCases, rater.EarlierHits, rater.EarlierCases))));

        Assert.Equal(there.PValue!.Value, back.PValue!.Value, 1e-12);
        Assert.Equal(1, there.RisePValue!.Value + back.RisePValue!.Value, 1e-12);
    }

    /// <summary>One of twelve raters goes from never to always: a twelfth of all votes, and no change of the study.</summary>
    [Fact]
    public void Of_OneRaterAlone_MakesNoChange() =>
        Assert.True(ShareChange.Of([new(0, 50, 50, 50), .. Enumerable.Repeat(new RaterStretch(0, 50, 0, 50), 11)]).RisePValue > 0.1);

    /// <summary>Six raters go from never to always: by luck all go the same way once in 64.</summary>
    [Fact]
    public void Of_AllGoTheSameWay_IsNoSurerThanLuckAllows()
    {
        var change = ShareChange.Of(Enumerable.Repeat(new RaterStretch(0, 10, 10, 10), 6));

        Assert.Equal((1 / 64.0, 2 / 64.0), (change.RisePValue!.Value, change.PValue!.Value));
    }

    [Fact]
    public void Of_NothingToTest_SaysWhy()
    {
        Assert.Contains("no case", ShareChange.Of([new(1, 5, 0, 0)]).Reason);
        Assert.Contains("Fewer than 5", ShareChange.Of([new(1, 5, 2, 5), new(1, 5, 2, 5)]).Reason);
        Assert.Contains("alike", ShareChange.Of(Enumerable.Repeat(new RaterStretch(1, 5, 1, 5), 6)).Reason);
    }
}
