using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>text_encoder/config.json</c> of a T5 encoder.</summary>
public sealed record T5Config
{
    /// <summary>Tokens in the vocabulary.</summary>
    public int VocabSize { get; init; } = 32128;

    /// <summary>Channels of the output.</summary>
    public int DModel { get; init; } = 512;

    /// <summary>Channels per attention head.</summary>
    public int DKv { get; init; } = 64;

    /// <summary>Channels inside the feed-forward.</summary>
    public int DFf { get; init; } = 2048;

    /// <summary>Blocks.</summary>
    public int NumLayers { get; init; } = 6;

    /// <summary>Attention heads.</summary>
    public int NumHeads { get; init; } = 8;

    /// <summary>Relative positions told apart, both directions together.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Distances from here on share one bucket, in tokens.</summary>
    public int RelativeAttentionMaxDistance { get; init; } = 128;

    /// <summary>Epsilon of the norms.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary><c>gated-gelu</c> (T5 1.1, the encoder of PixArt) or <c>relu</c> (T5 1.0).</summary>
    public string FeedForwardProj { get; init; } = "relu";
}

/// <summary>The encoder half of T5: bidirectional attention with relative positions, for inference.</summary>
/// <remarks>
/// Raffel et al. (2020), arXiv 1910.10683, and Shazeer (2020), arXiv 2002.05202, for the gated feed-forward; transformers 4.26
/// <c>T5EncoderModel</c>. Dropout is left out: a diffusion model's text encoder stays as it is.
/// </remarks>
public sealed class T5EncoderModel : nn.Module
{
    /// <summary>The two names under which files hold the token embedding; either is enough.</summary>
    internal const string Embedding = "shared.weight", EmbeddingInEncoder = "encoder.embed_tokens.weight";

    private readonly Embedding shared;
    private readonly T5Stack encoder;

    public T5EncoderModel(T5Config config) : base(nameof(T5EncoderModel))
    {
        Config = config;
        shared = nn.Embedding(config.VocabSize, config.DModel);
        encoder = new T5Stack(config);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public T5Config Config { get; }

    /// <summary>The last block's states after the final norm.</summary>
    /// <param name="inputIds">[B, S] token ids, int64.</param>
    /// <param name="attentionMask">[B, S], 1 for a token and 0 for padding; null when all count.</param>
    /// <returns>[B, S, model channels]; states of padding are defined but mean nothing.</returns>
    public Tensor Encode(Tensor inputIds, Tensor? attentionMask = null)
    {
        using var scope = NewDisposeScope();
        return HiddenStates(inputIds, attentionMask)[^1].MoveToOuterDisposeScope();
    }

    /// <summary>The embeddings, each block's output, and last the final norm of the last: [B, S, model channels] each.</summary>
    /// <inheritdoc cref="Encode" path="/param"/>
    public IReadOnlyList<Tensor> HiddenStates(Tensor inputIds, Tensor? attentionMask = null) => encoder.call(shared.call(inputIds), attentionMask);
}

internal sealed class T5Stack : nn.Module
{
    private readonly ModuleList<T5Block> block;
    private readonly T5LayerNorm final_layer_norm;

    public T5Stack(T5Config config) : base(nameof(T5Stack))
    {
        block = new ModuleList<T5Block>(Enumerable.Range(0, config.NumLayers).Select(i => new T5Block(config, hasPositions: i == 0)).ToArray());
        final_layer_norm = new T5LayerNorm(config);
        RegisterComponents();
    }

    public IReadOnlyList<Tensor> call(Tensor embeddings, Tensor? mask)
    {
        // the first block's table of positions serves all blocks
        var bias = block[0].PositionBias(embeddings.shape[1]);
        if (mask is not null) bias = bias + (1 - mask.to(float32)).reshape(mask.shape[0], 1, 1, -1) * float.MinValue;
        List<Tensor> states = [embeddings];
        foreach (var next in block) states.Add(next.call(states[^1], bias));
        states.Add(final_layer_norm.call(states[^1]));
        return states;
    }
}

internal sealed class T5Block : nn.Module
{
    private readonly ModuleList<nn.Module> layer;

    public T5Block(T5Config config, bool hasPositions) : base(nameof(T5Block))
    {
        layer = new ModuleList<nn.Module>(new T5LayerSelfAttention(config, hasPositions), new T5LayerFF(config));
        RegisterComponents();
    }

    private T5LayerSelfAttention SelfAttention => (T5LayerSelfAttention)layer[0];

    public Tensor PositionBias(long length) => SelfAttention.PositionBias(length);

    public Tensor call(Tensor x, Tensor bias)
    {
        using var scope = NewDisposeScope();
        return ((T5LayerFF)layer[1]).call(SelfAttention.call(x, bias)).MoveToOuterDisposeScope();
    }
}

internal sealed class T5LayerSelfAttention : nn.Module
{
    private readonly T5Attention SelfAttention;
    private readonly T5LayerNorm layer_norm;

    public T5LayerSelfAttention(T5Config config, bool hasPositions) : base(nameof(T5LayerSelfAttention))
    {
        SelfAttention = new T5Attention(config, hasPositions);
        layer_norm = new T5LayerNorm(config);
        RegisterComponents();
    }

    public Tensor PositionBias(long length) => SelfAttention.PositionBias(length);

