using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Conditioners;

/// <summary>PixArt's T5: states of a fixed number of tokens, and a mask that keeps the denoiser from attending to padding.</summary>
/// <remarks>
/// Chen et al. (2023), arXiv 2310.00426; diffusers 0.27 <c>PixArtAlphaPipeline.encode_prompt</c> with <c>clean_caption</c> off: prompts are
/// trimmed and in lower case.
/// </remarks>
/// <param name="modelFolder">Folder with <c>tokenizer</c> and <c>text_encoder</c>.</param>
/// <param name="index">Says which pipeline it is: PixArt-Σ takes 300 tokens, PixArt-α 120.</param>
/// <param name="device">Where the network works.</param>
internal sealed class T5PromptEncoder(string modelFolder, ModelIndex index, Device device) : IPromptEncoder
{
    private readonly int _length = index.ClassName == "PixArtSigmaPipeline" ? 300 : 120;
    private readonly SentencePieceTokenizer _tokenizer = SentencePieceTokenizer.Load(Path.Combine(modelFolder, "tokenizer"));
    private readonly T5EncoderModel _encoder = DiffusersFolder.LoadT5Encoder(Path.Combine(modelFolder, "text_encoder")).to(device);

    public IReadOnlyList<nn.Module> Networks => [_encoder];

    public Conditioning Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = prompts.Select(p => _tokenizer.Encode(PromptText.Lower(p.Trim()), _length)).ToList();
        var ids = stack(rows.Select(r => tensor(r.Ids)).ToArray()).to(device);
        var mask = stack(rows.Select(r => (arange(_length) < r.Count).to(int64)).ToArray()).to(device);
        return new Conditioning { Text = _encoder.Encode(ids, mask), Mask = mask }.MoveToOuterDisposeScope();
    }

    public Conditioning Unconditional() => Encode([""]);

    public void Dispose() => _encoder.Dispose();
}
