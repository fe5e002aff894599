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
        var plan = BudgetPlan.Of(new(cost), [StandIn.Nothing], budget);

        Assert.Equal((every, StandIn.Nothing), (plan.Every, plan.StandIn));
        Assert.Equal(below, plan.Below, 1e-4); // it is rounded down
        Assert.InRange(plan.Below / plan.Every * cost, 0, budget);
    }

    /// <summary>Half of the chance for a part of the budget: worth it while k does not double.</summary>
    [Theory]
    [InlineData(2.00, 0.00, 0.5, 9, true)]
    [InlineData(2.00, 0.10, 0.5, 16, true)]   // 0.04 for it, 0.05 for decoding: 15 halves in place of 8
    [InlineData(2.00, 0.15, 0.5, 9, false)]   // one of 27
    [InlineData(2.00, 0.15, 0.25, 27, true)]
    [InlineData(2.00, 0.00, 1.1, 9, false)]   // it is not alike at all
    [InlineData(0.18, 0.01, 0.1, 1, false)]   // a gate is enough
    public void Plan_WithWhatCanStandIn_LeavesLeastToChance(double cost, double standIn, double variance, int every, bool standsIn)
    {
        var plan = BudgetPlan.Of(new(cost), [StandIn.Nothing, new(PixelControlVariate.Decoder, new(standIn), variance)], 0.1);

        Assert.Equal((every, standsIn ? PixelControlVariate.Decoder : PixelControlVariate.None), (plan.Every, plan.StandIn.Kind));
        Assert.Equal(standsIn ? 0.4 * standIn : 0, plan.StandInCost, 0.003);
        Assert.InRange(plan.Cost(new(cost)), 0.085, 0.09 + 1e-12);
    }

    [Fact]
    public void Plan_WhatMustStandInAndCostsAllOfIt_StillDecodes()
    {
        var plan = BudgetPlan.Of(new(2.0), [new(PixelControlVariate.Decoder, new(1.0), 0.5)], 0.1);

        Assert.Equal((PixelControlVariate.Decoder, 89), (plan.StandIn.Kind, plan.Every)); // a tenth of the budget, which is not kept
        Assert.InRange(plan.Cost(new(2.0)), 0.4, 0.42);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Plan_AnyCost_SpendsNineTenthsOfTheBudgetWithAGateAsWideAsItMayBe(double budget)
    {
        foreach (var cost in Enumerable.Range(1, 300).Select(i => i / 50.0))
        {
            var plan = BudgetPlan.Of(new(cost), [StandIn.Nothing], budget);

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

        var plan = BudgetPlan.Of(cost, [StandIn.Nothing], 0.1);

        Assert.Equal((0.5, 1.0), (TermCost.Of(0.5, 1, 4).Fixed + ((1 - cost.Fixed) / 4), cost.Of(1)));
        Assert.Equal(1 - Math.Pow(0.5, 4), (cost.Of(0.5) - (0.5 * (1 - cost.Fixed))) / cost.Fixed, 1e-12); // a fixed part where any has it
        Assert.InRange(plan.Cost(cost), 0.0899, 0.09);
        Assert.True(plan.Every > BudgetPlan.Of(new(1.0), [StandIn.Nothing], 0.1).Every);
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
    public void Run_OnlyChosen_TimesNothingElse()
    {
        var folder = jobs.Train(new LoopSettings());
        var pictures = Directory.EnumerateFiles(folder.Images).Order(StringComparer.Ordinal).Select((file, i) => new CaptionedPicture(file, $"{i}", $"circle {i}", [], HeldOut: false)).ToList();
        var printed = new StringWriter();

        PixelBudget.Run(pictures, jobs.Model, "", new PixelBudgetSettings { OnlyChosen = true, Rounds = 1, BatchSize = 2 }, printed);

        var lines = printed.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Matches(@"^overhead -?\d+\.\d % time, (-?\d+\.\d|unknown) % memory$", lines[^1]);
        Assert.DoesNotContain(lines, line => Bin().IsMatch(line) || line.Contains("whole images", StringComparison.Ordinal) || line.Contains("features of", StringComparison.Ordinal));
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
