using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>What a denoiser is told of B samples, apart from timesteps. Every tensor has a row per sample; which there are is the model's kind.</summary>
public sealed record Conditioning : IDisposable
{
    /// <summary>States of the text that the denoiser attends to, [B, S, C]; null where it is told no text.</summary>
    public Tensor? Text { get; init; }

    /// <summary>Which of the states are the text's, [B, S]: 1 for a token and 0 for padding; null when all count.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>One vector for the whole text, [B, C] (SDXL).</summary>
    public Tensor? PooledText { get; init; }

    /// <summary>[B, 6]: original height and width, top and left of the crop, target height and width, in pixels (SDXL).</summary>
    public Tensor? TimeIds { get; init; }

    /// <summary>Classes, [B] int64 (DiT).</summary>
    public Tensor? ClassLabels { get; init; }

    /// <summary>B.</summary>
    public long Count => Tensors.First().shape[0];

    private IEnumerable<Tensor> Tensors => new[] { Text, Mask, PooledText, TimeIds, ClassLabels }.OfType<Tensor>();

    /// <summary>The rows of several, one after the other; all must be of one kind of model.</summary>
    public static Conditioning Cat(IReadOnlyList<Conditioning> parts)
    {
        Tensor? Joined(Func<Conditioning, Tensor?> part) => part(parts[0]) is null ? null : cat(parts.Select(p => part(p)!).ToArray());
        return new()
        {
            Text = Joined(p => p.Text),
            Mask = Joined(p => p.Mask),
            PooledText = Joined(p => p.PooledText),
            TimeIds = Joined(p => p.TimeIds),
            ClassLabels = Joined(p => p.ClassLabels),
        };
    }

    /// <summary>The rows that are named, in that order; a row may come more than once.</summary>
    public Conditioning Rows(IEnumerable<long> rows)
    {
        using var index = tensor(rows.ToArray());
        return Each(t => t.index_select(0, index));
    }

    /// <summary>All rows, then all rows again, and so on: [times · B].</summary>
    public Conditioning Repeat(long times) => Each(t => t.repeat([times, .. Enumerable.Repeat(1L, t.shape.Length - 1)]));

    /// <summary>The same tensors, which outlive the dispose scope they were made in.</summary>
    public Conditioning MoveToOuterDisposeScope() => Each(t => t.MoveToOuterDisposeScope());

    /// <summary>The same tensors, which live until they are disposed.</summary>
    public Conditioning DetachFromDisposeScope() => Each(t => t.DetachFromDisposeScope());

    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    private Conditioning Each(Func<Tensor, Tensor> change) => new()
    {
        Text = Text is null ? null : change(Text),
        Mask = Mask is null ? null : change(Mask),
        PooledText = PooledText is null ? null : change(PooledText),
        TimeIds = TimeIds is null ? null : change(TimeIds),
        ClassLabels = ClassLabels is null ? null : change(ClassLabels),
    };
}
