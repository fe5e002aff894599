using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary><c>text_encoder/config.json</c> of a CLIP text model.</summary>
public sealed record ClipTextConfig
{
    /// <summary>Tokens in the vocabulary.</summary>
    public int VocabSize { get; init; } = 49408;

    /// <summary>Channels of the output.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Channels inside the feed-forward.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Longest sequence, in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;

    /// <summary><c>quick_gelu</c> or <c>gelu</c>.</summary>
    public string HiddenAct { get; init; } = "quick_gelu";

    /// <summary>Epsilon of the layer norms.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>Id of the token that ends a prompt; 2, in many published configurations, says nothing and stands for the largest id.</summary>
    public int EosTokenId { get; init; } = LargestId;

    /// <summary>Channels of the pooled embedding, where the model projects it.</summary>
    public int ProjectionDim { get; init; } = 512;

    /// <summary>The <see cref="EosTokenId"/> that CLIP's configurations carried before transformers 4.31 looked at it.</summary>
    internal const int LargestId = 2;
}

/// <summary>CLIP's text encoder: causal attention, no padding mask.</summary>
/// <remarks>Radford et al. (2021), arXiv 2103.00020; transformers 4.26 <c>CLIPTextModel</c>.</remarks>
public sealed class ClipTextModel : nn.Module
{
    private readonly ClipTextTransformer text_model;

    public ClipTextModel(ClipTextConfig config) : base(nameof(ClipTextModel))
    {
        Config = config;
        text_model = new ClipTextTransformer(config);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public ClipTextConfig Config { get; }

    /// <summary>The last layer's states after the final norm.</summary>
    /// <param name="inputIds">[B, S] token ids, int64.</param>
    /// <returns>[B, S, hidden size].</returns>
    public Tensor Encode(Tensor inputIds) => text_model.call(inputIds)[^1];

    /// <summary>The embeddings, each layer's output, and last the final norm of the last: [B, S, hidden size] each.</summary>
    public IReadOnlyList<Tensor> HiddenStates(Tensor inputIds) => text_model.call(inputIds);

    /// <summary>One embedding per prompt: the final state at the end of the text.</summary>
    /// <param name="lastHiddenState">[B, S, hidden size], what <see cref="Encode"/> gives.</param>
    /// <param name="inputIds">[B, S] token ids, int64.</param>
    /// <returns>[B, hidden size].</returns>
    public Tensor Pooled(Tensor lastHiddenState, Tensor inputIds) => text_model.Pooled(lastHiddenState, inputIds);

    /// <summary>CLIP's initial weights.</summary>
    public void InitialiseForTraining()
    {
        using var noGrad = no_grad();
        var residual = Math.Pow(Config.HiddenSize, -0.5) * Math.Pow(2 * Config.NumHiddenLayers, -0.5);
        foreach (var (name, parameter) in named_parameters())
        {
            if (parameter.shape.Length < 2) continue; // norms start at weight 1, bias 0
            var deviation = name.Contains("embedding", StringComparison.Ordinal) ? 0.02
                : name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal) || name.Contains("v_proj", StringComparison.Ordinal) ? residual
                : name.Contains("fc1", StringComparison.Ordinal) ? Math.Pow(2 * Config.HiddenSize, -0.5)
                : name.Contains("fc2", StringComparison.Ordinal) ? residual
                : Math.Pow(Config.HiddenSize, -0.5);
            nn.init.normal_(parameter, std: deviation);
        }
    }
}

internal sealed class ClipTextTransformer : nn.Module
{
    private readonly ClipTextEmbeddings embeddings;
    private readonly ClipEncoder encoder;
    private readonly LayerNorm final_layer_norm;
    private readonly int _eosTokenId;

