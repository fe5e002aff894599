using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>vae/config.json</c> of an AutoencoderTiny.</summary>
public sealed record AutoencoderTinyConfig
{
    /// <summary>Colour channels of the image.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Colour channels of the decoded image.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Width of each encoder stage; all equal.</summary>
    public int[] EncoderBlockOutChannels { get; init; } = [64, 64, 64, 64];

    /// <summary>Width of each decoder stage; all equal.</summary>
    public int[] DecoderBlockOutChannels { get; init; } = [64, 64, 64, 64];

    /// <summary>Residual blocks in each encoder stage, finest first.</summary>
    public int[] NumEncoderBlocks { get; init; } = [1, 3, 3, 3];

    /// <summary>Residual blocks in each decoder stage, coarsest first.</summary>
    public int[] NumDecoderBlocks { get; init; } = [3, 3, 3, 1];

    /// <summary>Latents are multiplied by this before they are noised.</summary>
    public double ScalingFactor { get; init; } = 1.0;
}

/// <summary>
/// The tiny autoencoder ("TAESD"): purely convolutional, so a pixel depends on a bounded patch of the latent.
/// Images are [B, 3, H, W] in [-1, 1], latents [B, 4, H/8, W/8].
/// </summary>
/// <remarks>diffusers 0.27 <c>AutoencoderTiny</c>; O. Boer Bohan, github.com/madebyollin/taesd.</remarks>
public sealed class AutoencoderTiny : Autoencoder
{
    private readonly EncoderTiny encoder;
    private readonly DecoderTiny decoder;

    public AutoencoderTiny(AutoencoderTinyConfig config) : base(nameof(AutoencoderTiny))
    {
        Config = config;
        encoder = new EncoderTiny(config);
        decoder = new DecoderTiny(config);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public AutoencoderTinyConfig Config { get; }

    /// <inheritdoc/>
    public override double ScalingFactor => Config.ScalingFactor;

    /// <inheritdoc/>
    public override int LatentChannels => Config.LatentChannels;

    /// <inheritdoc/>
    public override int Compression => 1 << (Config.NumEncoderBlocks.Length - 1);

    /// <inheritdoc/>
    public override Tensor Encode(Tensor images) => encoder.call(images);

    /// <inheritdoc/>
    public override Tensor Decode(Tensor latents) => decoder.call(latents, GradientCheckpointing);

    /// <inheritdoc/>
    public override int Stages => Config.NumDecoderBlocks.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> DecodeFeatures(Tensor latents, int stages) => decoder.Features(latents, stages, GradientCheckpointing);

    /// <inheritdoc/>
    public override int Reach => Reached([.. Config.NumDecoderBlocks.Reverse().Select((blocks, i) => 3 * blocks + 1 + (i == 0 ? 1 : 0))]); // blocks, what is before them, the last

    /// <inheritdoc/>
    public override bool HasNorms => false;

    /// <inheritdoc/>
    public override (Tensor Images, GroupStatistics? Statistics) DecodeWatched(Tensor latents) => (Decode(latents), null);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> DecodeWindows(Tensor latents, IReadOnlyList<LatentWindow> windows, int margin, GroupStatistics? statistics) =>
        [.. windows.Select(window => window.Decode(latents, margin, Compression, Decode))];
}

/// <summary>Three 3×3 convolutions beside a skip connection.</summary>
internal sealed class AutoencoderTinyBlock : nn.Module<Tensor, Tensor>
{
    private readonly Sequential conv;

