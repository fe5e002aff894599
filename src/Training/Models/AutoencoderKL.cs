using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>vae/config.json</c> of an AutoencoderKL.</summary>
public sealed record AutoencoderKLConfig
{
    /// <summary>Colour channels of the image.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Colour channels of the decoded image.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Width of each stage, finest first.</summary>
    public int[] BlockOutChannels { get; init; } = [64];

    /// <summary>Residual blocks in each stage of the encoder; the decoder has one more.</summary>
    public int LayersPerBlock { get; init; } = 1;

    /// <summary>Groups of every norm.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Side of the images it was made for.</summary>
    public int SampleSize { get; init; } = 32;

    /// <summary>Latents are multiplied by this before they are noised.</summary>
    public double ScalingFactor { get; init; } = 0.18215;
}

/// <summary>
/// The variational autoencoder of Stable Diffusion: images [B, 3, H, W] in [-1, 1], latents [B, C, H/f, W/f], f = 2 to the number of
/// stages less one. Norms and attention span the whole image, so a pixel depends on all of the latent.
/// </summary>
/// <remarks>Rombach et al. (2022), arXiv 2112.10752; diffusers 0.27 <c>AutoencoderKL</c>.</remarks>
public sealed class AutoencoderKL : Autoencoder
{
    private readonly EncoderKL encoder;
    private readonly DecoderKL decoder;
    private readonly Convolution2d quant_conv, post_quant_conv;

    public AutoencoderKL(AutoencoderKLConfig config) : base(nameof(AutoencoderKL))
    {
        Config = config;
        encoder = new EncoderKL(config);
        decoder = new DecoderKL(config);
        quant_conv = new Convolution2d(2 * config.LatentChannels, 2 * config.LatentChannels, 1);
        post_quant_conv = new Convolution2d(config.LatentChannels, config.LatentChannels, 1);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public AutoencoderKLConfig Config { get; }

    /// <inheritdoc/>
    public override double ScalingFactor => Config.ScalingFactor;

    /// <inheritdoc/>
    public override int LatentChannels => Config.LatentChannels;

    /// <inheritdoc/>
    public override int Compression => 1 << (Config.BlockOutChannels.Length - 1);

    /// <summary>The distribution of latents of an image.</summary>
    /// <param name="images">[B, 3, H, W] in [-1, 1]; sides divisible by <see cref="Compression"/>.</param>
    public LatentDistribution Distribution(Tensor images) => LatentDistribution.Of(Moments(images));

    /// <summary>Means and log variances side by side, [B, 2C, h, w], not clamped.</summary>
    internal Tensor Moments(Tensor images) => quant_conv.call(encoder.call(images));

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images) => Distribution(images).Mean;

