using NetVips;
using PixelPost.EvalPortal.Plots;
using Point = PixelPost.EvalPortal.Fonts.Point;

namespace PixelPost.EvalPortal.Tests.Plots;

/// <summary>Filled polygons against the areas they have.</summary>
public sealed class CanvasTests
{
    private static readonly Rgb White = new(255, 255, 255);
    private static readonly Rgb Black = new(0, 0, 0);

    [Fact]
    public void Fill_HalfAPixel_IsHalfAsDark()
    {
        var pixels = Draw(4, 2, canvas => canvas.Fill([Box(1, 0, 2.5, 1.5)], Black));

        Assert.Equal([255, 0, 128, 255], pixels.Take(4)); // 1 and a half pixels wide
        Assert.Equal([255, 128, 191, 255], pixels.Skip(4)); // a half of those high
    }

    [Fact]
    public void Fill_OtherWayRound_IsAHole()
    {
        var pixels = Draw(4, 4, canvas => canvas.Fill([Box(0, 0, 4, 4), [.. Box(1, 1, 3, 3).Reverse()]], Black));

        Assert.Equal(4 * 255, pixels.Sum(pixel => pixel));
        Assert.Equal(255, pixels[5]);
    }

    /// <summary>A slanted triangle of 40 × 25 halved, in any place between pixels.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.3, 0.7)]
    [InlineData(2.99, 1.01)]
    public void Fill_Triangle_CoversItsArea(double x, double y)
    {
        var pixels = Draw(50, 40, canvas => canvas.Fill([[new(x + 1, y + 1), new(x + 41, y + 6), new(x + 16, y + 26)]], Black));

        // |(40·25 − 15·5)|/2
        Assert.Equal(462.5, pixels.Sum(pixel => 255 - pixel) / 255.0, tolerance: 1);
    }

    [Fact]
    public void Fill_BesideTheCanvas_ChangesNothing() =>
        Assert.All(Draw(3, 3, canvas => canvas.Fill([Box(-9, -9, -1, -1), Box(5, 1, 9, 2)], Black)), pixel => Assert.Equal(255, pixel));

    private static byte[] Draw(int width, int height, Action<Canvas> draw)
    {
        var canvas = new Canvas(width, height, White);
        draw(canvas);
        using var image = Image.NewFromBuffer(canvas.ToPng());
        using var grey = image.ExtractBand(0);
        return grey.WriteToMemory<byte>();
    }

    private static Point[] Box(double left, double top, double right, double bottom) => [new(left, top), new(right, top), new(right, bottom), new(left, bottom)];
}

/// <summary>The letters that figures are drawn with.</summary>
public sealed class TypefaceTests
{
    [Fact]
    public void Outline_Letters_HaveTheContoursThatTheyHaveOnPaper()
    {
        Assert.Equal(["l:1", "o:2", "i:2", "B:3", "é:3", "ğ:3", "−:1", "Ω:1", "文:0"],
            "loiBéğ−Ω文".EnumerateRunes().Select(letter => $"{letter}:{(Typeface.Regular.Has(letter.ToString()) ? Typeface.Regular.Outline(letter.ToString(), 0, 0, 10).Count() : 0)}"));
        Assert.Empty(Typeface.Regular.Outline(" ", 0, 0, 10));
    }

    /// <summary>The height of capitals is 1490 of 2048 units in Inter, and the width of a semi-bold letter is larger.</summary>
    [Fact]
    public void Outline_Capital_HasItsHeight()
    {
        var points = Typeface.Regular.Outline("H", 3, 100, 2048).SelectMany(contour => contour).ToList();

        Assert.Equal(1490, 100 - points.Min(point => point.Y), tolerance: 2);
        Assert.Equal(100, points.Max(point => point.Y), tolerance: 2);
        Assert.InRange(points.Max(point => point.X) - 3, 0, Typeface.Regular.Width("H", 2048));
        Assert.True(Typeface.Bold.Width("net win rate", 13) > Typeface.Regular.Width("net win rate", 13));
    }

    [Fact]
    public void Fit_LongText_EndsInAnEllipsisThatFits()
    {
        Assert.Equal("short", Typeface.Regular.Fit("short", 100));
        var cut = Typeface.Regular.Fit("a name that is much too long for its place", 100);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.InRange(Typeface.Regular.Width(cut, Words.Usual), 60, 100);
    }
}
