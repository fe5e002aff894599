using System.Buffers.Binary;
using System.Text;

namespace PixelPost.EvalPortal.Images;

/// <summary>Looks at what a PNG file is made of, without decoding it.</summary>
internal static class PngChunks
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    // Eight bits, red, green and blue, not interlaced: depth, colour type, compression, filter and interlacing in IHDR.
    private static readonly byte[] Truecolour = [8, 2, 0, 0, 0];

    // 1,000 pixels for a metre each way, which libvips writes where nothing is known.
    private static readonly byte[] NoResolution = [0, 0, 3, 0xe8, 0, 0, 3, 0xe8, 1];

    /// <summary>
    /// True for a PNG as <see cref="ImageFiles"/> writes them: pixels, and not one byte more that could tell one program from
    /// another. Text, time, EXIF and colour profiles may hold anything; gamma, resolution and kind of colour differ between programs.
    /// </summary>
    public static bool ArePlain(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
            return false;

        var at = Signature.Length;
        while (at + 12 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
                return false;
            var type = Encoding.ASCII.GetString(file.Slice(at + 4, 4));
            var content = file.Slice(at + 8, (int)length);
            at += 12 + (int)length; // length 4, type 4, check sum 4
            var plain = type switch
            {
                "IHDR" => content.EndsWith(Truecolour),
                "pHYs" => content.SequenceEqual(NoResolution),
                "IDAT" or "IEND" => true,
                _ => false,
            };
            if (!plain)
                return false;
            if (type == "IEND")
                return length == 0 && at == file.Length;
        }
        return false;
    }
}
