namespace PixelPost.Stats.Tests;

public class RankSumTests
{
    private static readonly int[] First = [1200, 3400, 2100, 900, 5600, 2100, 4300, 1800, 2700, 3100];
    private static readonly int[] Second = [800, 1200, 2100, 700, 1500, 900, 1100, 3000, 1300];

    /// <summary>scipy 1.10.1, mannwhitneyu(second, first, method="asymptotic"): U/(mn) and p; with ties, and without.</summary>
    [Fact]
    public void Of_TwoGroups_MatchesScipy()
    {
        var tied = RankSum.Of(First, Second);
        Assert.Equal(0.18888888888888888, tied.SecondAbove!.Value, 1e-12);
        Assert.Equal(0.02436667689324649, tied.Test.PValue!.Value, 1e-12);

        int[] low = [.. Enumerable.Range(0, 40).Select(i => 100 + 20 * i)], high = [.. Enumerable.Range(0, 30).Select(i => 337 + 30 * i)];
        var untied = RankSum.Of(low, high);
        Assert.Equal(0.7741666666666667, untied.SecondAbove!.Value, 1e-12);
        Assert.Equal(9.675933453910505e-05, untied.Test.PValue!.Value, 1e-15);
    }

    [Fact]
    public void Of_GroupsSwapped_IsTheOtherSideOfTheSameTest()
    {
        var (there, back) = (RankSum.Of(First, Second), RankSum.Of(Second, First));

        Assert.Equal(1, there.SecondAbove!.Value + back.SecondAbove!.Value, 1e-12);
        Assert.Equal(there.Test.PValue!.Value, back.Test.PValue!.Value, 1e-12);
    }

    [Fact]
    public void Of_TooFewOrAllTheSame_SaysWhy()
    {
        Assert.Contains("no value", RankSum.Of([], First).Test.Reason);
        Assert.Contains("fewer than 8", RankSum.Of([1, 2, 3], First).Test.Reason);
        Assert.Contains("the same", RankSum.Of([.. Enumerable.Repeat(5, 9)], [.. Enumerable.Repeat(5, 9)]).Test.Reason);
    }
}
