namespace PixelPost.Stats.Tests;

public class HolmTests
{
    private const double Tolerance = 1e-12;

    public static TheoryData<string, string> Cases => GoldenFile.Cases("multiplicity.json");

    [Theory, MemberData(nameof(Cases))]
    public void Adjust_GoldenFamily_MatchesR(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);

        AssertAdjusted(expected.Numbers("holm")!, input.Numbers("p")!);
    }

    [Fact]
    public void Adjust_AxesOfAStudy_MatchGolden()
    {
        var (input, expected) = GoldenFile.Case("ab_votes_expected.json", "holm-over-axes");

        AssertAdjusted(expected.Numbers("holm")!, input.Numbers("p")!);
    }

    [Fact]
    public void Adjust_TenPaperRows_MatchGolden()
    {
        var rows = GoldenFile.Cases("paper_2409_17565.json").Select(row => GoldenFile.Case((string)row[0], (string)row[1]).Expected).ToList();

        AssertAdjusted(
            [.. rows.Select(row => row.Number("sign_test_ties_dropped_two_sided_p_holm_over_all_10")!.Value)],
            [.. rows.Select(row => row.Number("sign_test_ties_dropped_two_sided_p")!.Value)]);
    }

    /// <summary>The example in Wikipedia's "Holm–Bonferroni method": at 0.05 exactly the first and the last are claimed.</summary>
    [Fact]
    public void Adjust_WikipediaExample_ClaimsTheFirstAndTheLast()
    {
        var adjusted = Holm.Adjust([0.01, 0.04, 0.03, 0.005]);

        Assert.Equal([true, false, false, true], adjusted.Select(p => p <= 0.05));
    }

    [Fact]
    public void Adjust_AnotherOrder_ReordersTheResult()
    {
        double?[] family = [0.2, 0.001, 0.03, 0.03];

        Assert.Equal(Holm.Adjust(family), Holm.Adjust([.. family.Reverse()]).Reverse());
    }

    [Fact]
    public void Adjust_PlannedTestWithoutPValue_StaysNullAndCounts()
    {
        var adjusted = Holm.Adjust([0.01, null, 0.02]);

        Assert.Equal(0.03, adjusted[0]!.Value, Tolerance);
        Assert.Null(adjusted[1]);
        Assert.Equal(0.04, adjusted[2]!.Value, Tolerance);
    }

    [Fact]
    public void Adjust_NoTest_IsEmpty()
    {
        Assert.Empty(Holm.Adjust([]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Adjust_NotAPValue_Throws(double p)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Holm.Adjust([0.5, p]));
    }

    private static void AssertAdjusted(double[] expected, double[] family)
    {
        var adjusted = Holm.Adjust([.. family.Select(p => (double?)p)]);

        Assert.Equal(expected.Length, adjusted.Count);
        foreach (var (value, actual) in expected.Zip(adjusted))
            Assert.Equal(value, actual!.Value, Tolerance);
    }
}
