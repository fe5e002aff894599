using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>A stage on the way down: every layer's output is a skip, and so is the halved one's.</summary>
/// <remarks>diffusers 0.27 <c>DownBlock2D</c> and <c>CrossAttnDownBlock2D</c>.</remarks>
internal sealed class UNetDownBlock : nn.Module
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<SpatialTransformer>? attentions;
    private readonly ModuleList<Downsample2D>? downsamplers;

    public UNetDownBlock(UNetStage stage, UNet2DConditionConfig config, int timeWidth) : base(nameof(UNetDownBlock))
    {
        resnets = new ModuleList<ResnetBlock2D>([.. stage.Inputs.Select(inputs => new ResnetBlock2D(inputs, stage.Width, config.NormNumGroups, config.NormEps, timeWidth))]);
        if (stage.Attends) attentions = new ModuleList<SpatialTransformer>([.. stage.Inputs.Select(_ => new SpatialTransformer(stage.Width, stage.Heads, stage.Layers, config))]);
        if (!stage.Last) downsamplers = new ModuleList<Downsample2D>(new Downsample2D(stage.Width, symmetric: true));
        RegisterComponents();
    }

    public Tensor call(Tensor x, Tensor time, Tensor context, Stack<Tensor> skips, bool checkpointed)
    {
        for (var i = 0; i < resnets.Count; i++)
        {
            x = resnets[i].call(x, time, checkpointed);
            if (attentions is not null) x = attentions[i].call(x, context, checkpointed);
            skips.Push(x);
        }
        if (downsamplers is null) return x;
        x = downsamplers[0].call(x);
        skips.Push(x);
        return x;
    }
}

/// <summary>The coarsest stage: a transformer between two residual blocks.</summary>
/// <remarks>diffusers 0.27 <c>UNetMidBlock2DCrossAttn</c>.</remarks>
internal sealed class UNetMidBlock : nn.Module
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<SpatialTransformer> attentions;

    public UNetMidBlock(UNet2DConditionConfig config, int timeWidth) : base(nameof(UNetMidBlock))
    {
        var (width, last) = (config.BlockOutChannels[^1], config.BlockOutChannels.Length - 1);
        resnets = new ModuleList<ResnetBlock2D>([.. Enumerable.Range(0, 2).Select(_ => new ResnetBlock2D(width, width, config.NormNumGroups, config.NormEps, timeWidth))]);
        attentions = new ModuleList<SpatialTransformer>(new SpatialTransformer(width, config.Heads(last), config.TransformerLayersPerBlock.At(last), config));
        RegisterComponents();
    }

    public Tensor call(Tensor x, Tensor time, Tensor context, bool checkpointed) =>
        resnets[1].call(attentions[0].call(resnets[0].call(x, time, checkpointed), context, checkpointed), time, checkpointed);
}

/// <summary>A stage on the way up: every layer takes a skip beside what comes from below.</summary>
/// <remarks>diffusers 0.27 <c>UpBlock2D</c> and <c>CrossAttnUpBlock2D</c>.</remarks>
internal sealed class UNetUpBlock : nn.Module
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<SpatialTransformer>? attentions;
    private readonly ModuleList<Upsample2D>? upsamplers;

    public UNetUpBlock(UNetStage stage, UNet2DConditionConfig config, int timeWidth) : base(nameof(UNetUpBlock))
    {
        resnets = new ModuleList<ResnetBlock2D>([.. stage.Inputs.Select(inputs => new ResnetBlock2D(inputs, stage.Width, config.NormNumGroups, config.NormEps, timeWidth))]);
        if (stage.Attends) attentions = new ModuleList<SpatialTransformer>([.. stage.Inputs.Select(_ => new SpatialTransformer(stage.Width, stage.Heads, stage.Layers, config))]);
        if (!stage.Last) upsamplers = new ModuleList<Upsample2D>(new Upsample2D(stage.Width));
        RegisterComponents();
    }

    public Tensor call(Tensor x, Tensor time, Tensor context, Stack<Tensor> skips, bool checkpointed)
    {
        for (var i = 0; i < resnets.Count; i++)
        {
            x = resnets[i].call(cat([x, skips.Pop()], 1), time, checkpointed);
            if (attentions is not null) x = attentions[i].call(x, context, checkpointed);
        }
        // the next skip has the size to come: twice this one's, or one less where an odd size was halved
        return upsamplers is null ? x : upsamplers[0].call(x, skips.Peek().shape[2], skips.Peek().shape[3]);
    }
}

