using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>transformer/config.json</c> of a PixArt denoiser.</summary>
public sealed record PixArtConfig
{
    /// <summary>Channels of a latent.</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Channels of the output: as many as go in, or twice as many where a variance is learnt too.</summary>
    public int OutChannels { get; init; } = 8;

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

    /// <summary>Channels of the text embedding.</summary>
    public int CaptionChannels { get; init; } = 4096;

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>Epsilon of the layer norms.</summary>
    public double NormEps { get; init; } = 1e-6;

    /// <summary>Divides positions; null means the side of the latent over 64, at least 1.</summary>
    public double? InterpolationScale { get; init; }

    /// <summary>Whether it is told the image's size and aspect ratio; null means where the latent's side is 128 (PixArt-α of 1024 pixels).</summary>
    public bool? UseAdditionalConditions { get; init; }

    /// <summary><see cref="UseAdditionalConditions"/> with its default resolved.</summary>
    internal bool IsToldSizes => UseAdditionalConditions ?? SampleSize == 128;
}

/// <summary>The PixArt-α diffusion transformer: cross-attention to text, one timestep modulation shared by all blocks.</summary>
/// <remarks>Chen et al. (2023), arXiv 2310.00426; diffusers 0.27 <c>Transformer2DModel</c> with <c>ada_norm_single</c>, later <c>PixArtTransformer2DModel</c>.</remarks>
public sealed class PixArtTransformer2DModel : Denoiser
{
    private readonly PatchEmbed pos_embed;
    private readonly AdaLayerNormSingle adaln_single;
    private readonly CaptionProjection caption_projection;
    private readonly ModuleList<PixArtBlock> transformer_blocks;
    private readonly Parameter scale_shift_table;
    private readonly Linear proj_out;
    private readonly int _width;

    public PixArtTransformer2DModel(PixArtConfig config) : base(nameof(PixArtTransformer2DModel))
    {
        Config = config;
        _width = config.NumAttentionHeads * config.AttentionHeadDim;
        pos_embed = new PatchEmbed(config.InChannels, _width, config.PatchSize, config.SampleSize, config.InterpolationScale ?? Math.Max(config.SampleSize / 64, 1));
        adaln_single = new AdaLayerNormSingle(_width, config.IsToldSizes);
        caption_projection = new CaptionProjection(config.CaptionChannels, _width);
        transformer_blocks = new ModuleList<PixArtBlock>(Enumerable.Range(0, config.NumLayers).Select(_ => new PixArtBlock(config, _width)).ToArray());
        scale_shift_table = new Parameter(randn(2, _width) / Math.Sqrt(_width));
        proj_out = nn.Linear(_width, config.PatchSize * config.PatchSize * config.OutChannels);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public PixArtConfig Config { get; }

    /// <inheritdoc/>
    public override int LatentChannels => Config.InChannels;

    /// <inheritdoc/>
    public override int SampleSize => Config.SampleSize;

    /// <inheritdoc/>
    public override int SideMultiple => Config.PatchSize;

    /// <inheritdoc/>
    public override Tensor Predict(Tensor noisyLatents, Tensor timesteps, Conditioning conditioning) =>
        Forward(noisyLatents, timesteps, Needed(conditioning.Text, "a text"), conditioning.Mask)[.., ..Config.InChannels];

    /// <summary>The network's whole output.</summary>
    /// <param name="noisyLatents">[B, C, H, W]; need not be square.</param>
    /// <param name="timesteps">[B].</param>
    /// <param name="encoderHiddenStates">[B, S, caption channels].</param>
    /// <param name="encoderMask">[B, S], 1 for a token and 0 for padding; null when all count.</param>
    /// <param name="size">Of the images, where the model is told it; null for that of the latents, eight pixels each. Other models do not look at it.</param>
    /// <returns>[B, out channels, H, W].</returns>
    public Tensor Forward(Tensor noisyLatents, Tensor timesteps, Tensor encoderHiddenStates, Tensor? encoderMask, PixArtImageSize? size = null)
    {
        using var scope = NewDisposeScope(); // what the backward pass does not need goes at once
        var (batch, height, width) = (noisyLatents.shape[0], noisyLatents.shape[2] / Config.PatchSize, noisyLatents.shape[3] / Config.PatchSize);
        var x = pos_embed.call(noisyLatents);                                    // [B, T, width]
        var (modulation, time) = adaln_single.call(timesteps, Config.IsToldSizes ? size ?? PixArtImageSize.Of(noisyLatents) : null); // [B, 6 width], [B, width]
        var context = caption_projection.call(encoderHiddenStates);              // [B, S, width]
        var mask = encoderMask is null ? null : ((1 - encoderMask.to(x.dtype)) * -10_000.0).reshape(batch, 1, 1, -1);
        foreach (var block in transformer_blocks)
        {
            var next = Checkpointed.Call(GradientCheckpointing, inputs => block.call(inputs[0], inputs[1], inputs[2], inputs[3]), x, context, modulation, mask);
            x.Dispose();
            x = next;
        }

        var shiftAndScale = (scale_shift_table.unsqueeze(0) + time.unsqueeze(1)).chunk(2, 1);
        x = PixArtBlock.Normalised(x, _width, Config.NormEps) * (1 + shiftAndScale[1]) + shiftAndScale[0];
        return Patches.Joined(proj_out.call(x), height, width, Config.PatchSize).MoveToOuterDisposeScope();
    }

    /// <summary>PixArt's initial weights: small embeddings, blocks and output that start as the identity.</summary>
    public void InitialiseForTraining()
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (name.EndsWith("bias", StringComparison.Ordinal)) nn.init.zeros_(parameter);
            else if (name.StartsWith("proj_out", StringComparison.Ordinal) || name.Contains("attn2.to_out", StringComparison.Ordinal)) nn.init.zeros_(parameter);
            else if (name.Contains("scale_shift_table", StringComparison.Ordinal)) continue;
            else if (name.StartsWith("adaln_single", StringComparison.Ordinal) || name.StartsWith("caption_projection", StringComparison.Ordinal)) nn.init.normal_(parameter, std: 0.02);
            else nn.init.xavier_uniform_(parameter.shape.Length == 4 ? parameter.flatten(1) : parameter);
        }
    }
}

