using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class TrainCheckTests
{
    private static readonly Model Base = new() { ModelId = 1, Name = "base", Folder = "models/base", WeightsSha256 = "aa" };

    [Fact]
    public void Of_UsableDraft_HasNoFault() => Assert.Empty(Check(Draft()).Faults);

    [Fact]
    public void Of_FolderThatIsGone_SaysWhich() =>
        Assert.Contains("The folder of base is not there any more: models/base.", Assert.Single(Check(Draft(), isThere: false).Faults), StringComparison.Ordinal);

    /// <summary>By hand: 300 steps, a checkpoint every 100: 3 of 1 GB, and two states of 3 × 0.5 GB: 6 GB.</summary>
    [Theory]
    [InlineData(5_900_000_000, 1)]
    [InlineData(6_100_000_000, 0)]
    public void Of_DiskThatIsTooSmall_SaysHowMuchIsNeeded(long free, int faults)
    {
        var check = Check(Draft(), free: free);

        Assert.Equal(faults, check.Faults.Count);
        Assert.All(check.Faults, fault => Assert.StartsWith("3 checkpoints and what is needed to resume take about 6.0 GB, and the disk has 5.9 GB free", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_NothingLeftToTrainOn_IsAFault()
    {
        var draft = Draft();
        draft["hold_out"] = "0.9";

        Assert.StartsWith("Of 1 pair none would be left", Assert.Single(Check(draft, pairs: 1).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WrongSetting_SaysSoBesideOtherFaults()
    {
        var draft = Draft();
        (draft.Name, draft["beta"]) = (" ", "-1");

        Assert.Equal(["The new model needs a name.", "beta is -1; it must be more than 0."], Check(draft).Faults);
    }

    [Fact]
    public void Of_WhatCanBeMeant_IsANote()
    {
        var draft = Draft();
        (draft["steps"], draft["batch_size"]) = ("30000", "16");

        var notes = Check(draft, pairs: 10, prompts: 1).Notes;

        Assert.Equal(4, notes.Count);
        Assert.StartsWith("A batch of 16 is more than the 9 pairs", notes[0], StringComparison.Ordinal);
        Assert.StartsWith("All pairs are of one prompt", notes[1], StringComparison.Ordinal);
        Assert.StartsWith("Each pair is learnt from 53333 times.", notes[2], StringComparison.Ordinal);
        Assert.StartsWith("No previews are drawn", notes[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/folder", "", "pixel_decoder is '/no/such/folder', and there is no such folder")]
    [InlineData("small/vae", "decoder", "pixel_decoder is 'small/vae'")] // relative to a job's folder, which there is none of yet
    [InlineData("", "decoder", "pixel_control_variate is decoder, and the model has none")]
    public void Of_DecoderThatIsNotThere_IsAFault(string decoder, string control, string fault)
    {
        var draft = Draft();
        (draft["pixel_decoder"], draft["pixel_control_variate"]) = (decoder, control);

        Assert.StartsWith(fault, Assert.Single(Check(draft).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_DecoderThatIsThere_IsNone()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-model-").FullName;
        try
        {
            Assert.False(ModelSize.Of(folder)!.HasPixelDecoder);
            Directory.CreateDirectory(Path.Combine(folder, ModelFolder.PixelDecoder));
            Assert.True(ModelSize.Of(folder)!.HasPixelDecoder);

            var draft = Draft();
            (draft["pixel_decoder"], draft["pixel_control_variate"]) = (folder, "decoder");
            Assert.Empty(Check(draft).Faults);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>By hand: of 41 pairs 4 are held out; 100 epochs of 37 pairs, 4 in a step, are 925 steps.</summary>
    [Fact]
    public void Preset_OfThePaper_TurnsEpochsIntoSteps()
    {
        var draft = Draft();

        TrainPreset.Find("paper-dit")!.Apply(draft, pairs: 41);

        Assert.Equal(("simpo", "1", "8", "925", "adam"), (draft["objective"], draft["latent_weight"], draft["pixel_weight"], draft["steps"], draft["optimizer"]));
        Assert.Equal(5e-6, draft.ToSettings().WeightDecay);
        Assert.Equal(100, TrainPlan.Of(draft, 41)!.Epochs);
    }

    [Fact]
    public void Presets_All_GiveUsableSettings() => Assert.All(TrainPreset.All, preset =>
    {
        var draft = Draft();
        preset.Apply(draft, pairs: 600);
        Assert.True(draft.IsChosen(preset.Choice));
        Assert.Empty(Check(draft).Faults);
    });

    private static TrainDraft Draft() => new() { Name = "tuned", ModelId = 1 };

    private static TrainCheck Check(TrainDraft draft, int pairs = 600, int prompts = 60, bool isThere = true, long free = 1L << 40) =>
        TrainCheck.Of(draft, pairs, prompts, [Base], isThere ? new ModelSize(1_000_000_000, 500_000_000) : null, free);
}
