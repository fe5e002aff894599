using System.Text;
using System.Xml.Linq;
using NetVips;
using PixelPost.EvalPortal.Plots;

namespace PixelPost.EvalPortal.Tests.Plots;

/// <summary>What every figure is held to, as SVG and as PNG.</summary>
public sealed class PlotFilesTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    // The folder in which browser tests keep pictures of pages keeps those of figures too.
    private static readonly string? Kept = Environment.GetEnvironmentVariable("PIXELPOST_SCREENSHOTS");

    [Theory]
    [InlineData(0, "system")]
    [InlineData(1, "system")]
    [InlineData(6, Samples.HostileName)]
    [InlineData(100, "system")]
    public async Task EveryFigure_AnyNumberOfRows_IsWellFormedAndHoldsWhatItDraws(int rows, string name)
    {
        foreach (var (key, plot) in await Samples.AllAsync(rows, name))
        {
            foreach (var width in (double[])[Plot.Wide, Plot.Narrow])
            {
                var drawing = plot.Draw(width);
                var page = XDocument.Parse(SvgWriter.ForPage(drawing, plot.Summary));
                Assert.Equal(plot.Summary, page.Root!.Attribute("aria-label")!.Value);
                if (key != "flaw-map") // whose letters stand where raters clicked, at the very edge too
                    Assert.All(drawing.Marks.OfType<Words>(), words => AssertInside(key, words, drawing));
            }
            var file = XDocument.Parse(Saved(plot).ToSvg(Palette.Light));
            Assert.Equal([Svg + "title", Svg + "desc", Svg + "style"], file.Root!.Elements().Take(3).Select(element => element.Name));
            Assert.Equal(plot.Summary, file.Root.Element(Svg + "desc")!.Value);
            Assert.Contains("font/woff2;base64,d09GMg", file.Root.Element(Svg + "style")!.Value, StringComparison.Ordinal); // the magic number of WOFF2
            Assert.Empty(file.Descendants(Svg + "script").Concat(file.Descendants(Svg + "a")));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task EveryFigure_AsPng_HasItsSizeAndIsNotBlank(int rows)
    {
        foreach (var (key, plot) in await Samples.AllAsync(rows))
        {
            foreach (var (theme, palette) in new[] { ("light", Palette.Light), ("dark", Palette.Dark) })
            {
                var saved = Saved(plot);
                var png = saved.ToPng(palette);

                using var image = Image.NewFromBuffer(png);
                var drawing = saved.Draw(Plot.Wide);
                var scale = Math.Min(PngWriter.Scale, PngWriter.MostPixels / Math.Max(drawing.Width, drawing.Height));
                Assert.Equal(((int)Math.Ceiling(drawing.Width * scale), (int)Math.Ceiling(drawing.Height * scale), 3), (image.Width, image.Height, image.Bands));
                Assert.True(image.Deviate() > 1, $"{key} is blank");
                Keep($"figure-{key}-{rows}-{theme}.png", png);
            }
            Keep($"figure-{key}-{rows}-phone.png", Saved(plot).ToPng(Palette.Light, Plot.Narrow));
        }
    }

    [Fact]
    public void Svg_HostileNames_StayText()
    {
        const string Name = Samples.HostileName + " \u0001\uD800 \u202E";

        var svg = Saved(Samples.Outcomes(1, Name, "base")).ToSvg(Palette.Light);

        Assert.DoesNotContain("<script", svg, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(XDocument.Parse(svg).Descendants(Svg + "title"), title => title.Value.StartsWith(Samples.HostileName, StringComparison.Ordinal));
    }

    [Fact]
    public void SavedPlot_Simulated_SaysSoAndNamesItsFile()
    {
        var saved = Saved(Samples.Outcomes(1)) with { Study = "Round 1: Müller's <models>/..", Axis = "Flaws", Simulated = true };

        Assert.Equal("round-1-müller-s-models-flaws-outcomes", saved.FileName);
        var words = saved.Draw(Plot.Narrow).Marks.OfType<Words>().Select(mark => mark.Text).ToList();
        Assert.Contains("simulated votes", words);
        Assert.DoesNotContain("simulated votes", (saved with { Simulated = false }).Draw(Plot.Narrow).Marks.OfType<Words>().Select(mark => mark.Text));
    }

    [Fact]
    public async Task Table_AsCsv_HasTheNumbersInFullAndNoFormulas()
    {
        var table = new PlotTable([new("row", "Row"), new("net", "Net", CellKind.Net)], [["=1+1", 1.0 / 3], ["b", null]]);

        Assert.Equal("row,net\r\n=1+1,0.3333333333333333\r\nb,\r\n", Encoding.UTF8.GetString(await table.ToCsvAsync()));
        Assert.Contains("'=1+1", Encoding.UTF8.GetString(await table.ToCsvAsync(forSpreadsheets: true)), StringComparison.Ordinal);
        Assert.Equal(["+33.3", "–"], table.Rows.Select(row => PlotTable.Text(table.Columns[1], row[1])));
    }

    private static SavedPlot Saved(Plot plot) => new() { Plot = plot, Study = "Round 1", Axis = "Flaws", Basis = ["60 comparisons, 12 raters, 300 votes; with no rater excluded; no plan locked"] };

    /// <summary>No text sticks out of its figure, however long a name is.</summary>
    private static void AssertInside(string figure, Words words, Drawing drawing)
    {
        var width = Typeface.Of(words.Bold).Width(words.Text, words.Size);
        var left = words.X - (words.Anchor switch { Anchor.Start => 0, Anchor.Middle => width / 2, _ => width });
        Assert.True(left >= -1 && left + width <= drawing.Width + 1, $"{figure}: '{words.Text}' stands from {left:0} to {left + width:0} of {drawing.Width:0}");
        Assert.InRange(words.Y, 0, drawing.Height);
    }

    private static void Keep(string name, byte[] png)
    {
        if (Kept is null)
            return;
        Directory.CreateDirectory(Kept);
        File.WriteAllBytes(Path.Combine(Kept, name), png);
    }
}
