using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Conditioners;

/// <summary>
/// SDXL's two CLIP text encoders: the states before each one's last layer side by side, and the second one's projection of the whole
/// text. Images are said to be of the model's size and not cropped.
/// </summary>
/// <remarks>Podell et al. (2023), arXiv 2307.01952, section 2; diffusers 0.27 <c>StableDiffusionXLPipeline.encode_prompt</c>.</remarks>
internal sealed class SdxlPromptEncoder : IPromptEncoder
{
    private readonly ClipTokenizer _tokenizer, _tokenizer2;
    private readonly ClipTextModel _encoder;
    private readonly ClipTextModelWithProjection _encoder2;
    private readonly int _imageSize;
    private readonly Device _device;
    private readonly bool _zerosForEmpty;

    /// <param name="modelFolder">Folder with <c>tokenizer</c>, <c>tokenizer_2</c>, <c>text_encoder</c> and <c>text_encoder_2</c>.</param>
    /// <param name="index">Says how the empty prompt is encoded.</param>
    /// <param name="imageSize">Side of the model's images, in pixels.</param>
    /// <param name="device">Where the networks work.</param>
    /// <exception cref="BadJobException">A part is missing or of a class that is not known.</exception>
    public SdxlPromptEncoder(string modelFolder, ModelIndex index, int imageSize, Device device)
    {
        (_imageSize, _zerosForEmpty, _device) = (imageSize, index.ForceZerosForEmptyPrompt, device);
        _tokenizer = ClipTokenizer.Load(Path.Combine(modelFolder, "tokenizer"));
        _tokenizer2 = ClipTokenizer.Load(Path.Combine(modelFolder, "tokenizer_2"));
        _encoder = DiffusersFolder.LoadTextEncoder(Path.Combine(modelFolder, "text_encoder")).to(device);
        _encoder2 = DiffusersFolder.LoadTextEncoderWithProjection(Path.Combine(modelFolder, "text_encoder_2")).to(device);
    }

    public IReadOnlyList<nn.Module> Networks => [_encoder, _encoder2];

    public Conditioning Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var first = _encoder.HiddenStates(_tokenizer.Encode(prompts).to(_device))[^3]; // after it: the last layer, and its norm
        var (second, pooled) = _encoder2.Encode(_tokenizer2.Encode(prompts).to(_device));
        var timeIds = Conditioning.SizeIds(_imageSize, _imageSize).repeat(prompts.Count, 1).to(_device);
        return new Conditioning { Text = cat([first, second], 2), PooledText = pooled, TimeIds = timeIds }.MoveToOuterDisposeScope();
    }

    public Conditioning Unconditional()
    {
        using var scope = NewDisposeScope();
        var empty = Encode([""]);
        if (_zerosForEmpty) empty = empty with { Text = zeros_like(empty.Text!), PooledText = zeros_like(empty.PooledText!) };
        return empty.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _encoder2.Dispose();
    }
}
