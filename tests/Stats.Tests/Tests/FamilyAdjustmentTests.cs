using CsCheck;

namespace PixelPost.Stats.Tests;

public class FamilyAdjustmentTests
{
    private const double Tolerance = 1e-12;

    private static readonly Dictionary<string, Func<IReadOnlyList<double?>, IReadOnlyList<double?>>> Methods = new()
    {
        ["bonferroni"] = FamilyAdjustment.Bonferroni,
        ["holm"] = FamilyAdjustment.Holm,
        ["hochberg"] = FamilyAdjustment.Hochberg,
        ["benjamini_hochberg"] = FamilyAdjustment.BenjaminiHochberg,
        ["benjamini_yekutieli"] = FamilyAdjustment.BenjaminiYekutieli,
    };

    // p-values with some missing and some equal, as the families of studies have them
    private static readonly Gen<double?[]> Families =
        Gen.OneOf(Gen.Const((double?)null), Gen.Int[0, 20].Select(k => (double?)k / 20), Gen.Double[0, 1].Select(p => (double?)p)).Array[0, 12];

    public static TheoryData<string, string> Cases => GoldenFile.Cases("multiplicity.json");

    public static TheoryData<string> Names => [.. Methods.Keys];

    [Theory, MemberData(nameof(Cases))]
    public void EveryMethod_GoldenFamily_MatchesRAndStatsmodels(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        double?[] family = [.. input.Numbers("p")!.Select(p => (double?)p)];

        foreach (var (name, adjust) in Methods)
            AssertAdjusted(expected.Numbers(name)!, adjust(family));
        AssertClaims("rejected_holm_0.05", FamilyAdjustment.Holm);
        AssertClaims("rejected_bh_0.05", FamilyAdjustment.BenjaminiHochberg);

        void AssertClaims(string name, Func<IReadOnlyList<double?>, IReadOnlyList<double?>> adjust) => Assert.Equal(
            expected.GetProperty(name).EnumerateArray().Select(item => item.GetBoolean()), adjust(family).Select(p => p <= 0.05));
    }

    [Fact]
    public void HolmAndBenjaminiHochberg_AxesOfAStudy_MatchGolden()
    {
        var (input, expected) = GoldenFile.Case("ab_votes_expected.json", "holm-over-axes");
        double?[] family = [.. input.Numbers("p")!.Select(p => (double?)p)];

        AssertAdjusted(expected.Numbers("holm")!, FamilyAdjustment.Holm(family));
        AssertAdjusted(expected.Numbers("benjamini_hochberg")!, FamilyAdjustment.BenjaminiHochberg(family));
    }

    /// <summary>The example in Wikipedia's "Holm–Bonferroni method": at 0.05 exactly the first and the last are claimed.</summary>
    [Fact]
    public void Holm_WikipediaExample_ClaimsTheFirstAndTheLast()
    {
        var adjusted = FamilyAdjustment.Holm([0.01, 0.04, 0.03, 0.005]);

        Assert.Equal([true, false, false, true], adjusted.Select(p => p <= 0.05));
    }

    /// <summary>Benjamini and Hochberg (1995), section 4: 15 tests of a heart study, of which Bonferroni claims 3 and theirs 4.</summary>
    [Fact]
    public void BenjaminiHochberg_PublishedExample_ClaimsOneMoreThanBonferroni()
    {
        double?[] family =
            [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000];

        Assert.Equal(3, FamilyAdjustment.Bonferroni(family).Count(p => p <= 0.05));
        Assert.Equal(4, FamilyAdjustment.BenjaminiHochberg(family).Count(p => p <= 0.05));
    }

    [Theory, MemberData(nameof(Names))]
    public void EveryMethod_AnotherOrder_ReordersTheResult(string name)
    {
        Families.Sample(family => Methods[name](family).Reverse().SequenceEqual(Methods[name]([.. family.Reverse()])));
    }

    /// <summary>A null stays null and counts as if its p-value were 1.</summary>
    [Theory, MemberData(nameof(Names))]
    public void EveryMethod_PlannedTestWithoutPValue_StaysNullAndCounts(string name)
    {
        Families.Sample(family =>
        {
            var expected = Methods[name]([.. family.Select(p => p ?? 1)]).Select((p, i) => family[i] is null ? null : p);
            return expected.SequenceEqual(Methods[name](family));
        });
    }

    /// <summary>An adjusted p-value is never below the plain one nor above 1, and the order of a family is kept.</summary>
    [Theory, MemberData(nameof(Names))]
    public void EveryMethod_AnyFamily_OnlyRaisesAndKeepsTheOrder(string name)
    {
        Families.Sample(family =>
        {
            var pairs = family.Zip(Methods[name](family)).Where(pair => pair.First is not null).OrderBy(pair => pair.First).ToList();
            return pairs.All(pair => pair.Second >= pair.First - Tolerance && pair.Second <= 1)
                && pairs.Zip(pairs.Skip(1)).All(next => next.First.Second <= next.Second.Second);
        });
    }

    /// <summary>From the most cautious to the boldest.</summary>
    [Fact]
    public void EveryMethod_AnyFamily_KeepsTheKnownOrderOfStrictness()
    {
        Families.Sample(family =>
        {
            var (bonferroni, holm, hochberg) =
                (FamilyAdjustment.Bonferroni(family), FamilyAdjustment.Holm(family), FamilyAdjustment.Hochberg(family));
            var (hochbergFdr, yekutieli) = (FamilyAdjustment.BenjaminiHochberg(family), FamilyAdjustment.BenjaminiYekutieli(family));
            return NoneBelow(bonferroni, holm) && NoneBelow(holm, hochberg) && NoneBelow(hochberg, hochbergFdr)
                && NoneBelow(yekutieli, hochbergFdr);
        });

        static bool NoneBelow(IReadOnlyList<double?> cautious, IReadOnlyList<double?> bold) =>
            cautious.Zip(bold).All(pair => pair.First is null || pair.First >= pair.Second - Tolerance);
    }

    [Theory, MemberData(nameof(Names))]
    public void EveryMethod_NoTest_IsEmpty(string name)
    {
        Assert.Empty(Methods[name]([]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void EveryMethod_NotAPValue_Throws(double p)
    {
        foreach (var adjust in Methods.Values)
            Assert.Throws<ArgumentOutOfRangeException>(() => adjust([0.5, p]));
    }

    private static void AssertAdjusted(double[] expected, IReadOnlyList<double?> adjusted)
    {
        Assert.Equal(expected.Length, adjusted.Count);
        foreach (var (value, actual) in expected.Zip(adjusted))
            Assert.Equal(value, actual!.Value, Tolerance);
    }
}