    public ClipTextTransformer(ClipTextConfig config) : base(nameof(ClipTextTransformer))
    {
        _eosTokenId = config.EosTokenId;
        embeddings = new ClipTextEmbeddings(config);
        encoder = new ClipEncoder(config);
        final_layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public IReadOnlyList<Tensor> call(Tensor inputIds)
    {
        List<Tensor> states = [embeddings.call(inputIds)];
        foreach (var layer in encoder.layers) states.Add(layer.call(states[^1]));
        states.Add(final_layer_norm.call(states[^1]));
        return states;
    }

    public Tensor Pooled(Tensor lastHiddenState, Tensor inputIds)
    {
        using var scope = NewDisposeScope();
        // argmax takes the first of equals, so padding with the end token does no harm
        var end = (_eosTokenId == ClipTextConfig.LargestId ? inputIds : (inputIds == _eosTokenId).to(int64)).argmax(1);
        return lastHiddenState.gather(1, end.reshape(-1, 1, 1).expand(-1, 1, lastHiddenState.shape[2])).squeeze(1).MoveToOuterDisposeScope();
    }
}

internal sealed class ClipTextEmbeddings : nn.Module<Tensor, Tensor>
{
    private readonly Embedding token_embedding, position_embedding;

    public ClipTextEmbeddings(ClipTextConfig config) : base(nameof(ClipTextEmbeddings))
    {
        token_embedding = nn.Embedding(config.VocabSize, config.HiddenSize);
        position_embedding = nn.Embedding(config.MaxPositionEmbeddings, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor inputIds) =>
        token_embedding.call(inputIds) + position_embedding.call(arange(inputIds.shape[1], dtype: int64, device: inputIds.device)).unsqueeze(0);
}

internal sealed class ClipEncoder : nn.Module
{
    public readonly ModuleList<ClipEncoderLayer> layers;

    public ClipEncoder(ClipTextConfig config) : base(nameof(ClipEncoder))
    {
        layers = new ModuleList<ClipEncoderLayer>(Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ClipEncoderLayer(config)).ToArray());
        RegisterComponents();
    }
}

internal sealed class ClipEncoderLayer : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm layer_norm1, layer_norm2;
    private readonly ClipAttention self_attn;
    private readonly ClipMlp mlp;

    public ClipEncoderLayer(ClipTextConfig config) : base(nameof(ClipEncoderLayer))
    {
        layer_norm1 = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        self_attn = new ClipAttention(config);
        layer_norm2 = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        mlp = new ClipMlp(config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x + self_attn.call(layer_norm1.call(x));
        return x + mlp.call(layer_norm2.call(x));
    }
}

internal sealed class ClipAttention : nn.Module<Tensor, Tensor>
{
    private readonly Linear q_proj, k_proj, v_proj, out_proj;
    private readonly int _heads;

    public ClipAttention(ClipTextConfig config) : base(nameof(ClipAttention))
    {
        _heads = config.NumAttentionHeads;
        q_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        k_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        v_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        out_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var attended = nn.functional.scaled_dot_product_attention(Heads(q_proj.call(x)), Heads(k_proj.call(x)), Heads(v_proj.call(x)), is_casual: true);
        return out_proj.call(attended.transpose(1, 2).flatten(2));
    }

    // [B, S, C] -> [B, heads, S, C / heads]
    private Tensor Heads(Tensor x) => x.reshape(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
}

internal sealed class ClipMlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1, fc2;
    private readonly bool _quick;

    public ClipMlp(ClipTextConfig config) : base(nameof(ClipMlp))
    {
        _quick = config.HiddenAct switch
        {
            "quick_gelu" => true,
            "gelu" => false,
            _ => throw new ArgumentException($"hidden_act is '{config.HiddenAct}'; known are quick_gelu and gelu.", nameof(config)),
        };
        fc1 = nn.Linear(config.HiddenSize, config.IntermediateSize);
        fc2 = nn.Linear(config.IntermediateSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var inner = fc1.call(x);
        return fc2.call(_quick ? inner * sigmoid(1.702 * inner) : nn.functional.gelu(inner));
    }
}