internal sealed class CaptionProjection : nn.Module<Tensor, Tensor>
{
    private readonly Linear linear_1, linear_2;

    public CaptionProjection(int captionChannels, int width) : base(nameof(CaptionProjection))
    {
        linear_1 = nn.Linear(captionChannels, width);
        linear_2 = nn.Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor captions) => linear_2.call(nn.functional.gelu(linear_1.call(captions), TorchSharp.Modules.GELU.Approximate.tanh));
}

/// <summary>Self-attention, attention to the text, feed-forward; the first and last modulated by the timestep.</summary>
internal sealed class PixArtBlock : nn.Module
{
    private readonly Parameter scale_shift_table;
    private readonly Attention attn1, attn2;
    private readonly FeedForward ff;
    private readonly int _width;
    private readonly double _epsilon;

    public PixArtBlock(PixArtConfig config, int width) : base(nameof(PixArtBlock))
    {
        (_width, _epsilon) = (width, config.NormEps);
        scale_shift_table = new Parameter(randn(6, width) / Math.Sqrt(width));
        attn1 = new Attention(width, width, config.NumAttentionHeads, config.AttentionHeadDim, config.AttentionBias);
        attn2 = new Attention(width, width, config.NumAttentionHeads, config.AttentionHeadDim, config.AttentionBias);
        ff = new FeedForward(width);
        RegisterComponents();
    }

    /// <summary>Layer norm without weights.</summary>
    public static Tensor Normalised(Tensor x, int width, double epsilon) => nn.functional.layer_norm(x, [width], null, null, epsilon);

    public Tensor call(Tensor x, Tensor context, Tensor modulation, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        // [B, 1, width] each: shift, scale and gate of attention, then of the feed-forward
        var m = (scale_shift_table.unsqueeze(0) + modulation.reshape(modulation.shape[0], 6, _width)).chunk(6, 1);
        var normed = Normalised(x, _width, _epsilon) * (1 + m[1]) + m[0];
        x = x + m[2] * attn1.call(normed, normed);
        x = x + attn2.call(x, context, mask);
        return (x + m[5] * ff.call(Normalised(x, _width, _epsilon) * (1 + m[4]) + m[3])).MoveToOuterDisposeScope();
    }
}
