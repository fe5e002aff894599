using System.Text.RegularExpressions;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.PixelBudgets;

namespace PixelPost.Training.Tests;

/// <summary>Settings that are chosen for a budget, and the verb that measures what they cost.</summary>
public sealed partial class PixelBudgetTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    [Theory]
    [InlineData(0.05, 0.10, 1, 1)]    // cheap enough as it is
    [InlineData(0.18, 0.10, 0.5, 1)]  // a gate is enough
    [InlineData(0.90, 0.10, 0.4, 4)]  // a gate and every fourth example
    [InlineData(2.00, 0.10, 0.405, 9)]
    public void Plan_MeasuredCosts_StaysBelowTheBudget(double cost, double budget, double below, int every)
    {
        var plan = BudgetPlan.Of(new(cost), standIn: null, budget);

        Assert.Equal((every, false), (plan.Every, plan.StandsIn));
        Assert.Equal(below, plan.Below, 1e-4); // it is rounded down
        Assert.InRange(plan.Below / plan.Every * cost, 0, budget);
    }

    /// <summary>What stands in costs a share of the budget; less is then decoded, and nothing stands in where it would take more than half of it or where nothing is left out.</summary>
    [Theory]
    [InlineData(2.00, 0.00, 9, true)]
    [InlineData(2.00, 0.10, 16, true)]   // 0.04 for it, 0.05 for decoding: 0.4 / 16 of the examples
    [InlineData(2.00, 0.125, 20, true)]  // half of the budget
    [InlineData(2.00, 0.126, 9, false)]
    [InlineData(0.18, 0.01, 1, false)]   // a gate is enough
    public void Plan_WithWhatStandsIn_DecodesWhatIsLeft(double cost, double standIn, int every, bool standsIn)
    {
        var plan = BudgetPlan.Of(new(cost), new(standIn), 0.1);

        Assert.Equal((every, standsIn), (plan.Every, plan.StandsIn));
        Assert.InRange(plan.Cost(new(cost), new(standIn)), 0.08, 0.0900001);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Plan_AnyCost_SpendsNineTenthsOfTheBudgetWithAGateAsWideAsItMayBe(double budget)
    {
        foreach (var cost in Enumerable.Range(1, 300).Select(i => i / 50.0))
        {
            var plan = BudgetPlan.Of(new(cost), standIn: null, budget);

            Assert.InRange(Math.Min(cost, 0.9 * budget) - plan.Cost(new(cost)), -1e-12, 1.0001e-4 * cost);
            Assert.InRange(plan.Below, 1e-9, 1);
            if (plan.Every > 1) Assert.True(plan.Below * (plan.Every - 1) / plan.Every < BudgetPlan.Gate); // with one example in fewer the gate were narrower than it should be
        }
    }

    /// <summary>Where one example costs nearly as much as all, fewer are what the money buys.</summary>
    [Fact]
    public void Plan_DearFirstExample_CountsHowManyHaveTheTerm()
    {
        var cost = TermCost.Of(one: 0.5, all: 1.0, examples: 4);

        var plan = BudgetPlan.Of(cost, standIn: null, 0.1);

        Assert.Equal((0.5, 1.0), (TermCost.Of(0.5, 1, 4).Fixed + ((1 - cost.Fixed) / 4), cost.Of(1)));
        Assert.Equal(1 - Math.Pow(0.5, 4), (cost.Of(0.5) - (0.5 * (1 - cost.Fixed))) / cost.Fixed, 1e-12); // a fixed part where any has it
        Assert.InRange(plan.Cost(cost), 0.0899, 0.09);
        Assert.True(plan.Every > BudgetPlan.Of(new(1.0), null, 0.1).Every);
    }

    [Fact]
    public void AtOnce_FirstWayThatFits_ElseTheSmallest()
    {
        PixelAtOnce Of(double? batch, double? image, double? block) => PixelChooser.AtOnce([(PixelAtOnce.Batch, batch), (PixelAtOnce.Image, image), (PixelAtOnce.Block, block)]);

        Assert.Equal(PixelAtOnce.Batch, Of(0.1, 0.1, 0.1));
        Assert.Equal(PixelAtOnce.Image, Of(0.5, 0.15, 0.1));
        Assert.Equal(PixelAtOnce.Block, Of(0.5, 0.4, 0.3));
        Assert.Equal(PixelAtOnce.Image, Of(0.5, 0.4, 0.41));
        Assert.Equal(PixelAtOnce.Image, Of(null, null, null)); // not told
    }

    [Theory]
    [InlineData(Objective.Sft)]
    [InlineData(Objective.SimPo)]
    public void Run_TinyModel_EndsWithTheOverheadOfSettingsThatAJobTakes(Objective objective)
    {
        var folder = jobs.Train(new LoopSettings());
        var pictures = Directory.EnumerateFiles(folder.Images).Order(StringComparer.Ordinal).Select((file, i) => new CaptionedPicture(file, $"{i}", $"circle {i}", [], HeldOut: false)).ToList();
        var printed = new StringWriter();

        PixelBudget.Run(pictures, jobs.Model, "", new PixelBudgetSettings { Objective = objective, Draws = 8, Bins = 2, Rounds = 1, BatchSize = 2, Window = 2, Margin = 1 }, printed);

        var lines = printed.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Matches(@"^overhead -?\d+\.\d % time, (-?\d+\.\d|unknown) % memory$", lines[^1]);
        Assert.Equal((objective == Objective.Sft ? 2 : 3) * 2, lines.Count(line => Bin().IsMatch(line))); // of the linear map, of windows, and of windows in preferences
        Assert.Equal(4, lines.Count(line => line.Contains("features of ", StringComparison.Ordinal)));
        var settings = System.Text.Json.JsonSerializer.Deserialize<LoopSettings>($"{{ \"pixel_weight\": 8, {lines[^2]} }}", ContractJson.Line)!;
        Assert.Empty(settings.Faults());
        Assert.NotNull(settings.PixelControlVariate);
    }

    [Fact]
    public void Verb_SettingOutOfRange_IsASentence()
    {
        var error = Assert.Throws<BadJobException>(() => PixelBudget.Run([], jobs.Model, "", new PixelBudgetSettings { Budget = 0, Draws = 1 }, TextWriter.Null));

        Assert.Equal("--budget is 0; it must be more than 0. --draws is 1; it must be as many as --bins or more.", error.Message);
        Assert.Contains("two at least make a pair", Assert.Throws<BadJobException>(() => PixelBudget.Run([], jobs.Model, "", new PixelBudgetSettings(), TextWriter.Null)).Message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\d+ to \d+ ")]
    private static partial Regex Bin();
}
