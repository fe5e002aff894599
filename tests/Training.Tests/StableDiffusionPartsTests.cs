using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>What the parts of Stable Diffusion refuse; what they compute is in <see cref="ModelVerificationTests"/>.</summary>
public sealed class StableDiffusionPartsTests
{
    static StableDiffusionPartsTests() => LibTorch.Load();

    [SkippableFact]
    public void UNet_WithoutWhatSdxlAdds_SaysWhatIsMissing()
    {
        using var unet = DiffusersFolder.LoadUNet(Golden.Reference("sdxl", "unet"));

        var problem = Assert.Throws<ArgumentException>(() => unet.Predict(zeros(1, 4, 16, 16), zeros(1, dtype: int64), new() { Text = zeros(1, 3, 32) }));

        Assert.Contains("text_time", problem.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("sd15", "unet", "\"resnet_time_scale_shift\": \"default\"", "\"resnet_time_scale_shift\": \"scale_shift\"", "resnet_time_scale_shift 'scale_shift'; known is 'default'")]
    [InlineData("sd15", "unet", "\"act_fn\": \"silu\"", "\"act_fn\": \"silu\", \"swirl\": 3", "swirl, which is not known")]
    [InlineData("sd15", "unet", "\"UpBlock2D\"", "\"KUpBlock2D\"", "up_block_types holds 'KUpBlock2D'")]
    [InlineData("sd15", "vae", "\"latents_mean\": null", "\"latents_mean\": [1, 2, 3, 4]", "latents_mean [1,2,3,4]; known is null")]
    public void Config_AsksForWhatIsNotBuilt_IsRefusedByName(string model, string part, string known, string other, string expected)
    {
        var config = File.ReadAllText(Path.Combine(Golden.Reference(model, part), "config.json"));
        Assert.Contains(known, config, StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("pixelpost-config-").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.Replace(known, other, StringComparison.Ordinal));

        var problem = Assert.Throws<BadJobException>(() => { _ = part == "vae" ? (nn.Module)DiffusersFolder.LoadAutoencoderKL(folder) : DiffusersFolder.LoadUNet(folder); });

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void GroupNorm2d_New_ChangesNothingButTheScale()
    {
        using var norm = new GroupNorm2d(2, 4, 1e-5);

        Assert.Equal([1, 1, 1, 1], norm.named_parameters().Single(p => p.name == "weight").parameter.data<float>().ToArray());
        Assert.Equal([0, 0, 0, 0], norm.named_parameters().Single(p => p.name == "bias").parameter.data<float>().ToArray());
    }
}
