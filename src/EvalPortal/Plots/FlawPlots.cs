using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Flaws;

namespace PixelPost.EvalPortal.Plots;

/// <summary>The figures about flaws that raters pointed out.</summary>
public static class FlawPlots
{
    private const double Radius = 10;
    private const double Glow = 26;

    /// <summary>How often each type was pointed out in the images of A and of B.</summary>
    public static Plot Types(FlawReport report, string systemA, string systemB) => ForestPlot.OfShares(
        "flaw-types",
        "flaws by type",
        $"Share of {Figures.Count(report.Votes, "vote")} that pointed the flaw out as the worst of the pair; 95 % interval clustered by prompt. Blue: A; orange: B.",
        [.. report.Rates.Select(rate => new ForestLine
        {
            Label = $"{(rate.Type is null ? "Any flaw" : FlawWords.Of(rate.Type))}, {(rate.IsOfA ? $"A {systemA}" : $"B {systemB}")}",
            Estimate = rate.Rate,
            Count = rate.Flaws,
            Tone = rate.IsOfA ? Tone.A : Tone.B,
        })],
        "Votes",
        "% of the votes");

    /// <summary>Where flaws were pointed out, over all images of a system.</summary>
    public static Plot Places(FlawReport report, string systemA, string systemB)
    {
        (string Name, Tone Tone, IReadOnlyList<int> Counts)[] maps = [($"A {systemA}", Tone.A, report.Places(isOfA: true)), ($"B {systemB}", Tone.B, report.Places(isOfA: false))];
        return new()
        {
            Key = "flaw-places",
            Title = "places of flaws",
            Summary = string.Join(" ", maps.Select(map => $"{map.Name}: {Figures.Count(map.Counts.Sum(), "flaw")} placed{Most(map.Counts)}.")),
            Note = "How many flaws raters placed in each part of the images, all images of a system over one another.",
            Table = new PlotTable(
                [new("system", "System"), new("row", "Row from the top", CellKind.Whole), new("column", "Column from the left", CellKind.Whole), new("flaws", "Flaws", CellKind.Whole)],
                [.. from map in maps
                    from place in map.Counts.Select((count, place) => (count, place))
                    where place.count > 0
                    select (IReadOnlyList<object?>)[map.Name, place.place / FlawReport.Cells + 1, place.place % FlawReport.Cells + 1, place.count]]),
            Draw = width => DrawPlaces(maps, width),
        };
    }

    private static string Most(IReadOnlyList<int> counts)
    {
        var (place, most) = counts.Index().MaxBy(cell => cell.Item);
        return most == 0 ? "" : $", most of them ({most}) in row {place / FlawReport.Cells + 1} from the top, column {place % FlawReport.Cells + 1} from the left";
    }

    private static Drawing DrawPlaces((string Name, Tone Tone, IReadOnlyList<int> Counts)[] maps, double width)
    {
        const double Between = 24;
        const double Header = 24;
        var beside = width >= 480;
        var side = Math.Min(300, beside ? (width - Between) / 2 : width);
        var cell = side / FlawReport.Cells;
        var most = Math.Max(1, maps.SelectMany(map => map.Counts).Max()); // one scale for both
        var marks = new List<Mark>();
        for (var i = 0; i < maps.Length; i++)
        {
            var (name, tone, counts) = maps[i];
            var (left, top) = beside ? (i * (side + Between), Header) : (0, Header + i * (side + Header + Between));
            marks.Add(new Words(left, top - 8, Typeface.Bold.Fit(name, side), Tone.Text, Bold: true) { Hint = name });
            for (var place = 0; place < counts.Count; place++)
            {
                var (x, y) = (left + place % FlawReport.Cells * cell, top + place / FlawReport.Cells * cell);
                var paint = counts[place] == 0 ? new Paint(Tone.Lines, 0.5) : new Paint(tone, 0.1 + 0.6 * counts[place] / most);
                marks.Add(new Box(x + 0.5, y + 0.5, cell - 1, cell - 1, paint) { Hint = Figures.Count(counts[place], "flaw") });
                if (counts[place] > 0)
                    marks.Add(new Words(x + cell / 2, y + cell / 2 + 5, Figures.Whole(counts[place]), Tone.Text, Anchor.Middle));
            }
        }
        return new Drawing(width, (beside ? 1 : 2) * (Header + side) + (beside ? 0 : Between), marks);
    }

    /// <summary>The flaws of one image, each at its place with the letter of its type: filled where it is major.</summary>
    /// <param name="key">Its name in addresses and file names.</param>
    /// <param name="system">Whose image it is.</param>
    /// <param name="flaws">Those with a place on it.</param>
    /// <param name="picture">The image file, to be drawn behind them; null to lie over an image on a page.</param>
    public static Plot Map(string key, string system, IReadOnlyList<FlawVote> flaws, int imageWidth, int imageHeight, byte[]? picture) => new()
    {
        Key = key,
        Title = $"flaws in the image of {system}",
        Summary = flaws.Count == 0 ? $"No flaw was placed in the image of {system}."
            : $"Flaws placed in the image of {system}: " + Plot.Summarise([.. flaws.Select(flaw =>
                $"{FlawWords.Of(flaw)} at {Figures.Percent(flaw.FlawX!.Value)} from the left and {Figures.Percent(flaw.FlawY!.Value)} from the top")]),
        Note = "A letter for each flaw: H hands and limbs, F face, T text, E edges and shapes, X texture, O other, ? no type named. Dark: major.",
        Table = new PlotTable(
            [
                new("rater", "Rater"), new("type", "Type"), new("severity", "Severity"),
                new("x", "From the left", CellKind.Percent), new("y", "From the top", CellKind.Percent),
            ],
            [.. flaws.Select(flaw => (IReadOnlyList<object?>)[flaw.Pseudonym, FlawWords.Of(flaw.Type), flaw.FlawSeverity, flaw.FlawX, flaw.FlawY])]),
        Draw = width => DrawMap(flaws, width, width * imageHeight / imageWidth, picture),
    };

    private static Drawing DrawMap(IReadOnlyList<FlawVote> flaws, double width, double height, byte[]? picture)
    {
        var marks = new List<Mark>();
        if (picture is not null)
            marks.Add(new Picture(0, 0, width, height, picture));
        foreach (var flaw in flaws)
        {
            // rings of one colour lie over each other: where many clicked it is the strongest
            foreach (var radius in (double[])[Glow, 0.75 * Glow, 0.5 * Glow])
                marks.Add(new Dot(width * flaw.FlawX!.Value, height * flaw.FlawY!.Value, radius, Tone.B) { Opacity = 0.16 });
        }
        foreach (var flaw in flaws)
        {
            var (x, y) = (width * flaw.FlawX!.Value, height * flaw.FlawY!.Value);
            var hint = $"{flaw.Pseudonym}: {FlawWords.Of(flaw)}";
            marks.Add(new Dot(x, y, Radius + 1.5, flaw.IsMajor ? Tone.White : Tone.Black));
            marks.Add(new Dot(x, y, Radius, flaw.IsMajor ? Tone.Black : Tone.White) { Hint = hint });
            marks.Add(new Words(x, y + 4.5, FlawWords.Letter(flaw.Type), flaw.IsMajor ? Tone.White : Tone.Black, Anchor.Middle, Bold: true) { Hint = hint });
        }
        return new Drawing(width, height, marks);
    }
}
