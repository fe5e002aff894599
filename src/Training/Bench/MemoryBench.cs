using System.Globalization;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>Settings of <c>bench memory</c>.</summary>
public sealed record MemorySettings
{
    /// <summary>Channels of the U-Net's finest stage, a multiple of 64; Stable Diffusion has 320. The decoder has half as many.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Side of the latents; 64 stands for 512 pixels.</summary>
    public int LatentSize { get; init; } = 64;

    /// <summary>Images at once.</summary>
    public int BatchSize { get; init; } = 1;
}

/// <summary>What <c>gradient_checkpointing</c> saves and costs: memory and time of one forward and backward pass with random weights.</summary>
public static class MemoryBench
{
    /// <summary>Measures and prints a table.</summary>
    /// <exception cref="BadJobException">This system does not tell a process its peak memory.</exception>
    public static void Run(MemorySettings settings)
    {
        int[] widths = [settings.Width, 2 * settings.Width, 4 * settings.Width, 4 * settings.Width];
        Console.WriteLine(FormattableString.Invariant($"widths {string.Join(' ', widths)}, latents {settings.LatentSize} x {settings.LatentSize}, batch of {settings.BatchSize}; peak above weights and gradients, one pass\n"));
        Console.WriteLine($"{"",-24}{"kept",12}{"checkpointed",16}");

        using (var unet = new UNet2DConditionModel(new UNet2DConditionConfig { BlockOutChannels = widths, SampleSize = settings.LatentSize, CrossAttentionDim = 768 }))
            Report("U-Net", on => { unet.GradientCheckpointing = on; Step(unet, 768, settings); });
        using (var transformer = new PixArtTransformer2DModel(new PixArtConfig { NumLayers = 14, NumAttentionHeads = widths[^1] / 64, AttentionHeadDim = 64, CaptionChannels = 768, SampleSize = settings.LatentSize }))
            Report("PixArt, 14 blocks", on => { transformer.GradientCheckpointing = on; Step(transformer, 768, settings); });
        using var vae = new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = [.. widths.Select(w => w / 2)], LayersPerBlock = 2 });
        foreach (var parameter in vae.parameters()) parameter.requires_grad = false;
        Report("decoder, frozen", on => { vae.GradientCheckpointing = on; Decode(vae, settings); });
    }

    // the first pass makes the gradients and whatever is made once; then the smaller goes first, for a process does not give back all it frees
    private static void Report(string what, Action<bool> pass)
    {
        pass(true);
        var (few, slow) = Measure(() => pass(true));
        var (many, fast) = Measure(() => pass(false));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-24}{many / 1e6,9:F0} MB{few / 1e6,13:F0} MB"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",-24}{fast,10:F1} s{slow,14:F1} s"));
    }

    private static (long Bytes, double Seconds) Measure(Action pass)
    {
        var (bytes, seconds) = Cost.Of(() =>
        {
            using var scope = NewDisposeScope();
            pass();
        });
        return (bytes ?? throw new BadJobException("bench memory reads the peak of its memory from /proc, which only Linux has."), seconds);
    }

    private static void Step(Denoiser denoiser, int textWidth, MemorySettings settings)
    {
        using var scope = NewDisposeScope();
        var latents = randn(settings.BatchSize, denoiser.LatentChannels, settings.LatentSize, settings.LatentSize);
        var timesteps = full([settings.BatchSize], 500, dtype: int64);
        Checkpointed.Backward(denoiser.Predict(latents, timesteps, new Conditioning { Text = randn(settings.BatchSize, 77, textWidth) }).square().mean());
    }

    private static void Decode(Autoencoder vae, MemorySettings settings) =>
        Checkpointed.Backward(vae.Decode(randn([settings.BatchSize, vae.LatentChannels, settings.LatentSize, settings.LatentSize], requires_grad: true)).square().mean());
}
