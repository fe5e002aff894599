using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>config.json</c> of a <see cref="PatchDecoder"/>.</summary>
public sealed record PatchDecoderConfig
{
    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Colour channels of the decoded image.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Pixels per cell of the latent, in each direction.</summary>
    public int PatchSize { get; init; } = 8;

    /// <summary>Channels of every layer.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Residual blocks.</summary>
    public int Blocks { get; init; } = 2;
}

/// <summary>
/// A decoder whose layers all work at the size of the latent, and whose last one gives each cell its patch of pixels. There is nothing at the size of the image, where a decoder's work
/// is: it costs a few hundredths of one, and takes the place of one inside a loss, where it need not be looked at.
/// </summary>
/// <remarks>
/// Ours, made by <c>distill-decoder</c>; it decodes scaled latents and does not encode. Pixels from channels as in Shi et al. (2016), arXiv 1609.05158; blocks of <see cref="AutoencoderTiny"/>.
/// </remarks>
public sealed class PatchDecoder : Autoencoder
{
    private readonly Sequential layers;

    public PatchDecoder(PatchDecoderConfig config) : base(nameof(PatchDecoder))
    {
        Config = config;
        List<nn.Module<Tensor, Tensor>> list =
        [
            new Convolution2d(config.LatentChannels, config.Width, 3, padding: 1),
            nn.ReLU(inplace: true),
            .. Enumerable.Range(0, config.Blocks).Select(_ => new AutoencoderTinyBlock(config.Width)),
            new Convolution2d(config.Width, config.OutChannels * config.PatchSize * config.PatchSize, 3, padding: 1),
        ];
        layers = nn.Sequential(list.Select((module, index) => (index.ToString(CultureInfo.InvariantCulture), module)).ToArray());
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public PatchDecoderConfig Config { get; }

    /// <inheritdoc/>
    public override double ScalingFactor => 1;

    /// <inheritdoc/>
    public override int LatentChannels => Config.LatentChannels;

    /// <inheritdoc/>
    public override int Compression => Config.PatchSize;

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images) => throw new NotSupportedException("A PatchDecoder only decodes.");

    /// <inheritdoc/>
    public override Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        var cells = layers.call(tanh(latents / 3) * 3); // as AutoencoderTiny bounds what it was never taught
        return nn.functional.pixel_shuffle(cells, Config.PatchSize).MoveToOuterDisposeScope();
    }

    /// <summary>Makes images, and differences of them, larger by a factor.</summary>
    public void Scale(double factor)
    {
        using var noGrad = no_grad();
        foreach (var parameter in layers.children().Last().parameters()) parameter.mul_(factor);
    }

    /// <inheritdoc/>
    public override int Stages => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> DecodeFeatures(Tensor latents, int stages) => throw new NotSupportedException("A PatchDecoder has no stages.");

    /// <inheritdoc/>
    public override int Reach => 2 + (3 * Config.Blocks); // convolutions of 3 × 3

    /// <inheritdoc/>
    public override bool HasNorms => false;

    /// <inheritdoc/>
    public override (Tensor Images, GroupStatistics? Statistics) DecodeWatched(Tensor latents) => (Decode(latents), null);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> DecodeWindows(Tensor latents, IReadOnlyList<LatentWindow> windows, int margin, GroupStatistics? statistics) =>
        [.. windows.Select(window => window.Decode(latents, margin, Compression, Decode))];
}
