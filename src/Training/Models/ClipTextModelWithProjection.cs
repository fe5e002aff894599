using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>CLIP's text encoder with its projection to the space shared with images: SDXL's second text encoder.</summary>
/// <remarks>Radford et al. (2021), arXiv 2103.00020; Podell et al. (2023), arXiv 2307.01952, section 2; transformers 4.26 <c>CLIPTextModelWithProjection</c>.</remarks>
public sealed class ClipTextModelWithProjection : nn.Module
{
    private readonly ClipTextTransformer text_model;
    private readonly Linear text_projection;

    public ClipTextModelWithProjection(ClipTextConfig config) : base(nameof(ClipTextModelWithProjection))
    {
        Config = config;
        text_model = new ClipTextTransformer(config);
        text_projection = nn.Linear(config.HiddenSize, config.ProjectionDim, hasBias: false);
        RegisterComponents();
    }

    /// <summary>The configuration it was built from.</summary>
    public ClipTextConfig Config { get; }

    /// <summary>What SDXL takes of it: the states before the last layer, without the final norm, and the projected pooled embedding.</summary>
    /// <param name="inputIds">[B, S] token ids, int64.</param>
    /// <returns>[B, S, hidden size] (<c>hidden_states[-2]</c>) and [B, projection channels] (<c>text_embeds</c>).</returns>
    public (Tensor HiddenStates, Tensor TextEmbeds) Encode(Tensor inputIds)
    {
        using var scope = NewDisposeScope();
        var states = HiddenStates(inputIds);
        return (states[^3].MoveToOuterDisposeScope(), TextEmbeds(states[^1], inputIds).MoveToOuterDisposeScope());
    }

    /// <summary>The embeddings, each layer's output, and last the final norm of the last: [B, S, hidden size] each.</summary>
    public IReadOnlyList<Tensor> HiddenStates(Tensor inputIds) => text_model.call(inputIds);

    private Tensor TextEmbeds(Tensor lastHiddenState, Tensor inputIds) => text_projection.call(text_model.Pooled(lastHiddenState, inputIds));
}
