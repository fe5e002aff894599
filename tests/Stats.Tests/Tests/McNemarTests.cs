namespace PixelPost.Stats.Tests;

public class McNemarTests
{
    private const double Relative = 1e-8;

    private static readonly Func<int, int, TestResult>[] Variants =
        [McNemar.Exact, McNemar.MidP, McNemar.Asymptotic, McNemar.ContinuityCorrected];

    public static TheoryData<string, string> Cases => GoldenKinds.Of("tests_2x2.json", "mcnemar");

    [Theory, MemberData(nameof(Cases))]
    public void EveryVariant_GoldenTable_MatchesStatsmodels(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var table = input.GetProperty("table");
        var (b, c) = (table[0][1].GetInt32(), table[1][0].GetInt32());
        var (exact, asymptotic, corrected) = (McNemar.Exact(b, c), McNemar.Asymptotic(b, c), McNemar.ContinuityCorrected(b, c));

        Expect.PValue(expected.Number("exact_p"), exact.PValue, exact.Reason, Relative);
        Expect.PValue(expected.Number("chi2_p"), asymptotic.PValue, asymptotic.Reason, Relative);
        Assert.Equal(expected.Number("chi2")!.Value, asymptotic.Statistic!.Value, 1e-9);
        Assert.Equal(1, asymptotic.DegreesOfFreedom);
        if (expected.Number("chi2_continuity") is { } statistic) // the tools disagree where b = c, so the file leaves it out
        {
            Assert.Equal(statistic, corrected.Statistic!.Value, 1e-9);
            Expect.PValue(expected.Number("chi2_continuity_p"), corrected.PValue, corrected.Reason, Relative);
        }
    }

    /// <summary>Fagerland, Lydersen and Laake (2013), airway hyper-responsiveness before and after a transplantation, 1 against 7.</summary>
    [Fact]
    public void EveryVariant_PublishedExample_MatchesThePrintedPValues()
    {
        Assert.Equal([0.070, 0.039, 0.034, 0.077], Variants.Select(variant => Math.Round(variant(1, 7).PValue!.Value, 3)));
    }

    [Theory]
    [InlineData(6, 16)]
    [InlineData(0, 1)]
    [InlineData(5, 5)]
    [InlineData(40_000, 41_000)]
    public void EveryVariant_SwappedConditions_HasTheSamePValue(int b, int c)
    {
        foreach (var variant in Variants)
        {
            Assert.Equal(variant(b, c), variant(c, b));
            Assert.InRange(variant(b, c).PValue!.Value, 0, 1);
        }
    }

    [Fact]
    public void EveryVariant_CountsDoubled_HasASmallerPValue()
    {
        foreach (var variant in Variants)
            Assert.True(variant(12, 32).PValue < variant(6, 16).PValue);
    }

    [Fact]
    public void ContinuityCorrected_SameOrNextCounts_IsNoEvidence()
    {
        Assert.Equal(1, McNemar.ContinuityCorrected(5, 5).PValue);
        Assert.Equal(1, McNemar.ContinuityCorrected(5, 4).PValue);
    }

    [Fact]
    public void EveryVariant_NoCaseDiffers_IsUndefined()
    {
        foreach (var variant in Variants)
        {
            Assert.Null(variant(0, 0).PValue);
            Assert.NotNull(variant(0, 0).Reason);
        }
    }

    [Fact]
    public void EveryVariant_NegativeCount_Throws()
    {
        foreach (var variant in Variants)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => variant(-1, 2));
            Assert.Throws<ArgumentOutOfRangeException>(() => variant(1, -2));
        }
    }
}