/// <summary>Transformer blocks over all pixels, beside a skip connection: [B, C, H, W] to the same shape.</summary>
/// <remarks>diffusers 0.27 <c>Transformer2DModel</c> inside a U-Net.</remarks>
internal sealed class SpatialTransformer : nn.Module
{
    private readonly GroupNorm2d norm;
    private readonly nn.Module<Tensor, Tensor> proj_in, proj_out;
    private readonly ModuleList<BasicTransformerBlock> transformer_blocks;
    private readonly bool _linear;

    public SpatialTransformer(int channels, int heads, int layers, UNet2DConditionConfig config) : base(nameof(SpatialTransformer))
    {
        _linear = config.UseLinearProjection;
        norm = new GroupNorm2d(config.NormNumGroups, channels, 1e-6);
        proj_in = Projection(channels);
        transformer_blocks = new ModuleList<BasicTransformerBlock>([.. Enumerable.Range(0, layers).Select(_ => new BasicTransformerBlock(channels, config.CrossAttentionDim, heads))]);
        proj_out = Projection(channels);
        RegisterComponents();
    }

    public Tensor call(Tensor x, Tensor context, bool checkpointed)
    {
        using var scope = NewDisposeScope();
        var inner = norm.call(x);
        var tokens = _linear ? proj_in.call(Tokens(inner)) : Tokens(proj_in.call(inner)); // [B, H·W, C]
        foreach (var block in transformer_blocks) tokens = Checkpointed.Call(checkpointed, inputs => block.call(inputs[0], inputs[1]), tokens, context);
        inner = _linear ? Pixels(proj_out.call(tokens), x) : proj_out.call(Pixels(tokens, x));
        return (x + inner).MoveToOuterDisposeScope();
    }

    private nn.Module<Tensor, Tensor> Projection(int channels) => _linear ? nn.Linear(channels, channels) : new Convolution2d(channels, channels, 1);

    private static Tensor Tokens(Tensor pixels) => pixels.flatten(2).transpose(1, 2);

    private static Tensor Pixels(Tensor tokens, Tensor like) => tokens.transpose(1, 2).reshape(like.shape);
}

/// <summary>Self-attention, attention to text and a gated feed-forward network, each normalised and beside a skip connection.</summary>
/// <remarks>diffusers 0.27 <c>BasicTransformerBlock</c> with <c>geglu</c>.</remarks>
internal sealed class BasicTransformerBlock : nn.Module
{
    private readonly LayerNorm norm1, norm2, norm3;
    private readonly Attention attn1, attn2;
    private readonly GatedFeedForward ff;

    public BasicTransformerBlock(int width, int contextWidth, int heads) : base(nameof(BasicTransformerBlock))
    {
        norm1 = nn.LayerNorm(width);
        attn1 = new Attention(width, width, heads, width / heads, bias: false);
        norm2 = nn.LayerNorm(width);
        attn2 = new Attention(width, contextWidth, heads, width / heads, bias: false);
        norm3 = nn.LayerNorm(width);
        ff = new GatedFeedForward(width);
        RegisterComponents();
    }

    public Tensor call(Tensor x, Tensor context)
    {
        using var scope = NewDisposeScope();
        var normalised = norm1.call(x);
        x = x + attn1.call(normalised, normalised);
        x = x + attn2.call(norm2.call(x), context);
        return (x + ff.call(norm3.call(x))).MoveToOuterDisposeScope();
    }
}

/// <summary>Two linear layers, the first gated by the GELU of its second half.</summary>
internal sealed class GatedFeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Sequential net;

    public GatedFeedForward(int width) : base(nameof(GatedFeedForward))
    {
        net = nn.Sequential(("0", new GatedGelu(width, 4 * width)), ("2", nn.Linear(4 * width, width)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => net.call(x);
}

/// <summary>Shazeer (2020), arXiv 2002.05202: half of a linear layer times the GELU of the other half.</summary>
internal sealed class GatedGelu : nn.Module<Tensor, Tensor>
{
    private readonly Linear proj;

    public GatedGelu(int width, int inner) : base(nameof(GatedGelu))
    {
        proj = nn.Linear(width, 2 * inner);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var halves = proj.call(x).chunk(2, -1);
        return (halves[0] * nn.functional.gelu(halves[1])).MoveToOuterDisposeScope();
    }
}
