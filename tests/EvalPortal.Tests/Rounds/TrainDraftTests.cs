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
            Assert.Equal((choice.InLatents is not null, choice.InPixels is not null), (settings.LatentWeight > 0, settings.PixelWeight > 0));
            Assert.Equal(choice, ObjectiveChoice.Of(settings));
        }
    }

    public static TheoryData<LoopSettings, string> NamesOfSettings() => new()
    {
        { new() { Objective = Objective.Dpo, PixelWeight = 8, PixelObjective = Objective.SimPo }, "DPO + SimPO pixel" },
        { new() { Objective = Objective.Dpo, PixelWeight = 8, PixelObjective = Objective.Dpo }, "DPO + pixel" },
        { new() { Objective = Objective.Ipo }, "IPO" },
        { new() { Objective = Objective.Kto, PixelWeight = 1 }, "KTO + pixel" },
        { new() { Objective = Objective.SimPo, LatentWeight = 0, PixelWeight = 1 }, "SimPO pixel only" },
        { new() { PixelWeight = 1, PixelTarget = PixelTarget.Clean }, "SimPO + clean pixel" },
        { new() { PixelWeight = 1, PixelTarget = PixelTarget.ReverseNoised }, "SimPO + reverse-noised" },
    };

    [Theory]
    [MemberData(nameof(NamesOfSettings))]
    public void Of_Settings_HaveAName(LoopSettings settings, string name) => Assert.Equal(name, ObjectiveChoice.Of(settings).Name);

    [Fact]
    public void Of_EverySettingThereCanBe_IsFoundUnderANameOfItsOwn()
    {
        var names = new List<string>();
        foreach (var objective in Enum.GetValues<Objective>())
            foreach (var inPixels in Enum.GetValues<Objective>())
                foreach (var target in Enum.GetValues<PixelTarget>())
                {
                    var settings = new LoopSettings { Objective = objective, PixelObjective = inPixels, PixelTarget = target, PixelWeight = 1 };
                    if (settings.Faults().Count == 0)
                        names.Add(ObjectiveChoice.Of(settings).Name);
                }

        Assert.Equal(3 * (1 + 4 * 4), names.Distinct().Count());
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void Choose_AfterAMixture_ThePixelObjectiveIsForgotten()
    {
        var draft = new TrainDraft();
        draft.Choose(ObjectiveChoice.All.Single(choice => choice.Name == "DPO + SimPO pixel"));
        Assert.Equal(Objective.SimPo, draft.ToSettings().PixelObjective);

        draft.Choose(ObjectiveChoice.All.Single(choice => choice.Name == "SFT + pixel"));

        Assert.Equal(new LoopSettings { Objective = Objective.Sft, PixelWeight = 8 }, draft.ToSettings());
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
    [InlineData("tf32", "maybe", "'tf32' is \"maybe\"; it must be true or false.")]
    [InlineData("optimizer", "sgd", "'optimizer' is \"sgd\"; it must be one of adam, adamw, adafactor.")]
    public void ToSettings_WrongValue_SaysWhichAndWhy(string key, string text, string sentence)
    {
        var refused = Assert.Throws<RefusedException>(() => new TrainDraft { [key] = text }.ToSettings());

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToSettings_YesOrNo_IsWhatWasChosen() =>
        Assert.True(new TrainDraft { ["gradient_checkpointing"] = "true" }.ToSettings() is { GradientCheckpointing: true, Tf32: true });

    [Fact]
    public void Changed_LearningRateInAnotherNotation_IsListed() =>
        Assert.Contains("learning_rate", new TrainDraft { ["learning_rate"] = "2e-5" }.Changed.Select(setting => setting.Key));
}
