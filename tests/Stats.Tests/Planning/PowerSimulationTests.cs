namespace PixelPost.Stats.Tests;

/// <summary>Simulated power against the formulas, with a fixed seed. 1,000 studies give it to ±3.8 points at three standard errors.</summary>
public class PowerSimulationTests
{
    private const int Seed = 20240917;
    private const double ThreeErrors = 0.038;

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void NetWinRate_CorrelatedVotes_HasThePowerOfTheFormula(double correlation)
    {
        var designEffect = ClusterEffect.DesignEffect(4, correlation);
        var study = new PlannedStudy(100, 4, winRate: 0.45, loseRate: 0.3, correlation);

        var power = PowerSimulation.NetWinRate(study, new Random(Seed));

        Assert.Equal(NetWinRatePower.Of(400, 0.45, 0.3, designEffect), power.Value!.Value, ThreeErrors);
        Assert.True(power.Interval!.Contains(power.Value.Value));
    }

    [Fact]
    public void NonInferior_EqualSystems_HasThePowerOfTheFormula()
    {
        var study = new PlannedStudy(100, 4, winRate: 0.3, loseRate: 0.3, intraclassCorrelation: 0.2);

        var power = PowerSimulation.NonInferior(study, margin: 0.1, new Random(Seed));

        var formula = NetWinRatePower.OfNonInferiority(400, 0.3, 0.3, 0.1, ClusterEffect.DesignEffect(4, 0.2));
        Assert.Equal(formula, power.Value!.Value, ThreeErrors);
    }

    /// <summary>At a net win rate of exactly −margin the claim is false, and made in at most 5 % of studies.</summary>
    [Fact]
    public void NonInferior_WorseByTheMargin_IsRarelyClaimed()
    {
        var study = new PlannedStudy(100, 4, winRate: 0.25, loseRate: 0.35, intraclassCorrelation: 0.2);

        Assert.InRange(PowerSimulation.NonInferior(study, margin: 0.1, new Random(Seed)).Value!.Value, 0.03, 0.071);
    }

    /// <summary>One vote per prompt and no ties: the sign test's own exact power.</summary>
    [Fact]
    public void SignTestOfDecisions_SingleVotes_HasTheExactPower()
    {
        var power = PowerSimulation.SignTestOfDecisions(new(200, 1, winRate: 0.6, loseRate: 0.4), new Random(Seed));

        Assert.Equal(SignTestPower.Of(200, 0.6), power.Value!.Value, ThreeErrors);
    }

    /// <summary>A majority of five independent votes makes a lean of 60 % one of 68 %: the exact power at that share.</summary>
    [Fact]
    public void SignTestOfDecisions_MajorityOfFive_HasThePowerOfTheDecisions()
    {
        var power = PowerSimulation.SignTestOfDecisions(new(60, 5, winRate: 0.6, loseRate: 0.4), new Random(Seed));

        Assert.Equal(SignTestPower.Of(60, 0.68256), power.Value!.Value, ThreeErrors);
    }

    [Fact]
    public void TwoRates_PlannedNumber_HasThePowerPlannedFor()
    {
        var plan = TwoProportionsPower.Needed(0.6, 0.5);

        Assert.Equal(0.8, PowerSimulation.TwoRates(plan.Target, 0.6, 0.5, new Random(Seed)).Value!.Value, ThreeErrors);
    }

    [Fact]
    public void EverySimulation_SameSeed_GivesTheSamePower()
    {
        var study = new PlannedStudy(20, 3, 0.5, 0.3, 0.1);

        Assert.Equal(PowerSimulation.NetWinRate(study, new Random(Seed), 100), PowerSimulation.NetWinRate(study, new Random(Seed), 100));
    }

    /// <summary>Studies whose votes are all alike have no p-value, and make no claim.</summary>
    [Fact]
    public void NetWinRate_AllVotesTies_ClaimsNothing()
    {
        Assert.Equal(0, PowerSimulation.NetWinRate(new(10, 2, 0, 0), new Random(Seed), 100).Value);
    }

    [Fact]
    public void EverySimulation_ArgumentOutsideItsRange_Throws()
    {
        var study = new PlannedStudy(20, 3, 0.5, 0.3);

        Assert.Throws<ArgumentOutOfRangeException>(() => PowerSimulation.NetWinRate(study, new Random(Seed), studies: 99));
        Assert.Throws<ArgumentOutOfRangeException>(() => PowerSimulation.NetWinRate(study, new Random(Seed), significance: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => PowerSimulation.NonInferior(study, margin: 0, new Random(Seed)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PowerSimulation.TwoRates(0, 0.5, 0.4, new Random(Seed)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlannedStudy(0, 3, 0.5, 0.3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlannedStudy(9, 0, 0.5, 0.3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlannedStudy(9, 3, 0.7, 0.4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlannedStudy(9, 3, 0.5, 0.3, -0.1));
    }
}
