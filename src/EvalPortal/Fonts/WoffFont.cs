using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PixelPost.EvalPortal.Fonts;

/// <summary>A TrueType font out of a WOFF file: which glyph stands for a letter, how wide it is, and the font file itself.</summary>
/// <remarks>WOFF 1.0 (W3C, 2012) around TrueType tables: cmap of formats 4 and 12, hmtx.</remarks>
internal sealed class WoffFont
{
    private const int HeaderBytes = 44;
    private const int EntryBytes = 20;

    // Layout of text that a page of plain lines has no use for.
    private static readonly HashSet<string> LeftOut = ["GPOS", "GSUB", "GDEF", "STAT"];

    private readonly Dictionary<string, byte[]> _tables = [];
    private readonly Dictionary<int, int> _glyphs = [];
    private readonly int _wideGlyphs;

    private WoffFont(byte[] woff)
    {
        for (var i = 0; i < Short(woff, 12); i++)
        {
            var entry = woff.AsSpan(HeaderBytes + i * EntryBytes, EntryBytes);
            var (offset, packed, length) = (Int(entry, 4), Int(entry, 8), Int(entry, 12));
            var name = Encoding.ASCII.GetString(entry[..4]);
            if (!LeftOut.Contains(name))
                _tables.Add(name, packed < length ? Unpack(woff.AsSpan(offset, packed), length) : woff[offset..(offset + length)]);
        }
        _wideGlyphs = Short(_tables["hhea"], 34);
        Glyphs = Short(_tables["maxp"], 4);
        UnitsPerEm = Short(_tables["head"], 18);
        Ascent = Thousandths((short)Short(_tables["hhea"], 4));
        Descent = Thousandths((short)Short(_tables["hhea"], 6));
        Box = [.. Enumerable.Range(0, 4).Select(i => Thousandths((short)Short(_tables["head"], 36 + 2 * i)))];
        ReadLetters();
    }

    public int Glyphs { get; }

    public int UnitsPerEm { get; }

    /// <summary>Over the line, in thousandths of the size, as all lengths here.</summary>
    public int Ascent { get; }

    /// <summary>Below the line, negative.</summary>
    public int Descent { get; }

    /// <summary>Left, lower, right and upper edge of all glyphs.</summary>
    public IReadOnlyList<int> Box { get; }

    /// <summary>Letters that there are, with their glyphs.</summary>
    public IReadOnlyDictionary<int, int> Letters => _glyphs;

    /// <summary>Reads a font that is part of the program.</summary>
    public static WoffFont OfProgram(string name)
    {
        using var stream = typeof(WoffFont).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new WoffFont(bytes);
    }

    /// <summary>How far a glyph moves the pen.</summary>
    public int Advance(int glyph) => Thousandths(AdvanceUnits(glyph));

    /// <summary>The same in <see cref="UnitsPerEm"/>.</summary>
    public int AdvanceUnits(int glyph) => Short(_tables["hmtx"], 4 * Math.Min(glyph, _wideGlyphs - 1));

    /// <summary>A table of the font.</summary>
    public byte[] Table(string name) => _tables[name];

    /// <summary>The font as a TrueType file.</summary>
    public byte[] ToTrueType()
    {
        var tables = _tables.OrderBy(table => table.Key, StringComparer.Ordinal).ToList();
        var power = (int)Math.Log2(tables.Count);
        using var file = new MemoryStream();
        file.Write([0, 1, 0, 0]);
        foreach (var number in new[] { tables.Count, 16 << power, power, 16 * tables.Count - (16 << power) })
            Write(file, number, bytes: 2);
        var offset = 12 + 16 * tables.Count;
        foreach (var (name, table) in tables)
        {
            file.Write(Encoding.ASCII.GetBytes(name));
            foreach (var number in new[] { Checksum(table), (uint)offset, (uint)table.Length })
                Write(file, (int)number, bytes: 4);
            offset += Padded(table.Length);
        }
        foreach (var (_, table) in tables)
        {
            file.Write(table);
            file.Write(new byte[Padded(table.Length) - table.Length]);
        }
        return file.ToArray();
    }

    /// <summary>The table of letters in format 4 or 12, whichever says more.</summary>
    private void ReadLetters()
    {
        var cmap = _tables["cmap"];
        for (var i = 0; i < Short(cmap, 2); i++)
        {
            var at = Int(cmap, 8 + 8 * i);
            switch (Short(cmap, at))
            {
                case 4:
                    ReadSegments(cmap, at);
                    break;
                case 12:
                    ReadRanges(cmap, at);
                    break;
            }
        }
    }

    private void ReadSegments(byte[] cmap, int at)
    {
        var twice = Short(cmap, at + 6);
        for (var segment = 0; segment < twice; segment += 2)
        {
            var (end, start) = (Short(cmap, at + 14 + segment), Short(cmap, at + 16 + twice + segment));
            var (delta, rangeAt) = (Short(cmap, at + 16 + 2 * twice + segment), at + 16 + 3 * twice + segment);
            for (var letter = start; letter <= end && letter != 0xFFFF; letter++)
            {
                var range = Short(cmap, rangeAt);
                var glyph = range == 0 ? letter : Short(cmap, rangeAt + range + 2 * (letter - start));
                if (glyph != 0)
                    Add(letter, (glyph + delta) & 0xFFFF);
            }
        }
    }

    private void ReadRanges(byte[] cmap, int at)
    {
        for (var i = 0; i < Int(cmap, at + 12); i++)
        {
            var (start, end, glyph) = (Int(cmap, at + 16 + 12 * i), Int(cmap, at + 20 + 12 * i), Int(cmap, at + 24 + 12 * i));
            for (var letter = start; letter <= end; letter++)
                Add(letter, glyph + letter - start);
        }
    }

    private void Add(int letter, int glyph)
    {
        if (glyph > 0 && glyph < Glyphs)
            _glyphs.TryAdd(letter, glyph);
    }

    private int Thousandths(int units) => (int)Math.Round(units * 1000.0 / UnitsPerEm);

    private static byte[] Unpack(ReadOnlySpan<byte> packed, int length)
    {
        using var zlib = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var bytes = new byte[length];
        zlib.ReadExactly(bytes);
        return bytes;
    }

    private static uint Checksum(byte[] table)
    {
        var padded = new byte[Padded(table.Length)];
        table.CopyTo(padded, 0);
        var sum = 0u;
        for (var i = 0; i < padded.Length; i += 4)
            sum = unchecked(sum + BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i)));
        return sum;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static void Write(Stream stream, int number, int bytes)
    {
        for (var shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
            stream.WriteByte((byte)(number >> shift));
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static int Int(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
}
