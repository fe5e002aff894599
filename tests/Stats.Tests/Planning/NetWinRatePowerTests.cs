using System.Globalization;

namespace PixelPost.Stats.Tests;

public class NetWinRatePowerTests
{
    private const double Relative = 1e-6;

    public static TheoryData<string, string> Cases => GoldenKinds.Of("power.json", "net_win_rate");

    [Theory, MemberData(nameof(Cases))]
    public void EveryFormula_GoldenPlan_MatchesScipy(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var (win, lose, significance, power) =
            (input.Number("p_win")!.Value, input.Number("p_lose")!.Value, input.Number("alpha_two_sided")!.Value, input.Number("power")!.Value);
        var plan = NetWinRatePower.Needed(win, lose, power: power, significance: significance);

        Assert.Equal(1, plan.Independent / expected.Number("n_votes")!.Value, Relative);
        Assert.Equal(expected.Number("n_rounded_up"), (double?)plan.Target);
        foreach (var effect in expected.GetProperty("n_with_design_effect").EnumerateObject())
        {
            var designEffect = double.Parse(effect.Name, CultureInfo.InvariantCulture);
            Assert.Equal(effect.Value.GetInt32(), NetWinRatePower.Needed(win, lose, designEffect, power, significance).Target);
        }

        var nonInferiority = expected.GetProperty("non_inferiority_margin_0.05_if_true_net_is_0_and_p_win_equals_p_lose");
        var planned = NetWinRatePower.NonInferiorityNeeded(
            win, win, margin: 0.05, power: power, significance: nonInferiority.Number("alpha_one_sided")!.Value);
        Assert.Equal(1, planned.Independent / nonInferiority.Number("n")!.Value, Relative);
    }

    [Fact]
    public void Of_AtTheNumberNeeded_IsThePowerAskedFor()
    {
        // the target is rounded up, so the power is a little above
        Assert.InRange(NetWinRatePower.Of(NetWinRatePower.Needed(0.4, 0.3, 1.5).Target, 0.4, 0.3, 1.5), 0.8, 0.801);
        Assert.InRange(
            NetWinRatePower.OfNonInferiority(NetWinRatePower.NonInferiorityNeeded(0.3, 0.32, 0.1, power: 0.9).Target, 0.3, 0.32, 0.1), 0.9, 0.901);
    }

    [Fact]
    public void Needed_SwappedSystems_IsTheSame()
    {
        Assert.Equal(NetWinRatePower.Needed(0.4, 0.3), NetWinRatePower.Needed(0.3, 0.4));
        Assert.Equal(NetWinRatePower.Of(300, 0.4, 0.3), NetWinRatePower.Of(300, 0.3, 0.4));
    }

    /// <summary>A margin of m at a net win rate of 0 asks for what a net win rate of m would, at the variance of 0.</summary>
    [Fact]
    public void NonInferiorityNeeded_TwiceTheMargin_NeedsAQuarter()
    {
        var (narrow, wide) = (NetWinRatePower.NonInferiorityNeeded(0.3, 0.3, 0.05), NetWinRatePower.NonInferiorityNeeded(0.3, 0.3, 0.1));

        Assert.Equal(narrow.Independent, 4 * wide.Independent, 1e-9);
    }

    /// <summary>Expected values: the power's own formula solved for the net win rate by bisection with 40 digits, in mpmath.</summary>
    [Theory]
    [InlineData(3000, 0.4, 2.98, 0.8, 0.05, 0.0681303363009)]
    [InlineData(300, 0.4, 2.98, 0.8, 0.05, 0.208316911728)]
    [InlineData(600, 0.0, 1.0, 0.8, 0.05, 0.113633406719)]
    [InlineData(600, 0.486, 1.0, 0.9, 0.01, 0.11152676746)]
    public void Detectable_KnownPlans_MatchesMpmath(int cases, double ties, double designEffect, double power, double significance, double expected)
    {
        var net = NetWinRatePower.Detectable(cases, ties, designEffect, power, significance)!.Value;

        Assert.Equal(1, net / expected, 1e-9);
        Assert.Equal(power, NetWinRatePower.Of(cases, (1 - ties + net) / 2, (1 - ties - net) / 2, designEffect, significance), 1e-9);
    }

    [Fact]
    public void Detectable_SoFewCasesThatWinsAloneProveNothing_IsNull()
    {
        Assert.Null(NetWinRatePower.Detectable(50, 0.9));
        Assert.NotNull(NetWinRatePower.Detectable(80, 0.9));
    }

    [Fact]
    public void EveryFormula_NothingToPlanFor_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRatePower.Detectable(0, 0.4));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRatePower.Detectable(100, 1));
        Assert.Throws<ArgumentException>(() => NetWinRatePower.Needed(0.3, 0.3));
        Assert.Throws<ArgumentException>(() => NetWinRatePower.Needed(0.7, 0.4));
        Assert.Throws<ArgumentException>(() => NetWinRatePower.Needed(1, 0));
        Assert.Throws<ArgumentException>(() => NetWinRatePower.NonInferiorityNeeded(0.2, 0.4, margin: 0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRatePower.NonInferiorityNeeded(0.2, 0.2, margin: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRatePower.Needed(-0.1, 0.3));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRatePower.Needed(0.4, 0.3, power: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetWinRatePower.Of(0, 0.4, 0.3));
    }

    [Fact]
    public void PlannedSize_CasesCounted_TellsWhetherTheTargetIsReached()
    {
        var plan = NetWinRatePower.Needed(0.4, 0.3);

        Assert.Equal(542, plan.Target);
        Assert.Equal((false, 1), (plan.IsReached(541), plan.Missing(541)));
        Assert.Equal((true, 0), (plan.IsReached(542), plan.Missing(542)));
        Assert.Equal((true, 0), (plan.IsReached(10_000), plan.Missing(10_000)));
    }
}
