using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>LoRA files in every layout of names, against what diffusers and peft compute with them.</summary>
public sealed class LoraTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private const string ToOut = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0";

    static LoraTests() => LibTorch.Load();

    [SkippableTheory]
    [InlineData("unet", 1, "out.lora")]
    [InlineData("unet_peft_keys", 1, "out.lora")]
    [InlineData("unet", 0.5, "out.lora_scale_0p5")]
    [InlineData("unet", 2, "out.lora_alpha_doubled")]
    [InlineData("unet", 0, "out.base")]
    public void MergeInto_UNet_GivesTheAdaptedOutput(string folder, double scale, string expected)
    {
        using var unet = DiffusersFolder.LoadUNet(Golden.Reference("losses", "unet"));
        var golden = Safetensors.Read(Golden.Reference("lora", "expected", "unet_lora.safetensors"));
        using var noGrad = no_grad();

        LoraFile.Read(Golden.Reference("lora", folder, "pytorch_lora_weights.safetensors")).MergeInto(unet, scale);

        Golden.AssertClose(golden[expected], unet.Predict(golden["in.sample"], golden["in.timestep"], new() { Text = golden["in.encoder_hidden_states"] }), what: expected);
        if (scale == 1)
        {
            const string Merged = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight";
            Golden.AssertClose(golden[$"merged.{Merged}"], WeightLoader.Collect(unet)[Merged], what: Merged);
        }
    }

    [SkippableFact]
    public void Read_EveryLayoutOfNames_GivesTheSamePairs()
    {
        var (of, peft) = (LoraFile.Read(Golden.Reference("lora", "unet", "pytorch_lora_weights.safetensors")), LoraFile.Read(Golden.Reference("lora", "unet_peft_keys", "pytorch_lora_weights.safetensors")));
        var folder = Directory.CreateTempSubdirectory("pixelpost-lora-").FullName;
        var old = Path.Combine(folder, "old.safetensors");
        Safetensors.Write(old, of.Pairs.SelectMany(pair => new[]
        {
            KeyValuePair.Create($"unet.{OldName(pair.Key)}_lora.down.weight", pair.Value.A),
            KeyValuePair.Create($"unet.{OldName(pair.Key)}_lora.up.weight", pair.Value.B),
        }));

        Assert.Contains(ToOut, of.Pairs.Keys);
        foreach (var other in (LoraFile[])[peft, LoraFile.Read(old)])
        {
            Assert.Equal(of.Pairs.Keys.Order(), other.Pairs.Keys.Order());
            Assert.All(of.Pairs, pair => Assert.True(pair.Value.A.Equals(other.Pairs[pair.Key].A) && pair.Value.B.Equals(other.Pairs[pair.Key].B)));
        }
        Directory.Delete(folder, recursive: true);

        static string OldName(string module) => module.Replace(".to_out.0", ".to_out", StringComparison.Ordinal).Replace(".to_", ".processor.to_", StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Read_PeftAdapter_TakesItsAlphaFromTheConfiguration()
    {
        var adapter = LoraFile.Read(Golden.Reference("lora", "dit_peft_adapter"));

        Assert.Equal(LoraFile.Read(Golden.Reference("lora", "dit", "pytorch_lora_weights.safetensors")).Pairs.Keys.Order(), adapter.Pairs.Keys.Order());
        Assert.All(adapter.Pairs.Values, pair => Assert.Equal((4, 4.0), (pair.Rank, pair.Alpha)));
    }

    [Fact]
    public void Read_WhatIsNoLora_SaysWhy()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-lora-").FullName;
        var path = Path.Combine(folder, "lora.safetensors");

        AssertRefused(new() { ["unet.x.to_q.lora.down.weight"] = zeros(2, 4) }, "only one of the two matrices of x.to_q");
        AssertRefused(new() { ["text_encoder.x.lora_A.weight"] = zeros(2, 4) }, "no LoRA of a denoiser: text_encoder.x.lora_A.weight");
        AssertRefused(new() { ["unet.x.to_q.weight"] = zeros(2, 4) }, "no LoRA of a denoiser: unet.x.to_q.weight");
        Directory.Delete(folder, recursive: true);

        void AssertRefused(Dictionary<string, Tensor> tensors, string expected)
        {
            Safetensors.Write(path, tensors);
            Assert.Contains(expected, Assert.Throws<BadJobException>(() => LoraFile.Read(path)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>B A by hand, with an alpha of its own: 2/1 · (1, 2)ᵀ(3, 4, …).</summary>
    [Fact]
    public void Verb_ModelAndLora_WritesAModelWithTheSum()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-lora-").FullName;
        var (lora, merged) = (Path.Combine(folder, "lora.safetensors"), Path.Combine(folder, "merged"));
        const string Module = "transformer_blocks.0.attn1.to_q";
        Safetensors.Write(lora, new Dictionary<string, Tensor>
        {
            [$"transformer.{Module}.lora_A.weight"] = arange(1, 17, dtype: float32).reshape(1, 16),
            [$"transformer.{Module}.lora_B.weight"] = ones(16, 1),
            [$"transformer.{Module}.alpha"] = tensor(2f),
        });

        Assert.Equal(WorkerExit.Done, TinyJob.Run("merge-lora", "--model", jobs.Model, "--lora", lora, "--out", merged, "--scale", "0.5").Exit);

        using var before = TextToImageModel.Load(jobs.Model);
        using var after = TextToImageModel.Load(merged);
        Golden.AssertClose(
            WeightLoader.Collect(before.Denoiser)[$"{Module}.weight"] + arange(1, 17, dtype: float32), WeightLoader.Collect(after.Denoiser)[$"{Module}.weight"], what: Module);
        var again = TinyJob.Run("merge-lora", "--model", jobs.Model, "--lora", lora, "--out", merged);
        Assert.Equal(WorkerExit.BadJob, again.Exit);
        Assert.Contains("is there already", again.Error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void MergeInto_AnotherModel_NamesWhatIsMissingAndChangesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-lora-").FullName;
        var path = Path.Combine(folder, "lora.safetensors");
        Safetensors.Write(path, new Dictionary<string, Tensor>
        {
            ["proj_out.lora_A.weight"] = ones(1, 16),
            ["proj_out.lora_B.weight"] = ones(16, 1),
            ["nowhere.to_q.lora_A.weight"] = ones(1, 16),
            ["nowhere.to_q.lora_B.weight"] = ones(16, 1),
        });
        using var model = TextToImageModel.Load(jobs.Model);
        var before = WeightLoader.Collect(model.Denoiser)["proj_out.weight"].clone();

        var problem = Assert.Throws<BadJobException>(() => LoraFile.Read(path).MergeInto(model.Denoiser));

        Assert.Contains("nowhere.to_q is missing", problem.Message, StringComparison.Ordinal);
        Assert.True(before.Equals(WeightLoader.Collect(model.Denoiser)["proj_out.weight"]));
        Directory.Delete(folder, recursive: true);
    }
}
