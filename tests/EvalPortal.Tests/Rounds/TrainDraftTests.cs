using PixelPost.EvalPortal.Rounds;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class TrainDraftTests
{
    [Fact]
    public void New_IsTheMethodOfThePaper_WithItsPixelWeight() => Assert.Equal(
        new LoopSettings { Objective = Objective.SimPo, PixelWeight = 8 },
        new TrainDraft().ToSettings());

    [Fact]
    public void Choose_EachObjective_IsTheOneChosen()
    {
        var draft = new TrainDraft();
        foreach (var choice in ObjectiveChoice.All)
        {
            draft.Choose(choice);

            Assert.Equal([choice], ObjectiveChoice.All.Where(draft.IsChosen));
            var settings = draft.ToSettings();
            Assert.Equal((choice.Objective, choice.InPixels), (settings.Objective, settings.PixelWeight > 0));
            Assert.Equal(choice, ObjectiveChoice.Of(settings));
        }
    }

    [Fact]
    public void Choose_OtherObjectiveInPixels_KeepsTheWeightThatWasTyped()
    {
        var draft = new TrainDraft { ["pixel_weight"] = "2" };

        draft.Choose(ObjectiveChoice.All.Single(choice => choice.Name == "SFT + pixel"));

        Assert.Equal(2, draft.ToSettings().PixelWeight);
    }

    [Fact]
    public void ToSettings_SeedOfManyDigits_KeepsThem() =>
        Assert.Equal(9007199254740993, new TrainDraft { ["seed"] = "9007199254740993" }.ToSettings().Seed);

    [Theory]
    [InlineData("steps", "many", "'steps' is \"many\"; it must be a whole number.")]
    [InlineData("steps", "", "'steps' is \"\"; it must be a whole number.")]
    [InlineData("steps", "2.5", "'steps' is 2.5; it must be a whole number.")]
    [InlineData("beta", "-1", "beta is -1; it must be more than 0.")]
    [InlineData("optimizer", "sgd", "'optimizer' is \"sgd\"; it must be one of adam, adamw, adafactor.")]
    public void ToSettings_WrongValue_SaysWhichAndWhy(string key, string text, string sentence)
    {
        var refused = Assert.Throws<RefusedException>(() => new TrainDraft { [key] = text }.ToSettings());

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_LearningRateInAnotherNotation_IsListed() =>
        Assert.Contains("learning_rate", new TrainDraft { ["learning_rate"] = "2e-5" }.Changed.Select(setting => setting.Key));
}