    public Tensor call(Tensor x, Tensor bias) => x + SelfAttention.call(layer_norm.call(x), bias);
}

/// <summary>Attention whose scores are not scaled: T5's initial weights make up for it.</summary>
internal sealed class T5Attention : nn.Module
{
    private readonly Linear q, k, v, o;
    private readonly Embedding? relative_attention_bias;
    private readonly T5Config _config;

    public T5Attention(T5Config config, bool hasPositions) : base(nameof(T5Attention))
    {
        _config = config;
        var inner = config.NumHeads * config.DKv;
        q = nn.Linear(config.DModel, inner, hasBias: false);
        k = nn.Linear(config.DModel, inner, hasBias: false);
        v = nn.Linear(config.DModel, inner, hasBias: false);
        o = nn.Linear(inner, config.DModel, hasBias: false);
        if (hasPositions) relative_attention_bias = nn.Embedding(config.RelativeAttentionNumBuckets, config.NumHeads);
        RegisterComponents();
    }

    /// <summary>What each head adds to its scores by distance: [1, heads, S, S], float32.</summary>
    /// <exception cref="InvalidOperationException">It is not the first block's.</exception>
    public Tensor PositionBias(long length)
    {
        var table = relative_attention_bias ?? throw new InvalidOperationException("Only T5's first block has a table of positions.");
        var positions = arange(length, dtype: int64, device: table.weight!.device);
        var buckets = Buckets(positions.unsqueeze(0) - positions.unsqueeze(1), _config.RelativeAttentionNumBuckets, _config.RelativeAttentionMaxDistance);
        return table.call(buckets).permute(2, 0, 1).unsqueeze(0).to(float32);
    }

    /// <param name="x">[B, S, model channels].</param>
    /// <param name="bias">Added to the scores in float32, whatever the weights are; broadcast to [B, heads, S, S].</param>
    public Tensor call(Tensor x, Tensor bias)
    {
        var (batch, length) = (x.shape[0], x.shape[1]);
        var scores = bmm(Heads(q.call(x)), Heads(k.call(x)).transpose(1, 2)).reshape(batch, _config.NumHeads, length, length).to(float32) + bias;
        var weights = nn.functional.softmax(scores, -1).to(x.dtype).reshape(-1, length, length);
        return o.call(bmm(weights, Heads(v.call(x))).reshape(batch, _config.NumHeads, length, -1).transpose(1, 2).flatten(2));
    }

    /// <summary>
    /// The row of the table for a distance key − query: one each for short distances, then logarithmically wider, the first half of
    /// the table for keys before the query or at it, the second for keys after it.
    /// </summary>
    /// <param name="distances">int64, any shape.</param>
    /// <param name="buckets">Rows of the table.</param>
    /// <param name="maxDistance">Distances from here on share the last row of their half.</param>
    internal static Tensor Buckets(Tensor distances, int buckets, int maxDistance)
    {
        var half = buckets / 2;
        var exact = half / 2;
        var length = distances.abs();
        // float32 as in the reference, so that a distance on a boundary falls on the same side
        var wide = exact + (log(length.clamp(min: 1).to(float32) / exact) / Math.Log((double)maxDistance / exact) * (half - exact)).to(int64);
        return (distances > 0).to(int64) * half + where(length < exact, length, wide.clamp(max: half - 1));
    }

    // [B, S, heads · C] -> [B · heads, S, C]
    private Tensor Heads(Tensor x) => x.reshape(x.shape[0], x.shape[1], _config.NumHeads, -1).transpose(1, 2).flatten(0, 1);
}

internal sealed class T5LayerFF : nn.Module<Tensor, Tensor>
{
    private readonly T5Dense DenseReluDense;
    private readonly T5LayerNorm layer_norm;

    public T5LayerFF(T5Config config) : base(nameof(T5LayerFF))
    {
        DenseReluDense = new T5Dense(config);
        layer_norm = new T5LayerNorm(config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x + DenseReluDense.call(layer_norm.call(x));
}

/// <summary>wo relu(wi x), or gated: wo (gelu(wi_0 x) · wi_1 x).</summary>
internal sealed class T5Dense : nn.Module<Tensor, Tensor>
{
    private readonly Linear? wi, wi_0, wi_1;
    private readonly Linear wo;

    public T5Dense(T5Config config) : base(nameof(T5Dense))
    {
        Linear Inner() => nn.Linear(config.DModel, config.DFf, hasBias: false);
        switch (config.FeedForwardProj)
        {
            case "gated-gelu": (wi_0, wi_1) = (Inner(), Inner()); break;
            case "relu": wi = Inner(); break;
            default: throw new BadJobException($"feed_forward_proj of a T5 encoder is '{config.FeedForwardProj}'; known are gated-gelu and relu.");
        }
        wo = nn.Linear(config.DFf, config.DModel, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => wo.call(wi is not null
        ? nn.functional.relu(wi.call(x))
        : nn.functional.gelu(wi_0!.call(x), TorchSharp.Modules.GELU.Approximate.tanh) * wi_1!.call(x));
}

/// <summary>Division by the root mean square in float32, without mean and without bias.</summary>
/// <remarks>Zhang and Sennrich (2019), arXiv 1910.07467.</remarks>
internal sealed class T5LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly double _epsilon;

    public T5LayerNorm(T5Config config) : base(nameof(T5LayerNorm))
    {
        _epsilon = config.LayerNormEpsilon;
        weight = nn.Parameter(ones(config.DModel));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var wide = x.to(float32);
        return weight * (wide * rsqrt(wide.square().mean([-1], keepdim: true) + _epsilon)).to(weight.dtype);
    }
}
