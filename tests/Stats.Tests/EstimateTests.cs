namespace PixelPost.Stats.Tests;

public class EstimateTests
{
    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(1, 0)]
    public void Interval_BoundsNotFiniteOrNotInOrder_Throws(double lower, double upper)
    {
        Assert.Throws<ArgumentException>(() => new Interval(lower, upper, 0.95));
    }

    [Fact]
    public void Interval_Contains_IncludesBothBounds()
    {
        var interval = new Interval(0.2, 0.4, 0.95);

        Assert.True(interval.Contains(0.2));
        Assert.True(interval.Contains(0.4));
        Assert.False(interval.Contains(0.1999));
        Assert.False(interval.Contains(0.4001));
    }

    [Theory]
    [InlineData(0.49)]
    [InlineData(0.9991)]
    [InlineData(95)]
    [InlineData(double.NaN)]
    public void EveryInterval_LevelOutsideItsRange_Throws(double level)
    {
        var counts = new OutcomeCounts(3, 2, 1);
        ClusteredScore[] scores = [new(1, 1, 1), new(2, 1, 0)];
        var ratings = new RatingTable(2, [(1, 0), (1, 1)]);

        Assert.Throws<ArgumentOutOfRangeException>(() => Rate.Wilson(1, 2, level));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rate.ClopperPearson(1, 2, level));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRate.Normal(counts, level));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRate.StudentT(counts, level));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRate.Tango(counts, level));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusteredNetWinRate.Of(scores, Clustering.ByPrompt, level: level));
        Assert.Throws<ArgumentOutOfRangeException>(() => PromptBootstrap.NetWinRate(scores, new Random(1), level: level));
        Assert.Throws<ArgumentOutOfRangeException>(() => PercentAgreement.Of(ratings, new Random(1), level: level));
    }

    [Fact]
    public void EveryInterval_HigherLevel_IsWider()
    {
        var counts = new OutcomeCounts(30, 20, 10);
        Func<double, Estimate>[] estimates =
        [
            level => Rate.Wilson(30, 60, level),
            level => Rate.ClopperPearson(30, 60, level),
            level => NetWinRate.Normal(counts, level),
            level => NetWinRate.StudentT(counts, level),
            level => NetWinRate.Tango(counts, level),
        ];

        foreach (var estimate in estimates)
        {
            var (narrow, wide) = (estimate(0.9).Interval!, estimate(0.999).Interval!);
            Assert.Equal(0.9, narrow.Level);
            Assert.True(wide.Lower < narrow.Lower && narrow.Upper < wide.Upper);
        }
    }
}
