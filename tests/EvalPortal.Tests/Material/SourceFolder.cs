using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NetVips;

namespace PixelPost.EvalPortal.Tests.Material;

/// <summary>A folder to bring in images from, which a test fills.</summary>
internal sealed class SourceFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("pixelpost-material-");

    public SourceFolder(string name = "sd15")
    {
        Root = Path.Combine(_parent.FullName, name);
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    /// <summary>A place beside the folder.</summary>
    public string Beside(string name) => Path.Combine(_parent.FullName, name);

    public SourceFolder Add(string path, byte[] content)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return this;
    }

    public SourceFolder Add(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds an image that no other shade gives.</summary>
    public SourceFolder AddImage(string path, int shade, int size = 16) => Add(path, Png(shade, size));

    /// <summary>The same files as a zip.</summary>
    public string ToZip()
    {
        var path = Beside($"{Path.GetFileName(Root)}.zip");
        ZipFile.CreateFromDirectory(Root, path);
        return path;
    }

    public void Dispose() => _parent.Delete(recursive: true);

    public static Image Picture(int shade, int size = 16) =>
        (Image.Black(size, size, bands: 3) + shade).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);

    public static byte[] Png(int shade, int size = 16) => Picture(shade, size).PngsaveBuffer();

    /// <summary>The same with a chunk of text, as programs that generate images write one.</summary>
    public static byte[] PngWithText(int shade, string keyword, string text)
    {
        const int AfterHeader = 33; // signature 8, IHDR 25
        var png = Png(shade);
        var content = Encoding.Latin1.GetBytes($"tEXt{keyword}\0{text}");
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length - 4);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32(content));
        return [.. png[..AfterHeader], .. length, .. content, .. sum, .. png[AfterHeader..]];
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        return ~crc;
    }
}
