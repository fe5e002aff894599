using System.Buffers.Binary;
using System.Text;

namespace PixelPost.EvalPortal.Images;

/// <summary>Looks at what a PNG file is made of, without decoding it.</summary>
internal static class PngChunks
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    // Size and pixels, and how to show them. Not among them: text, time, EXIF and colour profiles, which may hold anything.
    private static readonly HashSet<string> Pixels = ["IHDR", "PLTE", "IDAT", "IEND", "pHYs", "sRGB", "gAMA", "cHRM", "bKGD", "sBIT"];

    /// <summary>True for an 8-bit PNG that holds pixels and nothing else, also not after its end.</summary>
    public static bool AreOnlyPixels(ReadOnlySpan<byte> file)
    {
        const int DepthAt = 24; // signature 8, length and type of IHDR 8, width and height 8
        if (!file.StartsWith(Signature) || file.Length <= DepthAt || file[DepthAt] != 8)
            return false;

        var at = Signature.Length;
        while (at + 12 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var type = Encoding.ASCII.GetString(file.Slice(at + 4, 4));
            if (!Pixels.Contains(type) || length > file.Length - at - 12)
                return false;
            at += 12 + (int)length; // length 4, type 4, check sum 4
            if (type == "IEND")
                return at == file.Length;
        }
        return false;
    }
}