    public AutoencoderTinyBlock(int channels) : base(nameof(AutoencoderTinyBlock))
    {
        conv = nn.Sequential(
            ("0", new Convolution2d(channels, channels, 3, padding: 1)),
            ("1", nn.ReLU(inplace: true)), // a convolution does not need its output again
            ("2", new Convolution2d(channels, channels, 3, padding: 1)),
            ("3", nn.ReLU(inplace: true)),
            ("4", new Convolution2d(channels, channels, 3, padding: 1)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope(); // full-resolution intermediates are the largest tensors there are
        return nn.functional.relu(conv.call(x).add_(x), inplace: true).MoveToOuterDisposeScope();
    }
}

internal sealed class EncoderTiny : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    public EncoderTiny(AutoencoderTinyConfig config) : base(nameof(EncoderTiny))
    {
        var width = config.EncoderBlockOutChannels[0];
        var list = new List<nn.Module<Tensor, Tensor>>();
        for (var stage = 0; stage < config.NumEncoderBlocks.Length; stage++)
        {
            list.Add(stage == 0
                ? new Convolution2d(config.InChannels, width, 3, padding: 1)
                : new Convolution2d(width, width, 3, stride: 2, padding: 1, hasBias: false));
            for (var i = 0; i < config.NumEncoderBlocks[stage]; i++) list.Add(new AutoencoderTinyBlock(width));
        }
        list.Add(new Convolution2d(width, config.LatentChannels, 3, padding: 1));
        layers = nn.Sequential(list.Select((module, index) => (index.ToString(System.Globalization.CultureInfo.InvariantCulture), module)).ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => layers.call((x + 1) / 2);
}

internal sealed class DecoderTiny : nn.Module
{
    private readonly Sequential layers;
    private readonly List<int> _ends = []; // of each stage's residual blocks, among the layers

    public DecoderTiny(AutoencoderTinyConfig config) : base(nameof(DecoderTiny))
    {
        var width = config.DecoderBlockOutChannels[0];
        var list = new List<nn.Module<Tensor, Tensor>> { new Convolution2d(config.LatentChannels, width, 3, padding: 1), nn.ReLU(inplace: true) };
        for (var stage = 0; stage < config.NumDecoderBlocks.Length; stage++)
        {
            var last = stage == config.NumDecoderBlocks.Length - 1;
            for (var i = 0; i < config.NumDecoderBlocks[stage]; i++) list.Add(new AutoencoderTinyBlock(width));
            _ends.Add(list.Count - 1);
            if (!last) list.Add(nn.Upsample(scale_factor: [2.0, 2.0], mode: UpsampleMode.Nearest));
            list.Add(new Convolution2d(width, last ? config.OutChannels : width, 3, padding: 1, hasBias: last));
        }
        layers = nn.Sequential(list.Select((module, index) => (index.ToString(System.Globalization.CultureInfo.InvariantCulture), module)).ToArray());
        RegisterComponents();
    }

    public Tensor call(Tensor x, bool checkpointed)
    {
        using var scope = NewDisposeScope();
        x = Begin(x);
        foreach (var layer in Layers)
        {
            var next = Call(layer, x, checkpointed);
            x.Dispose();
            x = next;
        }
        return (x * 2 - 1).MoveToOuterDisposeScope();
    }

    /// <summary>What the residual blocks of the first stages give.</summary>
    public List<Tensor> Features(Tensor x, int stages, bool checkpointed)
    {
        using var scope = NewDisposeScope();
        var features = new List<Tensor>();
        x = Begin(x);
        foreach (var (place, layer) in Layers.Take(_ends[stages - 1] + 1).Index())
        {
            x = Call(layer, x, checkpointed);
            if (_ends.Contains(place)) features.Add(x.MoveToOuterDisposeScope());
        }
        return features;
    }

    private IEnumerable<nn.Module<Tensor, Tensor>> Layers => layers.children().Cast<nn.Module<Tensor, Tensor>>();

    // tanh keeps latents that were never seen in training from blowing up the decoder
    private static Tensor Begin(Tensor x) => tanh(x / 3) * 3;

    private static Tensor Call(nn.Module<Tensor, Tensor> layer, Tensor x, bool checkpointed) =>
        Checkpointed.Call(checkpointed && layer is AutoencoderTinyBlock, inputs => layer.call(inputs[0]), x);
}
