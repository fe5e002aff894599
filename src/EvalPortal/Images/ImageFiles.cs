using System.Security.Cryptography;
using NetVips;

namespace PixelPost.EvalPortal.Images;

/// <summary>What is known of a kept image file.</summary>
public sealed record ImageFile
{
    /// <summary>SHA-256 of the file, lower-case hex; its name.</summary>
    public required string Sha256 { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required long ByteLength { get; init; }

    /// <summary>Always <c>image/png</c> today: raters judge exactly the pixels that were given.</summary>
    public required string MediaType { get; init; }
}

/// <summary>
/// The image files, named by their content. Whatever comes in is decoded whole before it is kept, and kept as PNG in sRGB
/// without metadata, all of one form: neither place nor prompt nor program nor kind of file travels with it to a rater.
/// </summary>
public sealed class ImageFiles(DataFolder data)
{
    /// <summary>Most bytes of a file that comes in.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>Most pixels of an image, checked before it is decoded.</summary>
    public const long MaxPixels = 8192L * 8192;

    private static readonly string[] Loaders = ["pngload_buffer", "jpegload_buffer", "webpload_buffer"];

    static ImageFiles() => NetVips.NetVips.BlockUntrusted = true;

    /// <summary>Checks an image and keeps it; the same image is kept once.</summary>
    /// <param name="bytes">A PNG, JPEG or WebP file.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <exception cref="RefusedException">It is none of these, damaged, animated or too large.</exception>
    public ImageFile Keep(byte[] bytes, string name) => KeepIn(data.Images, bytes, name);

    /// <summary>The same for an image of which it is not decided yet whether it stays: one that is not kept already waits in a folder.</summary>
    /// <exception cref="RefusedException">As by <see cref="Keep"/>.</exception>
    public ImageFile Stage(byte[] bytes, string name, string folder) => KeepIn(folder, bytes, name);

    /// <summary>Moves an image that was staged to where images are kept.</summary>
    public void TakeIn(string sha256, string folder)
    {
        var (staged, kept) = (PathIn(folder, sha256), PathOf(sha256));
        if (File.Exists(kept))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.Move(staged, kept, overwrite: true);
    }

    private ImageFile KeepIn(string folder, byte[] bytes, string name)
    {
        if (bytes.Length > MaxBytes)
            throw new RefusedException($"{name} has {bytes.Length / 1e6:0} MB; an image may have {MaxBytes / 1e6:0} MB.");
        try
        {
            using var image = Image.NewFromBuffer(bytes, failOn: Enums.FailOn.Truncated);
            CheckHeader(image, name);
            var png = PngChunks.ArePlain(bytes) && Decodes(image) ? bytes : ToPlainPng(image);
            return Write(png, folder);
        }
        catch (VipsException exception)
        {
            throw new RefusedException($"{name} cannot be read as a PNG, JPEG or WebP image: it is damaged or something else.", exception);
        }
    }

    /// <summary>Where a kept file lies.</summary>
    public string PathOf(string sha256) => PathIn(data.Images, sha256);

    private static string PathIn(string folder, string sha256) => Path.Combine(folder, sha256[..2], $"{sha256}.png");

    private static void CheckHeader(Image image, string name)
    {
        if (!Loaders.Contains((string)image.Get("vips-loader")))
            throw new RefusedException($"{name} is no PNG, JPEG or WebP image.");
        if ((long)image.Width * image.Height > MaxPixels)
            throw new RefusedException($"{name} has {image.Width} × {image.Height} pixels; an image may have {MaxPixels / 1e6:0} million.");
        if (image.Contains("n-pages") && (int)image.Get("n-pages") > 1)
            throw new RefusedException($"{name} is an animation; only still images can be compared.");
    }

    /// <summary>Decodes every pixel; what is damaged throws.</summary>
    private static bool Decodes(Image image)
    {
        image.Avg();
        return true;
    }

    private static byte[] ToPlainPng(Image image)
    {
        using var upright = image.Autorot();
        using var colours = upright.Contains("icc-profile-data") ? upright.IccTransform("srgb") : upright.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = colours.HasAlpha() ? colours.Flatten(background: [255]) : colours.Copy();
        using var bytes = opaque.Cast(Enums.BandFormat.Uchar);
        using var plain = bytes.Copy(xres: 1, yres: 1); // the resolution is written whatever is kept
        return plain.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    private ImageFile Write(byte[] png, string folder)
    {
        using var image = Image.NewFromBuffer(png); // reads the header; the size differs from the upload's where that was rotated
        var file = new ImageFile
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(png)),
            Width = image.Width,
            Height = image.Height,
            ByteLength = png.Length,
            MediaType = "image/png",
        };
        var path = PathIn(folder, file.Sha256);
        if (File.Exists(path) || File.Exists(PathOf(file.Sha256)))
            return file;

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllBytes(temporary, png);
        File.Move(temporary, path, overwrite: true);
        return file;
    }
}
