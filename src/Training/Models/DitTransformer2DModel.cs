using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>transformer/config.json</c> of a class-conditional DiT.</summary>
public sealed record DitConfig
{
    /// <summary>Channels of a latent.</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Channels of the output: twice those of a latent where a variance is learnt too; null for as many.</summary>
    public int? OutChannels { get; init; }

    /// <summary>Side of a latent the position embedding is made for.</summary>
    public int SampleSize { get; init; } = 32;

    /// <summary>Side of the patch of latents that makes one token.</summary>
    public int PatchSize { get; init; } = 2;

    /// <summary>Transformer blocks.</summary>
    public int NumLayers { get; init; } = 28;

    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 16;

    /// <summary>Channels per head.</summary>
    public int AttentionHeadDim { get; init; } = 72;

    /// <summary>Classes; the label after the last means "no class".</summary>
    public int NumEmbedsAdaNorm { get; init; } = 1000;

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>Epsilon of the norm before the feed-forward; the others have 1e-6.</summary>
    public double NormEps { get; init; } = 1e-5;
}

/// <summary>The diffusion transformer conditioned on a class: timestep and label modulate every block.</summary>
/// <remarks>
/// Peebles and Xie (2023), arXiv 2212.09748; diffusers 0.27 <c>Transformer2DModel</c> with <c>ada_norm_zero</c>, later <c>DiTTransformer2DModel</c>.
/// Labels are dropped for classifier-free guidance by the caller, who puts <see cref="NullClass"/> in their place.
/// </remarks>
public sealed class DitTransformer2DModel : Denoiser
{
    private readonly PatchEmbed pos_embed;
    private readonly ModuleList<DitBlock> transformer_blocks;
    private readonly Linear proj_out_1, proj_out_2;
    private readonly int _width;

    public DitTransformer2DModel(DitConfig config) : base(nameof(DitTransformer2DModel))
    {
        Config = config;
        _width = config.NumAttentionHeads * config.AttentionHeadDim;
        pos_embed = new PatchEmbed(config.InChannels, _width, config.PatchSize, config.SampleSize, Math.Max(config.SampleSize / 64, 1));
        transformer_blocks = new ModuleList<DitBlock>(Enumerable.Range(0, config.NumLayers).Select(_ => new DitBlock(config, _width)).ToArray());
        proj_out_1 = nn.Linear(_width, 2 * _width);
        proj_out_2 = nn.Linear(_width, config.PatchSize * config.PatchSize * (config.OutChannels ?? config.InChannels));
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public DitConfig Config { get; }

    /// <inheritdoc/>
    public override int LatentChannels => Config.InChannels;

    /// <inheritdoc/>
    public override int SampleSize => Config.SampleSize;

    /// <inheritdoc/>
    public override int SideMultiple => Config.PatchSize;

    /// <summary>No: it was trained on squares, with positions that know no other.</summary>
    public override bool TakesAnyShape => false;

    /// <summary>The label that means "no class": what a dropped label becomes in training and the unconditional half of guidance gets.</summary>
    public int NullClass => Config.NumEmbedsAdaNorm;

    /// <inheritdoc/>
    public override Tensor Predict(Tensor noisyLatents, Tensor timesteps, Conditioning conditioning) =>
        Forward(noisyLatents, timesteps, Needed(conditioning.ClassLabels, "classes"))[.., ..Config.InChannels];

    /// <summary>The network's whole output.</summary>
    /// <param name="noisyLatents">[B, C, H, W]; need not be square.</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="classLabels">[B], int64, 0 to <see cref="NullClass"/>.</param>
    /// <returns>[B, out channels, H, W].</returns>
    public Tensor Forward(Tensor noisyLatents, Tensor timesteps, Tensor classLabels)
    {
        using var scope = NewDisposeScope(); // what the backward pass does not need goes at once
        var (height, width) = (noisyLatents.shape[2] / Config.PatchSize, noisyLatents.shape[3] / Config.PatchSize);
        var x = pos_embed.call(noisyLatents); // [B, T, width]
        foreach (var block in transformer_blocks)
        {
            var next = Checkpointed.Call(GradientCheckpointing, inputs => block.call(inputs[0], inputs[1], inputs[2]), x, timesteps, classLabels);
            x.Dispose();
            x = next;
        }

        // the output is modulated by the first block's embedding
        var condition = transformer_blocks[0].Embed(timesteps, classLabels); // [B, width]
        var m = proj_out_1.call(nn.functional.silu(condition)).unsqueeze(1).chunk(2, 2);
        x = AdaLayerNormZero.Normalised(x, _width) * (1 + m[1]) + m[0];
        return Patches.Joined(proj_out_2.call(x), height, width, Config.PatchSize).MoveToOuterDisposeScope();
    }
}

/// <summary>Self-attention and feed-forward, both shifted, scaled and gated by timestep and class.</summary>
internal sealed class DitBlock : nn.Module
{
    private readonly AdaLayerNormZero norm1;
    private readonly Attention attn1;
    private readonly FeedForward ff;
    private readonly int _width;
    private readonly double _epsilon;

