using NetVips;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>Image files to tensors and back.</summary>
public static class Pictures
{
    /// <summary>Reads a picture as RGB on white, scaled to fill a square.</summary>
    /// <param name="path">File in any format libvips reads safely.</param>
    /// <param name="size">Side of the square, in pixels.</param>
    /// <returns>[3, size, size] bytes.</returns>
    /// <exception cref="BadJobException">The file is not a readable picture.</exception>
    public static Tensor ReadBytes(string path, int size) => ReadBytes(path, new ImageShape(size, size));

    /// <summary>Reads a picture as RGB on white, scaled to fill a shape, of which it is cut around the middle.</summary>
    /// <param name="path">File in any format libvips reads safely.</param>
    /// <param name="shape">Of the result.</param>
    /// <returns>[3, height, width] bytes.</returns>
    /// <exception cref="BadJobException">The file is not a readable picture.</exception>
    public static Tensor ReadBytes(string path, ImageShape shape) => Opened(path, opened =>
    {
        var (width, height) = shape;
        using var opaque = opened.HasAlpha() ? opened.Flatten(background: [255, 255, 255]) : opened.Copy();
        using var colour = opaque.Colourspace(Enums.Interpretation.Srgb);
        using var scaled = colour.Width == width && colour.Height == height ? colour.Copy() : colour.ThumbnailImage(width, height: height, crop: Enums.Interesting.Centre);
        using var plain = scaled.Cast(Enums.BandFormat.Uchar);
        var bytes = plain.WriteToMemory<byte>();
        using var scope = TorchSharp.torch.NewDisposeScope();
        return tensor(bytes, dtype: ScalarType.Byte).reshape(height, width, plain.Bands)[.., .., ..3].permute(2, 0, 1).contiguous().MoveToOuterDisposeScope();
    });

    /// <summary>Width and height of a picture as it is seen, in pixels.</summary>
    /// <exception cref="BadJobException">The file is not a readable picture.</exception>
    public static (int Width, int Height) Size(string path) => Opened(path, opened =>
    {
        using var upright = opened.Autorot();
        return (upright.Width, upright.Height);
    });

    private static T Opened<T>(string path, Func<Image, T> use)
    {
        try
        {
            using var opened = Image.NewFromFile(path, access: Enums.Access.Random, failOn: Enums.FailOn.Truncated);
            return use(opened);
        }
        catch (VipsException problem)
        {
            throw new BadJobException($"'{path}' is not a readable picture: {problem.Message.Trim().ReplaceLineEndings("; ")}", problem);
        }
    }

    /// <summary>Bytes 0..255 to floats in [-1, 1].</summary>
    public static Tensor ToUnit(Tensor bytes) => bytes.to(ScalarType.Float32) / 127.5 - 1;

    /// <summary>Floats in [-1, 1] (clamped) to bytes 0..255, rounded.</summary>
    public static Tensor ToBytes(Tensor images) => ((images.clamp(-1, 1) + 1) * 127.5).round().to(ScalarType.Byte);

    /// <summary>Writes one picture as PNG.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="bytes">[3, H, W] bytes.</param>
    public static void WritePng(string path, Tensor bytes)
    {
        using var interleaved = bytes.permute(1, 2, 0).contiguous();
        using var image = Image.NewFromMemory(interleaved.bytes.ToArray(), (int)bytes.shape[2], (int)bytes.shape[1], 3, Enums.BandFormat.Uchar);
        image.Pngsave(path, keep: Enums.ForeignKeep.None);
    }

    /// <summary>A contact sheet: pictures in rows of <paramref name="columns"/>.</summary>
    /// <param name="path">PNG file to write.</param>
    /// <param name="bytes">[N, 3, H, W] bytes.</param>
    /// <param name="columns">Pictures per row.</param>
    public static void WriteSheet(string path, Tensor bytes, int columns)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (count, height, width) = ((int)bytes.shape[0], bytes.shape[2], bytes.shape[3]);
        var rows = (count + columns - 1) / columns;
        var sheet = full([3, rows * height, columns * width], 255, dtype: ScalarType.Byte);
        for (var i = 0; i < count; i++)
            sheet[.., (int)(i / columns * height)..(int)((i / columns + 1) * height), (int)(i % columns * width)..(int)((i % columns + 1) * width)] = bytes[i];
        WritePng(path, sheet);
    }
}
