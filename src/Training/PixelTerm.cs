using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>The pixel term of one micro-step: for which of its examples, and on which part of their images.</summary>
/// <param name="Decoder">Decodes.</param>
/// <param name="Rows">Places of the examples that have it, in order; null for all.</param>
/// <param name="Windows">What is decoded of an image; null for all.</param>
/// <param name="Margin">Cells around a window that are decoded too.</param>
/// <param name="AtOnce">How many images are held in memory decoded; each part has its gradient taken before the next is begun.</param>
/// <param name="Linear">Whether nothing is decoded, and <see cref="PixelDecoder.Metric"/> taken instead.</param>
internal sealed record PixelTerm(PixelDecoder Decoder, IReadOnlyList<long>? Rows = null, IReadOnlyList<LatentWindow>? Windows = null, int Margin = 0, PixelAtOnce AtOnce = PixelAtOnce.Batch, bool Linear = false)
{
    /// <summary>Decodes what the truth leads to.</summary>
    /// <param name="latents">[B, C, h, w], of pairs [2B], the preferred images first.</param>
    /// <param name="noise">Of the same shape.</param>
    /// <param name="noisy">Of the same shape.</param>
    /// <param name="timesteps">[B] or [2B].</param>
    /// <param name="sides">1, or 2 for pairs.</param>
    /// <returns>From a network's output, [B or 2B, C, h, w], to the errors of its images, [b or 2b].</returns>
    public Func<Tensor, Tensor> Errors(Tensor latents, Tensor noise, Tensor noisy, Tensor timesteps, int sides)
    {
        var rows = Rows is null ? null : tensor(Enumerable.Range(0, sides).SelectMany(side => Rows.Select(row => row + side * latents.shape[0] / sides)).ToArray()).to(latents.device);
        Tensor Chosen(Tensor of) => rows is null ? of : of.index_select(0, rows);

        (latents, noise, noisy, timesteps) = (Chosen(latents), Chosen(noise), Chosen(noisy), Chosen(timesteps));
        if (AtOnce == PixelAtOnce.Batch)
        {
            var errors = OfImages(latents, noise, noisy, timesteps);
            return output => errors(Chosen(output));
        }
        var ofEach = Enumerable.Range(0, (int)latents.shape[0]).Select(i => OfImages(latents.narrow(0, i, 1), noise.narrow(0, i, 1), noisy.narrow(0, i, 1), timesteps.narrow(0, i, 1))).ToList();
        return output =>
        {
            var chosen = Chosen(output);
            return cat(ofEach.Select((errors, i) => WithGradient(errors, chosen.narrow(0, i, 1))).ToArray());
        };
    }

    private Func<Tensor, Tensor> OfImages(Tensor latents, Tensor noise, Tensor noisy, Tensor timesteps)
    {
        if (Linear)
            return output => Decoder.Metric!.Errors(Decoder.Difference(latents, noise, output, noisy, timesteps), timesteps);
        if (Windows is not null)
        {
            var ofWindows = Decoder.WindowErrors(latents, noise, timesteps, Windows, Margin);
            return output => ofWindows(output, noisy);
        }
        var ofWhole = Decoder.Errors(latents, noise, timesteps);
        return output => ofWhole(output, noisy);
    }

    /// <summary>
    /// Errors whose graph is gone: their gradient is taken at once, and what is returned has the same value and, to first order, the same
    /// gradient. Only the gradient stays in memory, as large as the output, and not what the decoder met.
    /// </summary>
    /// <param name="errors">From an output, [b, C, h, w], to [b], each of its own image alone.</param>
    /// <param name="output">Of the network.</param>
    private static Tensor WithGradient(Func<Tensor, Tensor> errors, Tensor output)
    {
        if (!is_grad_enabled() || !output.requires_grad) return errors(output);
        using var scope = NewDisposeScope();
        var leaf = output.detach().requires_grad_();
        var values = errors(leaf);
        Checkpointed.Backward(values.sum());
        return (values.detach() + ((output - leaf.detach()) * leaf.grad!).sum([1, 2, 3])).MoveToOuterDisposeScope(); // nothing is added, but a gradient
    }

    /// <summary>Losses of the examples that have the term in their places, nothing in the others.</summary>
    /// <param name="losses">[b].</param>
    /// <param name="count">B.</param>
    /// <returns>[B].</returns>
    public Tensor Spread(Tensor losses, int count) =>
        Rows is null ? losses : zeros(count, dtype: losses.dtype, device: losses.device).index_add(0, tensor(Rows.ToArray()).to(losses.device), losses, 1);

    /// <summary>Draws it.</summary>
    /// <param name="decoder">Decodes.</param>
    /// <param name="settings">When there is a term, and how much of it.</param>
    /// <param name="before">Examples before this micro-step's, in the whole run.</param>
    /// <param name="timesteps">[B], on the CPU.</param>
    /// <param name="steps">Of the whole schedule.</param>
    /// <param name="height">Of a latent.</param>
    /// <param name="width">Of a latent.</param>
    /// <param name="generator">Of the windows; not asked where there are none.</param>
    /// <returns>Null where no example has the term.</returns>
    public static PixelTerm? Draw(PixelDecoder? decoder, LoopSettings settings, long before, Tensor timesteps, int steps, long height, long width, Generator generator)
    {
        if (decoder is null) return null;
        List<long>? rows = null;
        if (settings.PixelEvery > 1 || settings.PixelBelow < 1)
        {
            rows = [.. timesteps.data<long>().Index().Where(t => (before + t.Index) % settings.PixelEvery == 0 && t.Item < settings.PixelBelow * steps).Select(t => (long)t.Index)];
            if (rows.Count == 0) return null;
        }
        var windows = settings.PixelDecoding == PixelDecoding.Windows
            ? LatentWindow.Draw(LatentWindow.Partition(height, width, settings.PixelWindow), settings.PixelWindows, generator)
            : null;
        return new PixelTerm(decoder, rows, windows, settings.PixelMargin, settings.PixelAtOnce, settings.PixelDecoding == PixelDecoding.Linear);
    }
}
