using NetVips;
using PixelPost.EvalPortal.Fonts;

namespace PixelPost.EvalPortal.Plots;

/// <summary>Pixels that polygons are filled into, smooth at their edges.</summary>
/// <remarks>
/// Every edge adds the area to its right to the pixels it crosses; summed up along a line that gives how much of each pixel is inside.
/// </remarks>
internal sealed class Canvas
{
    private const int Bands = 3;

    private readonly int _width;
    private readonly int _height;
    private readonly byte[] _pixels;

    public Canvas(int width, int height, Rgb ground)
    {
        (_width, _height, _pixels) = (width, height, new byte[width * height * Bands]);
        for (var i = 0; i < _pixels.Length; i += Bands)
            (_pixels[i], _pixels[i + 1], _pixels[i + 2]) = (ground.R, ground.G, ground.B);
    }

    /// <summary>Fills what closed polygons surround; one that runs the other way round inside of another is a hole.</summary>
    public void Fill(IReadOnlyList<Point[]> polygons, Rgb colour, double opacity = 1)
    {
        var points = polygons.SelectMany(polygon => polygon).ToList();
        if (points.Count == 0)
            return;
        var (left, top) = ((int)Math.Floor(points.Min(point => point.X)), (int)Math.Floor(points.Min(point => point.Y)));
        var (width, height) = ((int)Math.Ceiling(points.Max(point => point.X)) - left + 1, (int)Math.Ceiling(points.Max(point => point.Y)) - top + 1);
        var areas = new double[(width + 1) * height];
        foreach (var polygon in polygons)
        {
            for (var i = 0; i < polygon.Length; i++)
            {
                var (from, to) = (polygon[i], polygon[(i + 1) % polygon.Length]);
                AddEdge(areas, width + 1, new Point(from.X - left, from.Y - top), new Point(to.X - left, to.Y - top));
            }
        }
        for (var y = 0; y < height; y++)
        {
            var inside = 0.0;
            for (var x = 0; x < width; x++)
            {
                inside += areas[y * (width + 1) + x];
                Blend(left + x, top + y, colour, opacity * Math.Min(1, Math.Abs(inside)));
            }
        }
    }

    /// <summary>Puts a picture into a frame.</summary>
    public void Put(byte[] png, double x, double y, double width, double height)
    {
        var (columns, rows) = ((int)Math.Round(width), (int)Math.Round(height));
        using var image = Image.ThumbnailBuffer(png, columns, height: rows, size: Enums.Size.Force);
        using var opaque = image.HasAlpha() ? image.Flatten() : image.Copy();
        using var colours = opaque.Colourspace(Enums.Interpretation.Srgb);
        using var whole = colours.Cast(Enums.BandFormat.Uchar);
        var pixels = whole.WriteToMemory<byte>();
        var (left, top) = ((int)Math.Round(x), (int)Math.Round(y));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var at = (row * columns + column) * Bands;
                Blend(left + column, top + row, new Rgb(pixels[at], pixels[at + 1], pixels[at + 2]), 1);
            }
        }
    }

    public byte[] ToPng()
    {
        using var image = Image.NewFromMemory(_pixels, _width, _height, Bands, Enums.BandFormat.Uchar);
        using var colours = image.Copy(interpretation: Enums.Interpretation.Srgb);
        return colours.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    private void Blend(int x, int y, Rgb colour, double share)
    {
        if (share <= 0 || x < 0 || y < 0 || x >= _width || y >= _height)
            return;
        var at = (y * _width + x) * Bands;
        _pixels[at] = Mix(_pixels[at], colour.R);
        _pixels[at + 1] = Mix(_pixels[at + 1], colour.G);
        _pixels[at + 2] = Mix(_pixels[at + 2], colour.B);

        byte Mix(byte below, byte above) => (byte)Math.Round(below + (above - below) * share);
    }

    private static void AddEdge(double[] areas, int stride, Point from, Point to)
    {
        if (from.Y == to.Y)
            return;
        var (sign, upper, lower) = from.Y < to.Y ? (1.0, from, to) : (-1.0, to, from);
        var slope = (lower.X - upper.X) / (lower.Y - upper.Y);
        var x = upper.X;
        for (var row = (int)upper.Y; row < lower.Y; row++)
        {
            var height = Math.Min(row + 1, lower.Y) - Math.Max(row, upper.Y);
            var next = x + slope * height;
            AddPiece(areas.AsSpan(row * stride, stride), Math.Min(x, next), Math.Max(x, next), sign * height);
            x = next;
        }
    }

    /// <summary>A piece of an edge within one line of pixels: each pixel it crosses gets its part of the height, less what lies left of the edge.</summary>
    private static void AddPiece(Span<double> line, double from, double to, double height)
    {
        var (first, last) = ((int)from, (int)Math.Ceiling(to));
        if (last <= first + 1)
        {
            var inside = height * (1 - ((from + to) / 2 - first));
            line[first] += inside;
            line[first + 1] += height - inside;
            return;
        }
        var perPixel = 1 / (to - from);
        var before = 0.0; // of the area so far, summed from the left
        for (var pixel = first; pixel <= last; pixel++)
        {
            var area = height * (Covered(pixel + 1, from, to, perPixel) - Covered(pixel, from, to, perPixel));
            line[pixel] += area - before;
            before = area;
        }
    }

    /// <summary>The integral, up to x, of the share of the piece that lies left of a place.</summary>
    private static double Covered(double x, double from, double to, double perPixel) =>
        x <= from ? 0 : x >= to ? (to - from) / 2 + (x - to) : (x - from) * (x - from) * perPixel / 2;
}
