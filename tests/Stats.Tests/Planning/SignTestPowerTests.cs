using System.Globalization;
using MathNet.Numerics.Distributions;

namespace PixelPost.Stats.Tests;

public class SignTestPowerTests
{
    private const double Relative = 1e-6;

    public static TheoryData<string, string> Cases => GoldenKinds.Of("power.json", "sign_test");

    [Theory, MemberData(nameof(Cases))]
    public void DecidedAndOf_GoldenPlan_MatchScipyAndR(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var (share, significance, power) =
            (input.Number("p_win_among_decided")!.Value, input.Number("alpha_two_sided")!.Value, input.Number("power")!.Value);
        var sizes = SignTestPower.Decided(share, power, significance);

        AssertRatio(expected.Number("n_decided_normal_approx"), sizes.NormalApproximation);
        AssertRatio(expected.Number("n_decided_noether"), sizes.Noether);
        Assert.Equal(expected.Number("n_decided_exact_first"), (double?)sizes.First);
        Assert.Equal(expected.Number("n_decided_exact_stable"), (double?)sizes.Stable);
        AssertRatio(expected.Number("power_at_first"), SignTestPower.Of(sizes.First, share, significance));
        AssertRatio(expected.Number("power_at_stable"), SignTestPower.Of(sizes.Stable, share, significance));
        foreach (var at in expected.GetProperty("power_exact_at_n").EnumerateObject())
            AssertRatio(at.Value.GetDouble(), SignTestPower.Of(int.Parse(at.Name, CultureInfo.InvariantCulture), share, significance));
        Assert.Equal(
            expected.Number("total_votes_with_tie_rate_0.5"),
            (double?)SignTestPower.Needed(share, tieRate: 0.5, power: power, significance: significance).Target);
    }

    /// <summary>Expected values: exact binomial power with 40 digits, solved for the share by bisection, in mpmath.</summary>
    [Theory]
    [InlineData(360, 0.8, 0.05, 0.576067809851)]
    [InlineData(36, 0.8, 0.05, 0.741281095831)]
    [InlineData(85, 0.8, 0.05, 0.660687134888)]
    [InlineData(194, 0.8, 0.05, 0.604241010955)]
    [InlineData(100, 0.9, 0.01, 0.694401002635)]
    [InlineData(6, 0.8, 0.05, 0.963492483524)]
    public void Detectable_KnownPlans_MatchesMpmath(int decided, double power, double significance, double expected) =>
        Assert.Equal(expected, SignTestPower.Detectable(decided, power, significance)!.Value, 1e-9);

    [Fact]
    public void Detectable_SoFewThatASweepProvesNothing_IsNull()
    {
        Assert.Null(SignTestPower.Detectable(5)); // five of five has p = 0.0625
        Assert.Throws<ArgumentOutOfRangeException>(() => SignTestPower.Detectable(0));
    }

    /// <summary>The search looks near the normal approximation only; trying every number gives the same.</summary>
    [Theory]
    [InlineData(0.95, 0.8, 0.05)]
    [InlineData(1.0, 0.8, 0.05)]
    [InlineData(0.8, 0.9, 0.01)]
    [InlineData(0.62, 0.5, 0.0001)]
    [InlineData(0.57, 0.999, 0.05)]
    [InlineData(0.7, 0.8, 0.5)]
    public void Decided_EveryNumberTried_GivesTheSameFirstAndStable(double share, double power, double significance)
    {
        var sizes = SignTestPower.Decided(share, power, significance);
        var enough = Enumerable.Range(5, 3 * sizes.Stable).Select(n => (Size: n, Enough: SignTestPower.Of(n, share, significance) >= power)).ToList();

        Assert.Equal(enough.First(trial => trial.Enough).Size, sizes.First);
        Assert.Equal(enough.FindLast(trial => !trial.Enough).Size is var last and > 0 ? last + 1 : 5, sizes.Stable);
    }

    /// <summary>The power is what the test itself does: the chance of all numbers of wins that it claims.</summary>
    [Theory]
    [InlineData(5, 0.9, 0.05)]
    [InlineData(6, 1.0, 0.05)]
    [InlineData(40, 0.3, 0.05)]
    [InlineData(151, 0.5, 0.01)]
    public void Of_AnyStudy_IsTheChanceOfASmallPValue(int decided, double share, double significance)
    {
        var chance = Enumerable.Range(0, decided + 1)
            .Where(wins => SignTest.TiesDropped(new(wins, decided - wins, 0)).PValue <= significance)
            .Sum(wins => Binomial.PMF(share, decided, wins));

        Assert.Equal(chance, SignTestPower.Of(decided, share, significance), 1e-12);
    }

    [Fact]
    public void Needed_TiesAndDesignEffect_MultiplyBeforeRounding()
    {
        Assert.Equal(210, SignTestPower.Needed(0.6).Target);
        Assert.Equal(450, SignTestPower.Needed(0.6, tieRate: 0.3, designEffect: 1.5).Target); // 210/0.7 × 1.5, exactly
        Assert.Equal(358, SignTestPower.Needed(0.6, tieRate: 0.296, designEffect: 1.2).Target); // 357.95…
        Assert.Equal(SignTestPower.Needed(0.6), SignTestPower.Needed(0.4));
    }

    /// <summary>Near ½ the numbers are in the hundreds of thousands; the search stays near them.</summary>
    [Fact]
    public void Decided_ShareNearHalf_IsFoundNearTheApproximation()
    {
        var sizes = SignTestPower.Decided(0.502);

        Assert.InRange(sizes.Stable / sizes.NormalApproximation, 1, 1.01);
    }

    [Theory]
    [InlineData(0.5, 0, 0.8, 0.05)]
    [InlineData(0.5005, 0, 0.8, 0.05)]
    [InlineData(1.1, 0, 0.8, 0.05)]
    [InlineData(0.6, 1, 0.8, 0.05)]
    [InlineData(0.6, -0.1, 0.8, 0.05)]
    [InlineData(0.6, 0, 0.4, 0.05)]
    [InlineData(0.6, 0, 0.8, 0.6)]
    [InlineData(double.NaN, 0, 0.8, 0.05)]
    public void Needed_ArgumentOutsideItsRange_Throws(double share, double tieRate, double power, double significance)
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SignTestPower.Needed(share, tieRate, power: power, significance: significance));
    }

    private static void AssertRatio(double? expected, double actual) => Assert.Equal(1, actual / expected!.Value, Relative);
}
