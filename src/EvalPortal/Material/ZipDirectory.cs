using System.Buffers.Binary;

namespace PixelPost.EvalPortal.Material;

/// <summary>
/// Looks at the end of a zip, where it says how much it lists, before the list is read into memory: a few megabytes can list
/// millions of files.
/// </summary>
internal static class ZipDirectory
{
    private const int EndLength = 22, MostComment = 65_535, LocatorLength = 20, End64Length = 56;
    private const uint EndMark = 0x06054b50, LocatorMark = 0x07064b50, End64Mark = 0x06064b50;

    /// <summary>Checks what a zip says about itself.</summary>
    /// <exception cref="RefusedException">It is no zip, is cut off, or lists too much.</exception>
    public static void Check(Stream zip, string name)
    {
        var tail = new byte[Math.Min(zip.Length, EndLength + MostComment + LocatorLength)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        var at = tail.Length - EndLength;
        while (at >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) != EndMark)
            at--;
        if (at < 0)
            throw new RefusedException($"{name} is no zip, or its end is missing: make it or send it again.");

        var end = tail.AsSpan(at);
        long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        long start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        var listEnd = zip.Length - tail.Length + at;
        if (at >= LocatorLength && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at - LocatorLength)) == LocatorMark)
            (count, start, listEnd) = ReadLarge(zip, BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(at - LocatorLength + 8)), name);
        if (count > MaterialLimits.Files)
            throw new RefusedException($"{name} lists {count:N0} files; a zip may have {MaterialLimits.Files:N0}. Bring it in in parts.");
        if (start < 0 || start > listEnd)
            throw new RefusedException($"{name} is damaged: its list of files does not lie where it says.");
        if (listEnd - start > MaterialLimits.ZipListBytes) // what is read goes on until something else stands there, whatever the count
            throw new RefusedException($"{name} has a list of files of {(listEnd - start) / 1e6:0} MB; it may have {MaterialLimits.ZipListBytes / 1e6:0} MB.");
        zip.Position = 0;
    }

    /// <summary>The same in a zip of more than 4 GB or 65,535 files.</summary>
    private static (long Count, long Start, long End) ReadLarge(Stream zip, long position, string name)
    {
        var end = new byte[End64Length];
        if (position < 0 || position > zip.Length - End64Length)
            throw new RefusedException($"{name} is damaged: its end does not lie where it says.");
        zip.Position = position;
        zip.ReadExactly(end);
        return BinaryPrimitives.ReadUInt32LittleEndian(end) == End64Mark
            ? (BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)), position)
            : throw new RefusedException($"{name} is damaged: its end does not lie where it says.");
    }
}
