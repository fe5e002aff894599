using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plots;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Plots;

/// <summary>Where marks stand, against a calculation by hand, and that figure and table say the same.</summary>
public sealed class PlotLayoutTests
{
    /// <summary>Of 10 compared: B 2, tie 1, split 3, A 4, on 400 pixels.</summary>
    [Fact]
    public void Outcomes_OfTen_BarAndWhiskerStandWhereTheirSharesAre()
    {
        var decisions = new OutcomeCounts(a: 4, b: 2, tie: 1, reject: 10, split: 3);
        var net = NetWinRate.Tango(decisions);

        var drawing = OutcomePlot.Of([new OutcomeBar { Name = "Flaws", Decisions = decisions, Net = net }], "new", "old").Draw(400);

        Assert.Equal(
            [(0, 80, Tone.B), (80, 40, Tone.Tie), (120, 120, Tone.Split), (240, 160, Tone.A)],
            drawing.Marks.OfType<Box>().Where(box => box.Height == 32).Select(box => (box.X, box.Width, box.Fill.Tone)));
        var rejected = Assert.Single(drawing.Marks.OfType<Box>(), box => box.Fill == Tone.Reject);
        Assert.Equal((0, 200), (rejected.X, rejected.Width)); // half of the twenty
        Assert.Equal(240, Assert.Single(drawing.Marks.OfType<Dot>()).X, 1e-9); // net +20 % lies at 0.6 of the width
        var whisker = Assert.Single(drawing.Marks.OfType<Stroke>(), stroke => stroke.Width == 2 && stroke.Y1 == stroke.Y2);
        Assert.Equal((200 * (1 + net.Interval!.Lower), 200 * (1 + net.Interval.Upper)), (whisker.X1, whisker.X2));
    }

