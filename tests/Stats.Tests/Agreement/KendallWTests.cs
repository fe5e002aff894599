namespace PixelPost.Stats.Tests;

public class KendallWTests
{
    private static readonly double[][] Picks = [[1, 0, 0, -1, 0], [1, 0, -1, 0, 0], [0, 1, 0, -1, 0], [1, -1, 0, 0, 0]];

    /// <summary>
    /// scipy 1.10.1: friedmanchisquare over the columns is χ² = m(n − 1)W, corrected for ties; the mean of spearmanr over all pairs of
    /// rows. Best and worst of five, and rankings of which one has ties, where (mW − 1)/(m − 1) is 0.0002 above the mean of spearmanr.
    /// </summary>
    [Fact]
    public void Of_RankingsWithTies_MatchesScipy()
    {
        Expect(KendallW.Of(Picks), 0.4375, 0.25, 0.13588822540043272);
        Expect(KendallW.Of([[5, 3, 1, 4, 2, 6], [6, 3, 2, 4, 1, 5], [4, 4, 1, 5, 2, 6]]), 0.8846153846153844, (3 * 0.8846153846153844 - 1) / 2, 0.02098226580057068);

        static void Expect(ConcordanceResult result, double w, double spearman, double p)
        {
            Assert.Equal(w, result.W!.Value, 1e-12);
            Assert.Equal(spearman, result.MeanSpearman!.Value, 1e-12);
            Assert.Equal(p, result.Test.PValue!.Value, 1e-12);
        }
    }

    [Fact]
    public void Of_AllAlikeOrOpposite_IsTheLimit()
    {
        Assert.Equal(1, KendallW.Of([[3, 2, 1], [30, 20, 10], [9, 8, 7]]).W!.Value, 1e-12);
        var opposite = KendallW.Of([[3, 2, 1], [1, 2, 3]]);
        Assert.Equal(0, opposite.W!.Value, 1e-12);
        Assert.Equal(-1, opposite.MeanSpearman!.Value, 1e-12);
    }

    /// <summary>The mean of 0.25 and 1, the item with one rater left out; t with one degree of freedom on ±0.375.</summary>
    [Fact]
    public void MeanSpearman_SeveralItems_IsTheirMeanWithTInterval()
    {
        double[][] alike = [[1, 0, -1], [1, 0, -1]];

        var mean = KendallW.MeanSpearman([Picks, alike, [[0.0, 1, -1]]]);

        Assert.Equal(0.625, mean.Value!.Value, 1e-12);
        Assert.Equal(0.625 - 12.706204736 * 0.375, mean.Interval!.Lower, 1e-6);
    }

    /// <summary>Picks at random: nothing in common on average.</summary>
    [Fact]
    public void MeanSpearman_PicksAtRandom_IsAboutZero()
    {
        var random = new Random(20240917);
        var items = Enumerable.Range(0, 2_000).Select(_ => (IReadOnlyList<IReadOnlyList<double>>)[.. Enumerable.Range(0, 3).Select(_ =>
        {
            double[] scores = [1, -1, 0, 0, 0];
            random.Shuffle(scores);
            return scores;
        })]);

        Assert.InRange(KendallW.MeanSpearman(items).Value!.Value, -0.02, 0.02);
    }

    [Fact]
    public void Of_NothingToCompare_SaysWhy()
    {
        Assert.Contains("one rater", KendallW.Of([[1.0, 2, 3]]).Test.Reason);
        Assert.Contains("better than another", KendallW.Of([[1.0, 1, 1], [2.0, 2, 2]]).Test.Reason);
        Assert.NotNull(KendallW.MeanSpearman([]).Reason);
        Assert.Throws<ArgumentException>(() => KendallW.Of([[1.0, 2, 3], [1.0, 2]]));
    }
}