    /// <inheritdoc/>
    public override Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return decoder.Rest(decoder.Whole(post_quant_conv.call(latents)), GradientCheckpointing, null).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override int Stages => Config.BlockOutChannels.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> DecodeFeatures(Tensor latents, int stages)
    {
        using var scope = NewDisposeScope();
        return [.. decoder.Features(decoder.Whole(post_quant_conv.call(latents)), stages, GradientCheckpointing).Select(features => features.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    /// <remarks>Of what is behind the attention, which always sees the whole latent.</remarks>
    public override int Reach => Reached([.. Config.BlockOutChannels.Select((_, i) => // finest first
        2 * (Config.LayersPerBlock + 1) + (i == 0 ? 1 : 0) + (i == Config.BlockOutChannels.Length - 1 ? 0 : 1))]); // blocks, conv_out, the convolution after doubling

    /// <inheritdoc/>
    public override bool HasNorms => true;

    /// <inheritdoc/>
    public override (Tensor Images, GroupStatistics? Statistics) DecodeWatched(Tensor latents)
    {
        var statistics = new GroupStatistics(latents);
        using var scope = NewDisposeScope();
        var images = decoder.Rest(decoder.Whole(post_quant_conv.call(latents)), GradientCheckpointing, statistics);
        statistics.Freeze();
        return (images.MoveToOuterDisposeScope(), statistics);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> DecodeWindows(Tensor latents, IReadOnlyList<LatentWindow> windows, int margin, GroupStatistics? statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics); // a part's own would be another decoder's
        using var scope = NewDisposeScope();
        var whole = decoder.Whole(post_quant_conv.call(latents)); // once for all windows
        return [.. windows.Select(window => window.Decode(whole, margin, Compression, part => decoder.Rest(part, GradientCheckpointing, statistics)).MoveToOuterDisposeScope())];
    }
}

/// <summary>A normal distribution of latents, independent by element.</summary>
/// <param name="Mean">[B, C, h, w], which is the mode too.</param>
/// <param name="LogVariance">[B, C, h, w], clamped to [-30, 20].</param>
public sealed record LatentDistribution(Tensor Mean, Tensor LogVariance)
{
    /// <summary>[B, C, h, w].</summary>
    public Tensor StandardDeviation => exp(0.5 * LogVariance);

    /// <summary>From the encoder's [B, 2C, h, w].</summary>
    internal static LatentDistribution Of(Tensor moments)
    {
        var halves = moments.chunk(2, 1);
        return new(halves[0], halves[1].clamp(-30, 20));
    }

    /// <summary>A draw, given standard normal noise of the same shape.</summary>
    public Tensor Sample(Tensor noise) => Mean + StandardDeviation * noise;

    /// <summary>Kullback-Leibler divergence from the standard normal distribution, summed over each image: [B].</summary>
    public Tensor Divergence() => 0.5 * (Mean.square() + LogVariance.exp() - 1 - LogVariance).flatten(1).sum(1);
}

internal sealed class EncoderKL : nn.Module<Tensor, Tensor>
{
    private readonly Convolution2d conv_in, conv_out;
    private readonly ModuleList<DownEncoderBlock2D> down_blocks;
    private readonly MidBlockKL mid_block;
    private readonly GroupNorm2d conv_norm_out;

    public EncoderKL(AutoencoderKLConfig config) : base(nameof(EncoderKL))
    {
        var widths = config.BlockOutChannels;
        conv_in = new Convolution2d(config.InChannels, widths[0], 3, padding: 1);
        down_blocks = new ModuleList<DownEncoderBlock2D>([.. widths.Select((width, i) =>
            new DownEncoderBlock2D(widths[Math.Max(0, i - 1)], width, config, last: i == widths.Length - 1))]);
        mid_block = new MidBlockKL(widths[^1], config.NormNumGroups);
        conv_norm_out = new GroupNorm2d(config.NormNumGroups, widths[^1], MidBlockKL.Epsilon);
        conv_out = new Convolution2d(widths[^1], 2 * config.LatentChannels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = conv_in.call(x);
        foreach (var block in down_blocks) x = block.call(x);
        return conv_out.call(nn.functional.silu(conv_norm_out.call(mid_block.call(x)))).MoveToOuterDisposeScope();
    }
}

internal sealed class DecoderKL : nn.Module
{
    private readonly Convolution2d conv_in, conv_out;
    private readonly MidBlockKL mid_block;
    private readonly ModuleList<UpDecoderBlock2D> up_blocks;
    private readonly GroupNorm2d conv_norm_out;

    public DecoderKL(AutoencoderKLConfig config) : base(nameof(DecoderKL))
    {
        int[] widths = [.. config.BlockOutChannels.Reverse()];
        conv_in = new Convolution2d(config.LatentChannels, widths[0], 3, padding: 1);
        mid_block = new MidBlockKL(widths[0], config.NormNumGroups);
        up_blocks = new ModuleList<UpDecoderBlock2D>([.. widths.Select((width, i) =>
            new UpDecoderBlock2D(widths[Math.Max(0, i - 1)], width, config, last: i == widths.Length - 1))]);
        conv_norm_out = new GroupNorm2d(config.NormNumGroups, widths[^1], MidBlockKL.Epsilon);
        conv_out = new Convolution2d(widths[^1], config.OutChannels, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>What needs the whole latent, for its attention: a twentieth of the work, at the latent's size.</summary>
    public Tensor Whole(Tensor x)
    {
        using var scope = NewDisposeScope();
        return mid_block.call(conv_in.call(x)).MoveToOuterDisposeScope();
    }

    /// <summary>What the residual blocks of the first stages give.</summary>
    public List<Tensor> Features(Tensor x, int stages, bool checkpointed)
    {
        using var scope = NewDisposeScope();
        var features = new List<Tensor>();
        foreach (var block in up_blocks.Take(stages))
        {
            if (features.Count > 0) x = up_blocks[features.Count - 1].Doubled(x, checkpointed);
            x = block.Residual(x, checkpointed, null);
            features.Add(x.MoveToOuterDisposeScope());
        }
        return features;
    }

    /// <summary>The rest, of the whole or of a part.</summary>
    public Tensor Rest(Tensor x, bool checkpointed, GroupStatistics? statistics)
    {
        using var scope = NewDisposeScope();
        foreach (var block in up_blocks) x = block.call(x, checkpointed, statistics);
        return Checkpointed.Call(checkpointed, inputs => conv_out.call(nn.functional.silu(conv_norm_out.call(inputs[0], statistics))), x).MoveToOuterDisposeScope();
    }
}
