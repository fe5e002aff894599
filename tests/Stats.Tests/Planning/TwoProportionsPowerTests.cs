namespace PixelPost.Stats.Tests;

public class TwoProportionsPowerTests
{
    private const double Relative = 1e-6;

    public static TheoryData<string, string> Cases => GoldenKinds.Of("power.json", "two_proportions");

    [Theory, MemberData(nameof(Cases))]
    public void EveryFormula_GoldenPlan_MatchesRAndStatsmodels(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var (a, b, significance, power) =
            (input.Number("p1")!.Value, input.Number("p2")!.Value, input.Number("alpha_two_sided")!.Value, input.Number("power")!.Value);
        var plan = TwoProportionsPower.Needed(a, b, power: power, significance: significance);

        AssertRatio(expected.Number("n_per_group_r_power_prop_test"), plan.Independent);
        Assert.Equal(expected.Number("n_per_group_rounded_up"), (double?)plan.Target);
        AssertRatio(expected.Number("n_per_group_r_strict"), TwoProportionsPower.NeededInEitherDirection(a, b, power, significance));
        AssertRatio(expected.Number("power_at_n200_per_group"), TwoProportionsPower.Of(200, a, b, significance));
        AssertRatio(expected.Number("cohen_h"), TwoProportionsPower.CohenH(a, b));
        AssertRatio(expected.Number("n_per_group_arcsine"), TwoProportionsPower.NeededByArcsine(a, b, power, significance));
    }

    [Theory]
    [InlineData(0.6, 0.5)]
    [InlineData(0.02, 0.1)]
    public void Of_AtTheNumberNeeded_IsThePowerAskedFor(double a, double b)
    {
        var plan = TwoProportionsPower.Needed(a, b, power: 0.85, significance: 0.01);

        Assert.Equal(0.85, TwoProportionsPower.Of(plan.Independent, a, b, significance: 0.01), 1e-9);
    }

    [Fact]
    public void Needed_SwappedSystemsOrAnswers_IsTheSame()
    {
        var needed = TwoProportionsPower.Needed(0.6, 0.45).Independent;

        Assert.Equal(needed, TwoProportionsPower.Needed(0.45, 0.6).Independent, 1e-9);
        Assert.Equal(needed, TwoProportionsPower.Needed(0.4, 0.55).Independent, 1e-9);
        Assert.Equal((int)Math.Ceiling(needed * 2), TwoProportionsPower.Needed(0.6, 0.45, designEffect: 2).Target);
    }

    /// <summary>By hand: (1.644854 + 0.841621)² × 2 × 0.8 × 0.2/0.05² = 791.4.</summary>
    [Fact]
    public void NonInferiorityNeeded_EqualRates_MatchesTheHandCalculation()
    {
        Assert.Equal(791.4, TwoProportionsPower.NonInferiorityNeeded(0.8, 0.8, margin: 0.05).Independent, 0.05);
    }

    [Fact]
    public void EveryFormula_NothingToPlanFor_Throws()
    {
        Assert.Throws<ArgumentException>(() => TwoProportionsPower.Needed(0.5, 0.5));
        Assert.Throws<ArgumentException>(() => TwoProportionsPower.Needed(0.5, 0.5 + 1e-7));
        Assert.Throws<ArgumentException>(() => TwoProportionsPower.NonInferiorityNeeded(0.5, 0.6, margin: 0.1));
        Assert.Throws<ArgumentException>(() => TwoProportionsPower.NonInferiorityNeeded(1, 1, margin: 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoProportionsPower.Needed(0.5, 1.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoProportionsPower.Of(0, 0.5, 0.6));
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoProportionsPower.Needed(0.5, 0.6, designEffect: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoProportionsPower.NeededByArcsine(0.5, 0.6, power: 0.3));
    }

    /// <summary>No variance at 0 against 1: the test sees the difference from the first number on at which it can.</summary>
    [Fact]
    public void Of_ZeroAgainstOne_IsNothingOrEverything()
    {
        Assert.Equal(0, TwoProportionsPower.Of(1, 0, 1));
        Assert.Equal(1, TwoProportionsPower.Of(2, 0, 1));
    }

    private static void AssertRatio(double? expected, double actual) => Assert.Equal(1, actual / expected!.Value, Relative);
}
