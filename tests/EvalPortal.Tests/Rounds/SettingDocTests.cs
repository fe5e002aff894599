using PixelPost.EvalPortal.Rounds;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class SettingDocTests
{
    [Fact]
    public void All_Settings_AreThoseOfTheContractWithItsCommentsAndDefaults()
    {
        Assert.Equal(typeof(LoopSettings).GetProperties().Length, SettingDoc.All.Count);
        Assert.All(SettingDoc.All, setting => Assert.EndsWith(".", setting.Meaning, StringComparison.Ordinal));
        Assert.All(SettingDoc.All, setting => Assert.DoesNotContain("<", setting.Meaning, StringComparison.Ordinal));

        var steps = SettingDoc.All.Single(setting => setting.Key == "steps");
        Assert.Equal(("300", "Optimizer steps."), (steps.Default, steps.Meaning));
    }

    [Theory]
    [InlineData("objective", "Objective")]
    [InlineData("caption_dropout", "Objective")]
    [InlineData("steps", "Data and length")]
    [InlineData("previews", "Reports and checkpoints")]
    public void Group_GoesOnToTheNextCategory(string key, string group) =>
        Assert.Equal(group, SettingDoc.All.Single(setting => setting.Key == key).Group);

    [Fact]
    public void Meaning_OtherSettingInIt_IsNamedAsInTheJobFile() => Assert.Equal(
        "Linear warm-up from 0 to learning_rate, in optimizer steps.",
        SettingDoc.All.Single(setting => setting.Key == "warmup_steps").Meaning);

    [Fact]
    public void Meaning_TwoNamesInARow_KeepTheSpaceBetweenThem() => Assert.Contains(
        "With pixel_control_variate decoder it stands in",
        SettingDoc.All.Single(setting => setting.Key == "pixel_decoder").Meaning, StringComparison.Ordinal);

    [Theory]
    [InlineData("learning_rate", "0.00001")]
    [InlineData("weight_decay", "0.000005")]
    [InlineData("objective", "simpo")]
    [InlineData("precision", "float32")]
    [InlineData("tf32", "true")]
    [InlineData("gradient_checkpointing", "false")]
    public void Default_Small_IsWrittenOut(string key, string text) =>
        Assert.Equal(text, SettingDoc.All.Single(setting => setting.Key == key).Default);

    [Fact]
    public void Choices_OfAnEnum_AreItsNamesInTheJobFile()
    {
        Assert.Equal(["sft", "dpo", "simpo", "ipo", "kto"], SettingDoc.All.Single(setting => setting.Key == "objective").Choices);
        Assert.Empty(SettingDoc.All.Single(setting => setting.Key == "steps").Choices);
        Assert.Equal(["false", "true"], SettingDoc.All.Single(setting => setting.Key == "gradient_checkpointing").Choices);
    }

    [Fact]
    public void Choices_OfAnEnumThatMayBeLeftOut_BeginWithNothing()
    {
        var setting = SettingDoc.All.Single(setting => setting.Key == "pixel_objective");

        Assert.Equal(("", ""), (setting.Default, setting.Choices[0]));
        Assert.Equal(["sft", "dpo", "simpo", "ipo", "kto"], setting.Choices.Skip(1));
    }
}
