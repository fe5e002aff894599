using static TorchSharp.torch;

namespace PixelPost.Training.Models;

/// <summary>A rectangle of latent cells, and the pixels above it.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct LatentWindow(long Top, long Left, long Height, long Width)
{
    /// <summary>Cells in it.</summary>
    public long Area => Height * Width;

    /// <summary>Cuts a latent into squares, smaller ones at the right and below where it does not come out even: every cell is in one.</summary>
    /// <param name="height">Rows of the latent.</param>
    /// <param name="width">Columns of the latent.</param>
    /// <param name="side">Of a square, in cells.</param>
    public static IReadOnlyList<LatentWindow> Partition(long height, long width, long side)
    {
        var windows = new List<LatentWindow>();
        for (var top = 0L; top < height; top += side)
            for (var left = 0L; left < width; left += side)
                windows.Add(new(top, left, Math.Min(side, height - top), Math.Min(side, width - left)));
        return windows;
    }

    /// <summary>
    /// Draws windows of a partition, each with the probability of its share of the area, so that the mean over a drawn window's pixels has the
    /// mean over all pixels for its expectation.
    /// </summary>
    /// <param name="partition">Of <see cref="Partition"/>.</param>
    /// <param name="count">How many; one can be drawn again.</param>
    /// <param name="generator">Of the draws, on the CPU.</param>
    public static IReadOnlyList<LatentWindow> Draw(IReadOnlyList<LatentWindow> partition, int count, Generator generator)
    {
        var total = partition.Sum(window => window.Area);
        return [.. rand([count], float64, generator: generator).data<double>().Select(u => At(partition, u * total))];
    }

    /// <summary>What stands above it in an image.</summary>
    /// <param name="image">[B, C, H·f, W·f].</param>
    /// <param name="factor">f, pixels per cell.</param>
    public Tensor Pixels(Tensor image, long factor) => Cut(image, Top * factor, Left * factor, Height * factor, Width * factor);

    /// <summary>Decodes it with cells around it, whose pixels are thrown away. Where the latent ends, so does what is decoded.</summary>
    /// <param name="latent">[B, C, h, w].</param>
    /// <param name="margin">Cells around it.</param>
    /// <param name="factor">f, pixels per cell.</param>
    /// <param name="decode">From [B, C, m, n] to [B, 3, m·f, n·f].</param>
    /// <returns>[B, 3, Height·f, Width·f].</returns>
    public Tensor Decode(Tensor latent, long margin, long factor, Func<Tensor, Tensor> decode)
    {
        var (top, left) = (Math.Max(0, Top - margin), Math.Max(0, Left - margin));
        var (bottom, right) = (Math.Min(latent.shape[2], Top + Height + margin), Math.Min(latent.shape[3], Left + Width + margin));
        var decoded = decode(Cut(latent, top, left, bottom - top, right - left));
        return Cut(decoded, (Top - top) * factor, (Left - left) * factor, Height * factor, Width * factor);
    }

    private static LatentWindow At(IReadOnlyList<LatentWindow> partition, double cell)
    {
        foreach (var window in partition)
        {
            if (cell < window.Area) return window;
            cell -= window.Area;
        }
        return partition[^1];
    }

    private static Tensor Cut(Tensor x, long top, long left, long height, long width) => x.narrow(2, top, height).narrow(3, left, width);
}
