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
    public long Count => Named.Values.First().shape[0];

    /// <summary>Where its tensors are.</summary>
    public Device Device => Named.Values.First().device;

    /// <summary>The tensors there are, by the names of their properties.</summary>
    public IReadOnlyDictionary<string, Tensor> Named =>
        new (string Name, Tensor? Value)[] { (nameof(Text), Text), (nameof(Mask), Mask), (nameof(PooledText), PooledText), (nameof(TimeIds), TimeIds), (nameof(ClassLabels), ClassLabels) }
            .Where(t => t.Value is not null).ToDictionary(t => t.Name, t => t.Value!, StringComparer.Ordinal);

    /// <summary>The opposite of <see cref="Named"/>.</summary>
    public static Conditioning Of(IReadOnlyDictionary<string, Tensor> named) => new()
    {
        Text = named.GetValueOrDefault(nameof(Text)),
        Mask = named.GetValueOrDefault(nameof(Mask)),
        PooledText = named.GetValueOrDefault(nameof(PooledText)),
        TimeIds = named.GetValueOrDefault(nameof(TimeIds)),
        ClassLabels = named.GetValueOrDefault(nameof(ClassLabels)),
    };

    /// <summary>The rows of several, one after the other; all must be of one kind of model.</summary>
    public static Conditioning Cat(IReadOnlyList<Conditioning> parts)
    {
        var all = parts.Select(p => p.Named).ToList();
        return Of(all[0].Keys.ToDictionary(name => name, name => cat(all.Select(p => p[name]).ToArray()), StringComparer.Ordinal));
    }

    /// <summary>What <see cref="TimeIds"/> says of an image of this size that was not cropped, [1, 6].</summary>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public static Tensor SizeIds(int height, int width) => tensor(new float[] { height, width, 0, 0, height, width }).unsqueeze(0);

    /// <summary>The same of images of this size, for a model that is told it; others stay as they are.</summary>
    public Conditioning OfImages(int height, int width) =>
        TimeIds is null ? this : this with { TimeIds = SizeIds(height, width).repeat(TimeIds.shape[0], 1).to(TimeIds.device) };

    /// <summary>The rows that are named, in that order; a row may come more than once.</summary>
    public Conditioning Rows(IEnumerable<long> rows)
    {
        using var index = tensor(rows.ToArray());
        return Each(t => t.index_select(0, index));
    }

    /// <summary>All rows, then all rows again, and so on: [times · B].</summary>
    public Conditioning Repeat(long times) => Each(t => t.repeat([times, .. Enumerable.Repeat(1L, t.shape.Length - 1)]));

    /// <summary>The same on a device.</summary>
    public Conditioning To(Device device) => Each(t => t.to(device));

    /// <summary>The same tensors, which outlive the dispose scope they were made in.</summary>
    public Conditioning MoveToOuterDisposeScope() => Each(t => t.MoveToOuterDisposeScope());

    /// <summary>The same tensors, which live until they are disposed.</summary>
    public Conditioning DetachFromDisposeScope() => Each(t => t.DetachFromDisposeScope());

    public void Dispose()
    {
        foreach (var tensor in Named.Values) tensor.Dispose();
    }

    private Conditioning Each(Func<Tensor, Tensor> change) => Of(Named.ToDictionary(t => t.Key, t => change(t.Value), StringComparer.Ordinal));
}
