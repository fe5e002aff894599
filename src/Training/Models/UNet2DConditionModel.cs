using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>unet/config.json</c> of a UNet2DConditionModel: the options of Stable Diffusion 1.x, 2.x and XL.</summary>
public sealed record UNet2DConditionConfig
{
    /// <summary>Channels of a latent.</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Channels of the prediction.</summary>
    public int OutChannels { get; init; } = 4;

    /// <summary>Side of the latents it was made for.</summary>
    public int SampleSize { get; init; } = 64;

    /// <summary>Width of each stage, finest first.</summary>
    public int[] BlockOutChannels { get; init; } = [320, 640, 1280, 1280];

    /// <summary>Kind of each stage on the way down: <c>CrossAttnDownBlock2D</c> or <c>DownBlock2D</c>.</summary>
    public string[] DownBlockTypes { get; init; } = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"];

    /// <summary>Kind of each stage on the way up, coarsest first: <c>CrossAttnUpBlock2D</c> or <c>UpBlock2D</c>.</summary>
    public string[] UpBlockTypes { get; init; } = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"];

    /// <summary>Residual blocks in each stage on the way down; on the way up there is one more.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Channels of the text's states.</summary>
    public int CrossAttentionDim { get; init; } = 1280;

    /// <summary>Number of attention heads, one or one per stage: diffusers' configurations call it a dimension, and mean the number.</summary>
    public OneOrMany AttentionHeadDim { get; init; } = 8;

    /// <summary>Number of attention heads where the configuration says it by its name; null where it does not.</summary>
    public OneOrMany? NumAttentionHeads { get; init; }

    /// <summary>Transformer blocks in each attention, one number or one per stage.</summary>
    public OneOrMany TransformerLayersPerBlock { get; init; } = 1;

    /// <summary>Whether the layers around a transformer are linear, or 1×1 convolutions, which is the same with other shapes of weights.</summary>
    public bool UseLinearProjection { get; init; }

    /// <summary>Groups of every norm.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Of the norms outside of transformers.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary><c>text_time</c> where pooled text and sizes are added to the timestep (SDXL); null for none.</summary>
    public string? AdditionEmbedType { get; init; }

    /// <summary>Channels of each size's sinusoids.</summary>
    public int? AdditionTimeEmbedDim { get; init; }

    /// <summary>Channels of pooled text and all sizes together.</summary>
    public int? ProjectionClassEmbeddingsInputDim { get; init; }

    internal int Heads(int stage) => (NumAttentionHeads ?? AttentionHeadDim).At(stage);
}

/// <summary>The U-Net of Stable Diffusion: residual blocks with cross-attention to text, skip connections between the two ways.</summary>
/// <remarks>Rombach et al. (2022), arXiv 2112.10752; Podell et al. (2023), arXiv 2307.01952; diffusers 0.27 <c>UNet2DConditionModel</c>.</remarks>
public sealed class UNet2DConditionModel : Denoiser
{
    private readonly Convolution2d conv_in, conv_out;
    private readonly TimestepEmbedding time_embedding;
    private readonly TimestepEmbedding? add_embedding;
    private readonly ModuleList<UNetDownBlock> down_blocks;
    private readonly UNetMidBlock mid_block;
    private readonly ModuleList<UNetUpBlock> up_blocks;
    private readonly GroupNorm2d conv_norm_out;

    /// <exception cref="BadJobException">The configuration's lists have different lengths, or it asks for a kind of block that is not known.</exception>
    public UNet2DConditionModel(UNet2DConditionConfig config) : base(nameof(UNet2DConditionModel))
    {
        UNetStages.Check(config);
        Config = config;
        var widths = config.BlockOutChannels;
        var timeWidth = 4 * widths[0];
        conv_in = new Convolution2d(config.InChannels, widths[0], 3, padding: 1);
        time_embedding = new TimestepEmbedding(widths[0], timeWidth);
        if (config.AdditionEmbedType is not null) add_embedding = new TimestepEmbedding(config.ProjectionClassEmbeddingsInputDim!.Value, timeWidth);
        down_blocks = new ModuleList<UNetDownBlock>([.. UNetStages.Down(config).Select(stage => new UNetDownBlock(stage, config, timeWidth))]);
        mid_block = new UNetMidBlock(config, timeWidth);
        up_blocks = new ModuleList<UNetUpBlock>([.. UNetStages.Up(config).Select(stage => new UNetUpBlock(stage, config, timeWidth))]);
        conv_norm_out = new GroupNorm2d(config.NormNumGroups, widths[0], config.NormEps);
        conv_out = new Convolution2d(widths[0], config.OutChannels, 3, padding: 1);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public UNet2DConditionConfig Config { get; }

    /// <inheritdoc/>
    public override int LatentChannels => Config.InChannels;

    /// <inheritdoc/>
    public override int SampleSize => Config.SampleSize;

    /// <inheritdoc/>
    public override Tensor Predict(Tensor noisyLatents, Tensor timesteps, Conditioning conditioning)
    {
        using var scope = NewDisposeScope();
        var text = Needed(conditioning.Text, "a text");
        var time = time_embedding.call(timesteps);
        if (add_embedding is not null)
        {
            var (pooled, sizes) = (Needed(conditioning.PooledText, "the pooled text (addition_embed_type is text_time)"), Needed(conditioning.TimeIds, "sizes (addition_embed_type is text_time)"));
            time += add_embedding.Project(cat([pooled, Sizes(sizes)], 1));
        }

        var x = conv_in.call(noisyLatents);
        var skips = new Stack<Tensor>([x]);
        foreach (var block in down_blocks) x = block.call(x, time, text, skips, GradientCheckpointing);
        x = mid_block.call(x, time, text, GradientCheckpointing);
        foreach (var block in up_blocks) x = block.call(x, time, text, skips, GradientCheckpointing);
        return conv_out.call(nn.functional.silu(conv_norm_out.call(x))).MoveToOuterDisposeScope();
    }

    /// <summary>Initial weights: PyTorch's, but every residual branch and the output begin at zero.</summary>
    /// <remarks>As in Dhariwal and Nichol (2021), arXiv 2105.05233.</remarks>
    public void InitialiseForTraining()
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (name.StartsWith("conv_out", StringComparison.Ordinal) || name.Contains(".conv2.", StringComparison.Ordinal) || name.Contains(".proj_out.", StringComparison.Ordinal))
                nn.init.zeros_(parameter);
        }
    }

    // every number of every row by its own sinusoids, side by side
    private Tensor Sizes(Tensor timeIds) =>
        TimestepEmbedding.Sinusoids(timeIds.flatten(), Config.AdditionTimeEmbedDim!.Value).reshape(timeIds.shape[0], -1);
}