    public DitBlock(DitConfig config, int width) : base(nameof(DitBlock))
    {
        (_width, _epsilon) = (width, config.NormEps);
        norm1 = new AdaLayerNormZero(config, width);
        attn1 = new Attention(width, width, config.NumAttentionHeads, config.AttentionHeadDim, config.AttentionBias);
        ff = new FeedForward(width);
        RegisterComponents();
    }

    /// <summary>Timestep and label as one vector: [B, width].</summary>
    public Tensor Embed(Tensor timesteps, Tensor classLabels) => norm1.Embed(timesteps, classLabels);

    public Tensor call(Tensor x, Tensor timesteps, Tensor classLabels)
    {
        using var scope = NewDisposeScope();
        // [B, 1, width] each: shift, scale and gate of attention, then of the feed-forward
        var m = norm1.Modulation(timesteps, classLabels);
        var normed = AdaLayerNormZero.Normalised(x, _width) * (1 + m[1]) + m[0];
        x = x + m[2] * attn1.call(normed, normed);
        return (x + m[5] * ff.call(nn.functional.layer_norm(x, [_width], null, null, _epsilon) * (1 + m[4]) + m[3])).MoveToOuterDisposeScope();
    }
}

/// <summary>Timestep and label to a block's six shifts, scales and gates.</summary>
internal sealed class AdaLayerNormZero : nn.Module
{
    private readonly TimestepLabelEmbeddings emb;
    private readonly Linear linear;

    public AdaLayerNormZero(DitConfig config, int width) : base(nameof(AdaLayerNormZero))
    {
        emb = new TimestepLabelEmbeddings(config.NumEmbedsAdaNorm, width);
        linear = nn.Linear(width, 6 * width);
        RegisterComponents();
    }

    /// <summary>Layer norm without weights, ε 1e-6.</summary>
    public static Tensor Normalised(Tensor x, int width) => nn.functional.layer_norm(x, [width], null, null, 1e-6);

    public Tensor Embed(Tensor timesteps, Tensor classLabels) => emb.call(timesteps, classLabels);

    public Tensor[] Modulation(Tensor timesteps, Tensor classLabels) =>
        linear.call(nn.functional.silu(Embed(timesteps, classLabels))).unsqueeze(1).chunk(6, 2);
}

/// <remarks>diffusers 0.27 <c>CombinedTimestepLabelEmbeddings</c>, whose timesteps have <c>downscale_freq_shift=1</c>.</remarks>
internal sealed class TimestepLabelEmbeddings : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TimestepEmbedding timestep_embedder;
    private readonly LabelEmbedding class_embedder;

    public TimestepLabelEmbeddings(int classes, int width) : base(nameof(TimestepLabelEmbeddings))
    {
        timestep_embedder = new TimestepEmbedding(256, width, shift: 1);
        class_embedder = new LabelEmbedding(classes, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor timesteps, Tensor classLabels) => timestep_embedder.call(timesteps) + class_embedder.call(classLabels);
}

/// <summary>A vector for each class and one for none.</summary>
internal sealed class LabelEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Embedding embedding_table;

    public LabelEmbedding(int classes, int width) : base(nameof(LabelEmbedding))
    {
        embedding_table = nn.Embedding(classes + 1, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor labels) => embedding_table.call(labels);
}
