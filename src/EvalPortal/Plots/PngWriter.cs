using PixelPost.EvalPortal.Fonts;

namespace PixelPost.EvalPortal.Plots;

/// <summary>Writes drawings as PNG, with the program's own outlines of the letters.</summary>
public static class PngWriter
{
    /// <summary>Pixels for each pixel of a drawing, as sharp screens and print need them.</summary>
    public const double Scale = 2;

    /// <summary>The most pixels a side has; a larger figure is drawn at a smaller scale.</summary>
    public const int MostPixels = 8_000;

    private const int CircleCorners = 48;

    public static byte[] Write(Drawing drawing, Palette palette)
    {
        var scale = Math.Min(Scale, MostPixels / Math.Max(drawing.Width, drawing.Height));
        var canvas = new Canvas((int)Math.Ceiling(drawing.Width * scale), (int)Math.Ceiling(drawing.Height * scale), palette[Tone.Surface]);
        foreach (var mark in drawing.Marks)
            Draw(canvas, mark, scale, palette);
        return canvas.ToPng();
    }

    private static void Draw(Canvas canvas, Mark mark, double scale, Palette palette)
    {
        switch (mark)
        {
            case Box box:
                Fill(box.Fill, Corners(box));
                break;
            case Stroke stroke:
                Fill(stroke.Colour, Around(stroke));
                break;
            case Dot dot:
                Fill(dot.Fill, [.. Enumerable.Range(0, CircleCorners).Select(corner => Math.SinCos(2 * Math.PI * corner / CircleCorners))
                    .Select(turn => new Point(dot.X + dot.Radius * turn.Cos, dot.Y + dot.Radius * turn.Sin))]);
                break;
            case Words words:
                var typeface = Typeface.Of(words.Bold);
                var width = typeface.Width(words.Text, words.Size);
                var start = words.X - (words.Anchor switch { Anchor.Start => 0, Anchor.Middle => width / 2, _ => width });
                Fill(words.Colour, [.. typeface.Outline(words.Text, start, words.Y, words.Size)]);
                break;
            case Picture picture:
                canvas.Put(picture.Png, picture.X * scale, picture.Y * scale, picture.Width * scale, picture.Height * scale);
                break;
            default:
                throw new ArgumentException($"There are no pixels for {mark.GetType().Name}.");
        }

        void Fill(Paint paint, params Point[][] polygons) => canvas.Fill(
            [.. polygons.Select(polygon => polygon.Select(point => new Point(point.X * scale, point.Y * scale)).ToArray())], palette[paint], mark.Opacity);
    }

    private static Point[] Corners(Box box) =>
        [new(box.X, box.Y), new(box.X + box.Width, box.Y), new(box.X + box.Width, box.Y + box.Height), new(box.X, box.Y + box.Height)];

    /// <summary>The outline of a line, half its width to each side.</summary>
    private static Point[] Around(Stroke stroke)
    {
        var (dx, dy) = (stroke.X2 - stroke.X1, stroke.Y2 - stroke.Y1);
        var length = Math.Sqrt(dx * dx + dy * dy);
        if (length == 0)
            return [];
        var (x, y) = (-dy / length * stroke.Width / 2, dx / length * stroke.Width / 2);
        return [new(stroke.X1 + x, stroke.Y1 + y), new(stroke.X2 + x, stroke.Y2 + y), new(stroke.X2 - x, stroke.Y2 - y), new(stroke.X1 - x, stroke.Y1 - y)];
    }
}
