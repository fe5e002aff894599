using System.Globalization;
using PixelPost.Training.Models;
using PixelPost.Training.PixelBudgets;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>Settings of <c>bench pixels</c>.</summary>
public sealed record PixelsSettings
{
    /// <summary>Side of the latents; 64 stands for 512 pixels.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Share of its multiply-adds by which the pixel term may lengthen a step.</summary>
    public double Budget { get; init; } = 0.10;
}

/// <summary>
/// What a pixel term adds to the arithmetic of training Stable Diffusion 1.5: counted on networks of its shapes with random weights, one forward pass each.
/// </summary>
/// <remarks>Training a denoiser takes three forward passes' worth, its own and twice as much backward. The frozen decoder takes three too: the truth, the estimate, and the gradient for its input.</remarks>
public static class PixelsBench
{
    private static readonly int[] PatchWidths = [80, 320];

    /// <summary>Counts and prints a table.</summary>
    /// <exception cref="BadJobException">The settings are unusable.</exception>
    public static void Run(PixelsSettings settings, TextWriter to)
    {
        if (settings.LatentSize < 8 || settings.LatentSize % 8 != 0) throw new BadJobException($"--latent-size is {settings.LatentSize}; it must be a multiple of 8.");
        if (!(settings.Budget >= 0.001)) throw new BadJobException(string.Create(CultureInfo.InvariantCulture, $"--budget is {settings.Budget}; it must be 0.001 or more."));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var latents = zeros(1, 4, settings.LatentSize, settings.LatentSize);
        double denoiser;
        using (var unet = new UNet2DConditionModel(new UNet2DConditionConfig { CrossAttentionDim = 768, SampleSize = settings.LatentSize }))
            denoiser = MultiplyAdds.Of(unet, () => unet.Predict(latents, zeros(1, dtype: int64), new Conditioning { Text = zeros(1, 77, 768) }));
        to.WriteLine(FormattableString.Invariant($"{8 * settings.LatentSize} px, one image, without the products inside attention\n"));
        to.WriteLine($"{"",-32}{"forward",12}{"every example",16}   for a budget of {settings.Budget.ToString("P0", CultureInfo.InvariantCulture)}");
        to.WriteLine(FormattableString.Invariant($"{"U-Net of SD 1.5",-32}{denoiser / 1e9,10:F1} G"));
        using (var vae = new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = [128, 256, 512, 512], LayersPerBlock = 2 }))
        {
            Row("decoder of SD 1.5", () => vae.Decode(latents), vae);
            foreach (var stages in Enumerable.Range(1, vae.Stages)) Row($"  its first {(stages == 1 ? "stage" : $"{stages} stages")}", () => vae.DecodeFeatures(latents, stages), vae);
        }
        using (var tiny = new AutoencoderTiny(new AutoencoderTinyConfig())) Row("AutoencoderTiny (TAESD)", () => tiny.Decode(latents), tiny);
        foreach (var width in PatchWidths)
        {
            using var patches = new PatchDecoder(new PatchDecoderConfig { Width = width });
            Row($"decoder of patches, width {width}", () => patches.Decode(latents), patches);
        }

        void Row(string name, Action pass, Autoencoder decoder)
        {
            var forward = MultiplyAdds.Of(decoder, pass);
            var cost = new TermCost(forward / denoiser);
            var plan = BudgetPlan.Of(cost, [StandIn.Nothing], settings.Budget);
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-32}{forward / 1e9,10:F1} G{cost.All,16:+0 %}   one example in {plan.Every}, cleaner {plan.Below:0.##}: {plan.Cost(cost):+0.0 %}"));
        }
    }
}