    [Fact]
    public void Outcomes_Figure_SaysWhatItsTableSays()
    {
        var plot = Samples.Outcomes(axes: 2);
        var words = plot.Draw(Plot.Wide).Marks.OfType<Words>().Select(mark => mark.Text).ToList();

        foreach (var row in plot.Table.Rows)
        {
            Assert.Equal(row.Count, plot.Table.Columns.Count);
            var cells = plot.Table.Columns.Zip(row, (column, value) => (column.Name, Text: PlotTable.Text(column, value))).ToDictionary(cell => cell.Name, cell => cell.Text);
            Assert.Contains($"n = {cells["compared"]}", words);
            foreach (var share in (string[])["a_share", "tie_share", "split_share", "b_share"])
                Assert.Contains(cells[share][..^2], words); // the unit stands in the note
            Assert.Contains($"{cells["net_win_rate"]}\u00A0[{cells["net_win_rate_lower"]}, {cells["net_win_rate_upper"]}]".Replace("+", "", StringComparison.Ordinal), words.Select(word => word.Replace("+", "", StringComparison.Ordinal)));
            Assert.Contains(words, word => word.StartsWith($"rejected: {cells["rejected_share"]}, {cells["rejected"]} of ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(Plot.Wide)]
    [InlineData(Plot.Narrow)]
    public void Forest_Rows_ShareOneScaleAndSayWhatTheTableSays(double width)
    {
        var plot = Samples.Forest(6);
        var drawing = plot.Draw(width);

        var values = plot.Table.Rows.Select(row => (double)row[2]!).ToList();
        var places = drawing.Marks.OfType<Dot>().Select(dot => dot.X).ToList();
        AssertLinear(values, places);
        // whiskers lie on the same scale: of each row the joint one and its own
        var lines = drawing.Marks.OfType<Stroke>().Where(stroke => stroke.Y1 == stroke.Y2).ToList();
        Assert.Equal(12, lines.Count);
        AssertLinear(
            [.. plot.Table.Rows.SelectMany(row => new[] { row[5], row[6], row[3], row[4] }.Cast<double>()), .. values],
            [.. lines.SelectMany(line => new[] { line.X1, line.X2 }), .. places]);
        var zero = Assert.Single(drawing.Marks.OfType<Stroke>().Where(stroke => stroke.X1 == stroke.X2 && stroke.Colour == Tone.Secondary && stroke.Width == 1 && Math.Abs(stroke.Y2 - stroke.Y1) > 20).DistinctBy(stroke => stroke.X1));
        AssertLinear([.. values, 0], [.. places, zero.X1]);
        var words = drawing.Marks.OfType<Words>().Select(mark => mark.Text).ToList();
        Assert.All(plot.Table.Rows, row => Assert.Contains(words, word => word.Contains(Figures.SignedPercent((double)row[2]!), StringComparison.Ordinal)));
    }

    [Fact]
    public void Ranking_Systems_StandByStrengthAndRank()
    {
        var plot = Samples.Ranking(5);
        var drawing = plot.Draw(Plot.Wide);

        var dots = drawing.Marks.OfType<Dot>().ToList();
        AssertLinear([.. plot.Table.Rows.Select(row => (double)row[4]!)], [.. dots.Where((_, i) => i % 2 == 0).Select(dot => dot.X)]);
        AssertLinear([1, 2, 3, 4, 5], [.. dots.Where((_, i) => i % 2 == 1).Select(dot => dot.X)]);
        Assert.Equal(["1. system 1", "2. system 2", "3. system 3", "4. system 4", "5. system 5"], drawing.Marks.OfType<Words>().Where(words => words.Bold).Select(words => words.Text));
        Assert.Contains("1. system 1: log strength", plot.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Matrix_Cells_HoldShareAndCountFromBothSides()
    {
        var plot = MatrixPlot.Of(["new", "old"], [new MatrixCell(0, 1, new OutcomeCounts(a: 6, b: 2, tie: 2, reject: 1)), new MatrixCell(1, 0, new OutcomeCounts(a: 2, b: 6, tie: 2, reject: 1), "/votes")]);

        var cells = plot.Draw(Plot.Wide).Marks.OfType<Words>().Where(words => words.Anchor == Anchor.Middle).Select(words => words.Text).ToList();
        Assert.Equal(["1", "70.0", "10", "2", "30.0", "10"], cells);
        Assert.Equal([0.7, 0.3], plot.Table.Rows.Select(row => row[^1]));
        Assert.Equal(Tone.A, MatrixPlot.PaintOf(0.7).Tone);
        Assert.Equal(Tone.B, MatrixPlot.PaintOf(0.3).Tone);
        Assert.Equal(MatrixPlot.PaintOf(0.7).Share, MatrixPlot.PaintOf(0.3).Share, 1e-12); // as far from a half, as deep
        Assert.Contains("href=\"/votes\"", SvgWriter.ForPage(plot.Draw(Plot.Wide), plot.Summary), StringComparison.Ordinal);
        Assert.DoesNotContain("/votes", SvgWriter.ForFile(plot.Draw(Plot.Wide), plot.Title, plot.Summary, Palette.Light), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FlawMap_Marks_StandWhereRatersClicked()
    {
        var report = await Samples.FlawsAsync();
        var flaws = report.Items.SelectMany(item => item.Flaws).Where(flaw => flaw.IsOfA == true).ToList();

        var drawing = FlawPlots.Map("1-flaws-a", "new", flaws, imageWidth: 512, imageHeight: 256, picture: null).Draw(400);

        Assert.Equal((400, 200), (drawing.Width, drawing.Height));
        Assert.Equal(flaws.Select(flaw => (400 * flaw.FlawX!.Value, 200 * flaw.FlawY!.Value)), drawing.Marks.OfType<Dot>().Where(dot => dot.Hint is not null).Select(dot => (dot.X, dot.Y)));
        Assert.Equal(["H", "H", "T", "?"], drawing.Marks.OfType<Words>().Select(words => words.Text));
    }

    /// <summary>All pairs of value and place lie on one rising line.</summary>
    private static void AssertLinear(List<double> values, List<double> places)
    {
        Assert.Equal(values.Count, places.Count);
        var (low, high) = (values.IndexOf(values.Min()), values.IndexOf(values.Max()));
        var slope = (places[high] - places[low]) / (values[high] - values[low]);
        Assert.True(slope > 0);
        Assert.All(values.Zip(places), pair => Assert.Equal(places[low] + slope * (pair.First - values[low]), pair.Second, 1e-6));
    }
}
