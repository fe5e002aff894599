using System.Text.Json;

namespace PixelPost.Stats.Tests;

public class ChiSquareTests
{
    private const double Tolerance = 1e-9;
    private const double Relative = 1e-8;

    public static TheoryData<string, string> Fits => GoldenKinds.Of("tests_2x2.json", "chisq_gof");

    public static TheoryData<string, string> Tables => GoldenKinds.Of("tests_2x2.json", "chisq_independence");

    public static TheoryData<string, string> Counts => GoldenFile.Cases("net_win_rate.json", "paper_2409_17565.json");

    [Theory, MemberData(nameof(Fits))]
    public void GoodnessOfFit_GoldenCounts_MatchesScipy(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var test = ChiSquare.GoodnessOfFit(Integers(input.GetProperty("observed")), input.Numbers("probabilities")!);

        AssertTest(expected.Number("chi2"), expected.Number("df"), expected.Number("p"), test);
    }

    [Theory, MemberData(nameof(Counts))]
    public void EqualShares_GoldenOutcomes_MatchScipy(string file, string id)
    {
        var (input, golden) = GoldenFile.Case(file, id);
        var expected = golden.GetProperty("chisq_gof_equal_thirds");
        var test = ChiSquare.EqualShares(
            [input.GetProperty("win").GetInt32(), input.GetProperty("tie").GetInt32(), input.GetProperty("lose").GetInt32()]);

        AssertTest(expected.Number("stat"), expected.Number("df"), expected.Number("p"), test);
    }

    [Theory, MemberData(nameof(Tables))]
    public void Independence_GoldenTable_MatchesScipy(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var result = ChiSquare.Independence([.. input.GetProperty("table").EnumerateArray().Select(Integers)]);

        AssertTest(expected.Number("chi2"), expected.Number("df"), expected.Number("p"), result.Pearson);
        AssertTest(expected.Number("g"), expected.Number("df"), expected.Number("g_p"), result.LikelihoodRatio);
        Assert.Equal(expected.Number("cramers_v")!.Value, result.CramersV!.Value, Tolerance);
        Assert.Null(result.Reason);
    }

    /// <summary>Mendel (1866), 556 peas against 9:3:3:1; χ² = 0.470 as in every textbook.</summary>
    [Fact]
    public void GoodnessOfFit_MendelsPeas_MatchesTheKnownValue()
    {
        var test = ChiSquare.GoodnessOfFit([315, 101, 108, 32], [9 / 16.0, 3 / 16.0, 3 / 16.0, 1 / 16.0]);

        Assert.Equal(0.470, test.Statistic!.Value, 5e-4);
        Assert.Equal(0.925, test.PValue!.Value, 5e-4);
    }

    /// <summary>Of a 2 × 2 table, the chi-square is the square of the pooled z.</summary>
    [Fact]
    public void Independence_TwoByTwo_IsTheSquareOfZ()
    {
        var chiSquare = ChiSquare.Independence([[63, 37], [45, 55]]).Pearson;
        var z = TwoProportions.PooledZ(new(63, 100, 45, 100));

        Assert.Equal(z.Statistic!.Value * z.Statistic.Value, chiSquare.Statistic!.Value, Tolerance);
        Assert.Equal(z.PValue!.Value, chiSquare.PValue!.Value, Tolerance);
    }

    [Fact]
    public void Independence_TransposedOrReordered_IsTheSame()
    {
        var result = ChiSquare.Independence([[12, 5, 3], [4, 8, 8]]);
        foreach (var same in new[] { ChiSquare.Independence([[12, 4], [5, 8], [3, 8]]), ChiSquare.Independence([[8, 4, 8], [5, 12, 3]]) })
        {
            Assert.Equal(result.Pearson.PValue!.Value, same.Pearson.PValue!.Value, Tolerance);
            Assert.Equal(result.LikelihoodRatio.PValue!.Value, same.LikelihoodRatio.PValue!.Value, Tolerance);
            Assert.Equal(result.CramersV!.Value, same.CramersV!.Value, Tolerance);
        }
    }

    [Fact]
    public void Independence_CountsDoubled_DoublesTheStatisticsAndKeepsV()
    {
        var (once, twice) = (ChiSquare.Independence([[12, 5], [4, 8]]), ChiSquare.Independence([[24, 10], [8, 16]]));

        Assert.Equal(2 * once.Pearson.Statistic!.Value, twice.Pearson.Statistic!.Value, Tolerance);
        Assert.Equal(2 * once.LikelihoodRatio.Statistic!.Value, twice.LikelihoodRatio.Statistic!.Value, Tolerance);
        Assert.Equal(once.CramersV!.Value, twice.CramersV!.Value, Tolerance);
    }

    [Fact]
    public void Independence_EqualOrOppositeRows_AreTheEndsOfV()
    {
        var equal = ChiSquare.Independence([[3, 6, 9], [1, 2, 3]]);
        Assert.Equal(0, equal.CramersV!.Value, Tolerance);
        Assert.Equal(1, equal.LikelihoodRatio.PValue!.Value, Tolerance);
        Assert.Equal(1, ChiSquare.Independence([[7, 0], [0, 4]]).CramersV!.Value, Tolerance);
    }

    [Fact]
    public void EveryTest_NothingToCompare_IsUndefined()
    {
        Assert.NotNull(ChiSquare.EqualShares([0, 0, 0]).Reason);

        var result = ChiSquare.Independence([[3, 0], [5, 0]]);
        Assert.NotNull(result.Reason);
        Assert.Null(result.Pearson.PValue);
        Assert.Null(result.LikelihoodRatio.PValue);
        Assert.Null(result.CramersV);
    }

    [Fact]
    public void EveryTest_NotATable_Throws()
    {
        Assert.Throws<ArgumentException>(() => ChiSquare.EqualShares([4]));
        Assert.Throws<ArgumentException>(() => ChiSquare.GoodnessOfFit([1, 2], [0.5, 0.4]));
        Assert.Throws<ArgumentException>(() => ChiSquare.GoodnessOfFit([1, 2], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquare.GoodnessOfFit([1, 2], [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquare.GoodnessOfFit([1, -2], [0.5, 0.5]));
        Assert.Throws<ArgumentException>(() => ChiSquare.Independence([[1, 2]]));
        Assert.Throws<ArgumentException>(() => ChiSquare.Independence([[1, 2], [3]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquare.Independence([[1, 2], [3, -1]]));
    }

    private static IReadOnlyList<int> Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    private static void AssertTest(double? statistic, double? freedom, double? pValue, TestResult test)
    {
        Assert.Equal(statistic!.Value, test.Statistic!.Value, Tolerance);
        Assert.Equal(freedom, (double?)test.DegreesOfFreedom);
        Expect.PValue(pValue, test.PValue, test.Reason, Relative);
    }
}
