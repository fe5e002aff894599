using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>A stage of the encoder: residual blocks, then half the size unless it is the last.</summary>
internal sealed class DownEncoderBlock2D : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<Downsample2D>? downsamplers;

    public DownEncoderBlock2D(int inputs, int outputs, AutoencoderKLConfig config, bool last) : base(nameof(DownEncoderBlock2D))
    {
        resnets = new ModuleList<ResnetBlock2D>([.. Enumerable.Range(0, config.LayersPerBlock).Select(i =>
            new ResnetBlock2D(i == 0 ? inputs : outputs, outputs, config.NormNumGroups, MidBlockKL.Epsilon))]);
        if (!last) downsamplers = new ModuleList<Downsample2D>(new Downsample2D(outputs, symmetric: false));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope(); // full-resolution intermediates are the largest tensors there are
        foreach (var resnet in resnets) x = resnet.call(x);
        return (downsamplers is null ? x : downsamplers[0].call(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>A stage of the decoder: residual blocks, then twice the size unless it is the last.</summary>
internal sealed class UpDecoderBlock2D : nn.Module
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<Upsample2D>? upsamplers;

    public UpDecoderBlock2D(int inputs, int outputs, AutoencoderKLConfig config, bool last) : base(nameof(UpDecoderBlock2D))
    {
        resnets = new ModuleList<ResnetBlock2D>([.. Enumerable.Range(0, config.LayersPerBlock + 1).Select(i =>
            new ResnetBlock2D(i == 0 ? inputs : outputs, outputs, config.NormNumGroups, MidBlockKL.Epsilon))]);
        if (!last) upsamplers = new ModuleList<Upsample2D>(new Upsample2D(outputs));
        RegisterComponents();
    }

    public Tensor call(Tensor x, bool checkpointed, GroupStatistics? statistics)
    {
        using var scope = NewDisposeScope();
        return Doubled(Residual(x, checkpointed, statistics), checkpointed).MoveToOuterDisposeScope();
    }

    /// <summary>The residual blocks alone.</summary>
    public Tensor Residual(Tensor x, bool checkpointed, GroupStatistics? statistics)
    {
        using var scope = NewDisposeScope();
        foreach (var resnet in resnets) x = resnet.call(x, checkpointed: checkpointed, statistics: statistics);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Twice the size, but for the last stage.</summary>
    public Tensor Doubled(Tensor x, bool checkpointed) =>
        upsamplers is null ? x : Checkpointed.Call(checkpointed, inputs => upsamplers[0].call(inputs[0], 2 * inputs[0].shape[2], 2 * inputs[0].shape[3]), x);
}

/// <summary>Attention over the whole latent between two residual blocks.</summary>
/// <remarks>diffusers 0.27 <c>UNetMidBlock2D</c> as the autoencoder uses it.</remarks>
internal sealed class MidBlockKL : nn.Module<Tensor, Tensor>
{
    /// <summary>Of every norm of the autoencoder.</summary>
    public const double Epsilon = 1e-6;

    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<SpatialAttention> attentions;

    public MidBlockKL(int channels, int groups) : base(nameof(MidBlockKL))
    {
        resnets = new ModuleList<ResnetBlock2D>(new ResnetBlock2D(channels, channels, groups, Epsilon), new ResnetBlock2D(channels, channels, groups, Epsilon));
        attentions = new ModuleList<SpatialAttention>(new SpatialAttention(channels, groups));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return resnets[1].call(attentions[0].call(resnets[0].call(x))).MoveToOuterDisposeScope();
    }
}

/// <summary>Self-attention of all pixels with one head, beside a skip connection: [B, C, H, W] to the same shape.</summary>
/// <remarks>diffusers 0.27 <c>Attention</c> with a group norm and a residual connection.</remarks>
internal sealed class SpatialAttention : nn.Module<Tensor, Tensor>
{
    private readonly GroupNorm2d group_norm;
    private readonly Linear to_q, to_k, to_v;
    private readonly Sequential to_out;

    public SpatialAttention(int channels, int groups) : base(nameof(SpatialAttention))
    {
        group_norm = new GroupNorm2d(groups, channels, MidBlockKL.Epsilon);
        to_q = nn.Linear(channels, channels);
        to_k = nn.Linear(channels, channels);
        to_v = nn.Linear(channels, channels);
        to_out = nn.Sequential(("0", nn.Linear(channels, channels)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var pixels = group_norm.call(x).flatten(2).transpose(1, 2).unsqueeze(1); // [B, 1, H·W, C]
        var attended = nn.functional.scaled_dot_product_attention(to_q.call(pixels), to_k.call(pixels), to_v.call(pixels));
        return (x + to_out.call(attended).squeeze(1).transpose(1, 2).reshape(x.shape)).MoveToOuterDisposeScope();
    }
}
