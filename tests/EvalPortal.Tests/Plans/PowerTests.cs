using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Tests.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Plans;

public class PowerTests
{
    private static readonly PowerAssumptions Power = new()
    {
        VotesPerComparison = 5,
        Raters = 40,
        TieShare = 0.4,
        PromptCorrelation = 0.4,
        RaterCorrelation = 0.02,
        Significance = 0.05,
        Power = 0.8,
    };

    /// <summary>600 comparisons: 3,000 votes, 75 of each rater; 1 + 4 × 0.4 + 74 × 0.02 = 4.08.</summary>
    [Fact]
    public void DesignEffect_PromptsAndRaters_MatchesTheHandCalculation() => Assert.Equal(4.08, Power.DesignEffect(600), 1e-12);

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.12)]
    [InlineData(0.3)]
    public void Needed_ForADifference_IsTheSmallestNumberThatFindsIt(double net)
    {
        var power = Power with { Raters = 400 };

        var needed = power.Needed(net)!.Value;

        Assert.True(power.SmallestNetWinRate(needed) <= net);
        Assert.True(needed == 1 || power.SmallestNetWinRate(needed - 1) > net);
    }

    [Fact]
    public void Needed_TastesOfFewRaters_NoNumberIsEnough()
    {
        Assert.Null((Power with { Raters = 3, RaterCorrelation = 0.1 }).Needed(0.05));
        Assert.NotNull((Power with { Raters = 3, RaterCorrelation = 0 }).Needed(0.05));
    }

    [Fact]
    public void SmallestWinShare_OfTheDecided_IsThatOfTheSignTest()
    {
        Assert.Equal(SignTestPower.Detectable(360), Power.SmallestWinShare(600));
        Assert.Null((Power with { TieShare = 0.9 }).SmallestWinShare(5));
    }

    /// <summary>All raters of a prompt agree, so votes on a prompt correlate by 1 and those of a rater by little less than 0.</summary>
    [Fact]
    public void Defaults_StudyWithVotesEnough_AreMeasuredInIt()
    {
        var lines = Enumerable.Range(0, 24).Select(prompt => new string(prompt % 2 == 0 ? 'a' : prompt % 4 == 1 ? 'b' : 't', 5)).ToArray();

        var measured = PowerDefaults.Of("Round 1", Table.Of(lines))!;

        Assert.Equal((1, 0, 0.25), (measured.PromptCorrelation, measured.RaterCorrelation, measured.TieShare));
        Assert.Equal("Measured in 120 votes on appeal of the study Round 1.", measured.Source);
        Assert.Null(PowerDefaults.Of("Round 1", Table.Of(lines[..19]))); // too few prompts
        Assert.Null(PowerDefaults.Of("Round 1", Table.Of([.. lines.Select(line => line[..4])]))); // too few raters
        Assert.Null(PowerDefaults.Of("Round 1", Table.Of([.. lines.Select(line => line.ToUpperInvariant())]))); // no person's
        Assert.Null(PowerDefaults.Of("Round 1", Table.Of([.. Enumerable.Repeat("aaaaa", 24)]))); // nothing differs
    }
}
