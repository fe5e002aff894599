using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Pretraining;

/// <summary>A denoiser and the text encoder it listens to, trained with it or frozen.</summary>
internal sealed class TextAndDenoiser : nn.Module
{
#pragma warning disable IDE1006 // field names are state keys
    public readonly ClipTextModel text_encoder;
    public readonly PixArtTransformer2DModel? transformer;
    public readonly UNet2DConditionModel? unet;
#pragma warning restore IDE1006

    private readonly bool _textIsTrained;

    public TextAndDenoiser(ClipTokenizer tokenizer, int latentSize, string output, DenoiserSettings settings) : base(nameof(TextAndDenoiser))
    {
        _textIsTrained = settings.Network == PretrainedNetwork.Transformer;
        if (_textIsTrained)
        {
            text_encoder = NewTextEncoder(tokenizer, settings);
            transformer = NewTransformer(latentSize, settings);
        }
        else
        {
            text_encoder = DiffusersFolder.LoadTextEncoder(Path.Combine(output, "text_encoder"));
            foreach (var parameter in text_encoder.parameters()) parameter.requires_grad = false;
            var before = Path.Combine(output, "unet");
            unet = Directory.Exists(before) ? DiffusersFolder.LoadUNet(before) : NewUNet(latentSize, text_encoder.Config.HiddenSize, settings);
        }
        RegisterComponents();
    }

    /// <summary>The one there is.</summary>
    public Denoiser Denoiser => (Denoiser?)unet ?? transformer!;

    /// <summary>What the denoiser is told of token ids, [B, S]; with gradient only where the text encoder is trained.</summary>
    public Conditioning Encode(Tensor ids)
    {
        using var noGrad = _textIsTrained ? null : no_grad();
        return new() { Text = text_encoder.Encode(ids) };
    }

    private static ClipTextModel NewTextEncoder(ClipTokenizer tokenizer, DenoiserSettings settings)
    {
        var model = new ClipTextModel(new ClipTextConfig
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = settings.TextWidth,
            IntermediateSize = 4 * settings.TextWidth,
            NumHiddenLayers = settings.TextLayers,
            NumAttentionHeads = settings.TextWidth / 64,
            MaxPositionEmbeddings = settings.MaxTokens,
        });
        model.InitialiseForTraining();
        return model;
    }

    private static PixArtTransformer2DModel NewTransformer(int latentSize, DenoiserSettings settings)
    {
        var model = new PixArtTransformer2DModel(new PixArtConfig
        {
            OutChannels = 4,
            SampleSize = latentSize,
            NumLayers = settings.Layers,
            NumAttentionHeads = settings.Heads,
            AttentionHeadDim = 64,
            CaptionChannels = settings.TextWidth,
        });
        model.InitialiseForTraining();
        return model;
    }

    private static UNet2DConditionModel NewUNet(int latentSize, int textWidth, DenoiserSettings settings)
    {
        int[] widths = [settings.UnetWidth, settings.UnetInnerWidth];
        var model = new UNet2DConditionModel(new UNet2DConditionConfig
        {
            SampleSize = latentSize,
            BlockOutChannels = widths,
            DownBlockTypes = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
            UpBlockTypes = ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
            LayersPerBlock = settings.UnetLayers,
            CrossAttentionDim = textWidth,
            AttentionHeadDim = new OneOrMany([.. widths.Select(width => width / 32)]),
            UseLinearProjection = true,
        });
        model.InitialiseForTraining();
        return model;
    }
}
