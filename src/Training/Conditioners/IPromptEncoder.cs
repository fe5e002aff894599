using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Conditioners;

/// <summary>Prompts to what a denoiser is told, with all tokenizers and networks this takes. Nothing here learns or keeps a gradient.</summary>
public interface IPromptEncoder : IDisposable
{
    /// <summary>The networks that it takes; none where prompts are only looked up.</summary>
    IReadOnlyList<nn.Module> Networks { get; }

    /// <summary>What the denoiser is told of samples with these prompts, a row for each.</summary>
    /// <exception cref="BadJobException">A prompt means nothing to this model.</exception>
    Conditioning Encode(IReadOnlyList<string> prompts);

    /// <summary>What it is told of a sample without a prompt, one row: for guidance, and for captions that are left out in training.</summary>
    Conditioning Unconditional();
}
