using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Conditioners;

/// <summary>One CLIP text encoder, its last layer's states after the final norm: Stable Diffusion 1.x and 2.x, and the shipped model.</summary>
/// <param name="modelFolder">Folder with <c>tokenizer</c> and <c>text_encoder</c>.</param>
/// <param name="device">Where the network works.</param>
internal sealed class ClipPromptEncoder(string modelFolder, Device device) : IPromptEncoder
{
    private readonly ClipTokenizer _tokenizer = ClipTokenizer.Load(Path.Combine(modelFolder, "tokenizer"));
    private readonly ClipTextModel _encoder = DiffusersFolder.LoadTextEncoder(Path.Combine(modelFolder, "text_encoder")).to(device);

    public IReadOnlyList<nn.Module> Networks => [_encoder];

    public Conditioning Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return new Conditioning { Text = _encoder.Encode(_tokenizer.Encode(prompts).to(device)) }.MoveToOuterDisposeScope();
    }

    public Conditioning Unconditional() => Encode([""]);

    public void Dispose() => _encoder.Dispose();
}
