using System.Text.RegularExpressions;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.PixelBudgets;

namespace PixelPost.Training.Tests;

/// <summary>Settings that are chosen for a budget, and the verb that measures what they cost.</summary>
public sealed partial class PixelBudgetTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    [Theory]
    [InlineData(0.05, 0.04, 1.2, 0.10, PixelDecoding.Windows, 1, 1)]     // cheap enough as it is
    [InlineData(0.18, 0.30, 1.1, 0.10, PixelDecoding.Whole, 0.5, 1)]     // a gate is enough
    [InlineData(1.80, 0.90, 1.9, 0.10, PixelDecoding.Windows, 0.4, 4)]   // a gate and every fourth step
    [InlineData(2.00, 0.60, 3.3, 0.10, PixelDecoding.Windows, 0.45, 3)]
    [InlineData(2.00, 0.60, 3.4, 0.10, PixelDecoding.Whole, 0.405, 9)] // windows vary more than they save
    [InlineData(1.80, 0.90, 1.0, 0.90, PixelDecoding.Windows, 0.9, 1)]
    public void Plan_MeasuredCosts_StaysBelowTheBudget(double whole, double windows, double variance, double budget, PixelDecoding decoding, double below, int every)
    {
        var plan = BudgetPlan.Of(whole, windows, variance, budget);

        Assert.Equal((decoding, every), (plan.Decoding, plan.Every));
        Assert.Equal(below, plan.Below, 1e-9);
        Assert.InRange(plan.Below / plan.Every * (decoding == PixelDecoding.Windows ? windows : whole), 0, budget);
        Assert.Empty(plan.Of(new LoopSettings { PixelWeight = 8 }).Faults());
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Plan_AnyCost_SpendsNineTenthsOfTheBudgetWithAGateAsWideAsItMayBe(double budget)
    {
        foreach (var cost in Enumerable.Range(1, 300).Select(i => i / 50.0))
        {
            var plan = BudgetPlan.Of(cost, double.PositiveInfinity, 1, budget);

            Assert.Equal(Math.Min(cost, 0.9 * budget), plan.Below / plan.Every * cost, 1e-9);
            Assert.InRange(plan.Below, 1e-9, 1);
            if (plan.Every > 1) Assert.True(plan.Below * (plan.Every - 1) / plan.Every < BudgetPlan.Gate); // with one step in fewer the gate were narrower than it should be
        }
    }

    [Theory]
    [InlineData(Objective.Sft)]
    [InlineData(Objective.SimPo)]
    public void Run_TinyModel_EndsWithTheOverheadOfSettingsThatAJobTakes(Objective objective)
    {
        var folder = jobs.Train(new LoopSettings());
        var pictures = Directory.EnumerateFiles(folder.Images).Order(StringComparer.Ordinal).Select((file, i) => new CaptionedPicture(file, $"{i}", $"circle {i}", [], HeldOut: false)).ToList();
        var printed = new StringWriter();

        PixelBudget.Run(pictures, jobs.Model, new PixelBudgetSettings { Objective = objective, Draws = 8, Bins = 2, Rounds = 1, BatchSize = 2, Window = 2, Margin = 1 }, printed);

        var lines = printed.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Matches(@"^overhead -?\d+\.\d % time, (-?\d+\.\d|unknown) % memory$", lines[^1]);
        Assert.Equal(2, lines.Count(line => Bin().IsMatch(line)));
        var settings = System.Text.Json.JsonSerializer.Deserialize<LoopSettings>($"{{ \"pixel_weight\": 8, {lines[^2]} }}", ContractJson.Line)!;
        Assert.Empty(settings.Faults());
        Assert.Equal((2, 1), (settings.PixelWindow, settings.PixelMargin));
    }

    [Fact]
    public void Verb_SettingOutOfRange_IsASentence()
    {
        var error = Assert.Throws<BadJobException>(() => PixelBudget.Run([], jobs.Model, new PixelBudgetSettings { Budget = 0, Draws = 1 }, TextWriter.Null));

        Assert.Equal("--budget is 0; it must be more than 0. --draws is 1; it must be as many as --bins or more.", error.Message);
        Assert.Contains("two at least make a pair", Assert.Throws<BadJobException>(() => PixelBudget.Run([], jobs.Model, new PixelBudgetSettings(), TextWriter.Null)).Message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\d+ to \d+ ")]
    private static partial Regex Bin();
}
