using System.Buffers.Binary;

namespace PixelPost.EvalPortal.Fonts;

/// <summary>The shapes of a font's glyphs as polygons.</summary>
/// <remarks>TrueType tables glyf and loca. No kerning.</remarks>
internal sealed class GlyphOutlines(WoffFont font)
{
    private const int CurveSteps = 5; // of each quadratic curve; at the sizes of figures it looks round
    private const int MostNested = 4;

    private readonly byte[] _glyf = font.Table("glyf");
    private readonly byte[] _loca = font.Table("loca");
    private readonly bool _longOffsets = BinaryPrimitives.ReadInt16BigEndian(font.Table("head").AsSpan(50)) != 0;
    private readonly Dictionary<int, IReadOnlyList<Point[]>> _contours = [];

    /// <summary>The outlines of a glyph in font units, upwards.</summary>
    public IReadOnlyList<Point[]> Contours(int glyph)
    {
        lock (_contours)
        {
            if (!_contours.TryGetValue(glyph, out var contours))
                _contours[glyph] = contours = [.. Read(glyph, nested: 0)];
            return contours;
        }
    }

    private List<Point[]> Read(int glyph, int nested)
    {
        var (start, end) = _longOffsets
            ? ((int)UInt(_loca, 4 * glyph), (int)UInt(_loca, 4 * glyph + 4))
            : (2 * UShort(_loca, 2 * glyph), 2 * UShort(_loca, 2 * glyph + 2));
        if (start == end || nested > MostNested)
            return [];
        var contours = Short(_glyf, start);
        return contours >= 0 ? Simple(start + 10, contours) : Composite(start + 10, nested);
    }

    private List<Point[]> Simple(int at, int contours)
    {
        const int OnCurve = 1, ShortX = 2, ShortY = 4, Repeat = 8, SameX = 16, SameY = 32;
        var ends = Enumerable.Range(0, contours).Select(i => (int)UShort(_glyf, at + 2 * i)).ToList();
        at += 2 * contours;
        at += 2 + UShort(_glyf, at);
        var count = ends.Count == 0 ? 0 : ends[^1] + 1;
        var flags = new List<byte>(count);
        while (flags.Count < count)
        {
            var flag = _glyf[at++];
            flags.AddRange(Enumerable.Repeat(flag, (flag & Repeat) == 0 ? 1 : 1 + _glyf[at++]));
        }
        var xs = Coordinates(ShortX, SameX);
        var ys = Coordinates(ShortY, SameY);
        return [.. ends.Select((end, i) => Flatten(Enumerable.Range(i == 0 ? 0 : ends[i - 1] + 1, end + 1 - (i == 0 ? 0 : ends[i - 1] + 1))
            .Select(point => (new Point(xs[point], ys[point]), (flags[point] & OnCurve) != 0)).ToList()))];

        int[] Coordinates(int isShort, int isSame)
        {
            var (values, value) = (new int[count], 0);
            for (var i = 0; i < count; i++)
            {
                if ((flags[i] & isShort) != 0)
                    value += (flags[i] & isSame) != 0 ? _glyf[at++] : -_glyf[at++];
                else if ((flags[i] & isSame) == 0)
                    (value, at) = (value + Short(_glyf, at), at + 2);
                values[i] = value;
            }
            return values;
        }
    }

    /// <summary>Straight pieces for an outline of quadratic curves; between two points off the curve there is one on it.</summary>
    private static Point[] Flatten(List<(Point At, bool OnCurve)> outline)
    {
        var full = new List<(Point At, bool OnCurve)>();
        for (var i = 0; i < outline.Count; i++)
        {
            full.Add(outline[i]);
            var next = outline[(i + 1) % outline.Count];
            if (!outline[i].OnCurve && !next.OnCurve)
                full.Add((new Point((outline[i].At.X + next.At.X) / 2, (outline[i].At.Y + next.At.Y) / 2), true));
        }
        var first = full.FindIndex(point => point.OnCurve);
        if (first < 0)
            return [];
        var flat = new List<Point>();
        for (var i = 0; i < full.Count; i++)
        {
            var (at, onCurve) = full[(first + i) % full.Count];
            if (onCurve)
            {
                flat.Add(at);
                continue;
            }
            var (from, to) = (full[(first + i - 1) % full.Count].At, full[(first + i + 1) % full.Count].At);
            for (var step = 1; step < CurveSteps; step++)
            {
                var t = (double)step / CurveSteps;
                flat.Add(new Point(Bend(from.X, at.X, to.X, t), Bend(from.Y, at.Y, to.Y, t)));
            }
        }
        return [.. flat];

        static double Bend(double from, double control, double to, double t) => (1 - t) * (1 - t) * from + 2 * t * (1 - t) * control + t * t * to;
    }

    /// <summary>A glyph made of others, each moved and scaled.</summary>
    private List<Point[]> Composite(int at, int nested)
    {
        const int Words = 1, AreOffsets = 2, Scale = 8, More = 32, TwoScales = 64, Matrix = 128;
        var all = new List<Point[]>();
        for (var flags = More; (flags & More) != 0;)
        {
            flags = UShort(_glyf, at);
            var glyph = UShort(_glyf, at + 2);
            var (dx, dy) = (flags & AreOffsets) == 0 ? (0, 0)
                : (flags & Words) != 0 ? ((int)Short(_glyf, at + 4), (int)Short(_glyf, at + 6))
                : ((int)(sbyte)_glyf[at + 4], (int)(sbyte)_glyf[at + 5]);
            at += (flags & Words) != 0 ? 8 : 6;
            var (xx, xy, yx, yy) = (1.0, 0.0, 0.0, 1.0);
            if ((flags & Scale) != 0)
                (xx, yy, at) = (Fixed(at), Fixed(at), at + 2);
            else if ((flags & TwoScales) != 0)
                (xx, yy, at) = (Fixed(at), Fixed(at + 2), at + 4);
            else if ((flags & Matrix) != 0)
                (xx, xy, yx, yy, at) = (Fixed(at), Fixed(at + 2), Fixed(at + 4), Fixed(at + 6), at + 8);
            all.AddRange(Read(glyph, nested + 1).Select(contour =>
                contour.Select(point => new Point(xx * point.X + yx * point.Y + dx, xy * point.X + yy * point.Y + dy)).ToArray()));
        }
        return all;

        double Fixed(int place) => Short(_glyf, place) / 16384.0;
    }

    private static ushort UShort(byte[] table, int at) => BinaryPrimitives.ReadUInt16BigEndian(table.AsSpan(at));

    private static short Short(byte[] table, int at) => BinaryPrimitives.ReadInt16BigEndian(table.AsSpan(at));

    private static uint UInt(byte[] table, int at) => BinaryPrimitives.ReadUInt32BigEndian(table.AsSpan(at));
}

/// <summary>A place in a drawing.</summary>
internal readonly record struct Point(double X, double Y);
