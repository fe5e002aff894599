using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>The autoencoder and the U-Nets of Stable Diffusion 1.5, 2.1 and XL against diffusers: outputs, every gradient, and what is refused.</summary>
public sealed class StableDiffusionGoldenTests
{
    static StableDiffusionGoldenTests() => LibTorch.Load();

    [SkippableTheory]
    [InlineData("vae")]
    [InlineData("vae_deprecated_names")]
    public void AutoencoderKL_DiffusersWeights_SameDistributionImagesAndGradients(string folder)
    {
        var golden = Safetensors.Read(Golden.Reference("sd15", "expected", "vae.safetensors"));
        using var vae = DiffusersFolder.LoadAutoencoderKL(Golden.Reference("sd15", folder));
        var image = golden["in.image"].requires_grad_();

        var latents = vae.Distribution(image);
        Golden.AssertClose(golden["out.mean"], latents.Mean, what: "mean");
        Golden.AssertClose(golden["out.logvar"], latents.LogVariance, what: "logvar");
        Golden.AssertClose(golden["out.std"], latents.StandardDeviation, what: "std");
        Golden.AssertClose(golden["out.sample"], latents.Sample(golden["in.posterior_noise"]), what: "sample");
        Golden.AssertClose(golden["out.kl"], latents.Divergence(), what: "kl");
        Golden.AssertClose(golden["out.mode"], vae.Encode(image), what: "mode");
        Golden.AssertClose(golden["out.latents_scaled_mode"], vae.Encode(image) * vae.ScalingFactor, what: "scaled mode");
        Golden.AssertClose(golden["out.reconstruction"], vae.Decode(golden["out.latents_scaled_mode"] / vae.ScalingFactor), what: "reconstruction");
        (latents.Mean * golden["in.w_mean"]).sum().backward();
        Golden.AssertClose(golden["grad.image"], image.grad!, 1e-3, what: "grad.image");

        vae.zero_grad();
        var z = golden["in.z"].requires_grad_();
        var decoded = vae.Decode(z);
        Golden.AssertClose(golden["out.decoded"], decoded, what: "decoded");
        (decoded * golden["in.w"]).sum().backward();
        Golden.AssertClose(golden["grad.z"], z.grad!, 1e-3, what: "grad.z");
        AssertGradients(golden, vae, except: ["grad.z", "grad.image"]);
    }

    [SkippableTheory]
    [InlineData("sd15")]
    [InlineData("sd21v")]
    [InlineData("sdxl")]
    public void UNet_DiffusersWeights_SameOutputsAndGradients(string folder)
    {
        var golden = Safetensors.Read(Golden.Reference(folder, "expected", "unet.safetensors"));
        using var unet = DiffusersFolder.LoadUNet(Golden.Reference(folder, "unet"));
        var latents = golden["in.sample"].requires_grad_();
        var text = golden["in.encoder_hidden_states"].requires_grad_();
        var added = golden.TryGetValue("in.text_embeds", out var pooled) ? new AddedConditions(pooled, golden["in.time_ids"]) : null;

        Golden.AssertClose(golden["out.sample_t501"], unet.Forward(latents, full(latents.shape[0], 501, dtype: int64), text, added), what: "sample at 501");
        var sample = unet.Forward(latents, golden["in.timestep"], text, added);
        Golden.AssertClose(golden["out.sample"], sample, what: "sample");
        (sample - golden["in.target"]).square().mean().backward();

        Golden.AssertClose(golden["grad.in.sample"], latents.grad!, 1e-3, what: "grad.in.sample");
        Golden.AssertClose(golden["grad.in.encoder_hidden_states"], text.grad!, 1e-3, what: "grad.in.encoder_hidden_states");
        AssertGradients(golden, unet, except: ["grad.in."]);
    }

    [SkippableFact]
    public void UNet_WithoutWhatSdxlAdds_SaysWhatIsMissing()
    {
        using var unet = DiffusersFolder.LoadUNet(Golden.Reference("sdxl", "unet"));

        var problem = Assert.Throws<ArgumentException>(() => unet.Forward(zeros(1, 4, 16, 16), zeros(1, dtype: int64), zeros(1, 3, 32)));

        Assert.Contains("text_time", problem.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("sd15", "unet", "\"resnet_time_scale_shift\": \"default\"", "\"resnet_time_scale_shift\": \"scale_shift\"", "resnet_time_scale_shift is \"scale_shift\", known is \"default\"")]
    [InlineData("sd15", "unet", "\"act_fn\": \"silu\"", "\"act_fn\": \"silu\", \"swirl\": 3", "swirl is not known")]
    [InlineData("sd15", "unet", "\"UpBlock2D\"", "\"KUpBlock2D\"", "up_block_types holds 'KUpBlock2D'")]
    [InlineData("sd15", "vae", "\"latents_mean\": null", "\"latents_mean\": [1, 2, 3, 4]", "latents_mean is [1,2,3,4], known is null")]
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

    private static void AssertGradients(Dictionary<string, Tensor> golden, nn.Module model, string[] except)
    {
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var compared = 0;
        foreach (var (name, value) in golden)
        {
            if (except.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || name is "gradnorm_total") continue;
            if (name.StartsWith("grad.", StringComparison.Ordinal))
                Golden.AssertClose(value, parameters[name["grad.".Length..]].grad!, 1e-3, what: name);
            else if (name.StartsWith("gradnorm.", StringComparison.Ordinal))
                Golden.AssertClose(value, parameters[name["gradnorm.".Length..]].grad!.norm().reshape(1), 1e-3, what: name);
            else
                continue;
            compared++;
        }
        Assert.True(compared > 0);
    }
}
