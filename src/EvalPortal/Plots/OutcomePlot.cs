using System.Globalization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plots;

/// <summary>What two systems' comparisons came to on one axis.</summary>
public sealed record OutcomeBar
{
    /// <summary>The axis, in a word.</summary>
    public required string Name { get; init; }

    public required OutcomeCounts Decisions { get; init; }

    /// <summary>Net win rate of A.</summary>
    public required Estimate Net { get; init; }

    /// <summary>Where a click on a decision leads; nowhere when null.</summary>
    public Func<Decision, string>? LinkTo { get; init; }
}

/// <summary>
/// Two systems: the decisions as a stacked bar, the rejected ones as a strip under it, and the net win rate with its whisker. System A
/// is on the right of bar and whisker, because that is where its lead points.
/// </summary>
public static class OutcomePlot
{
    private const double BarTop = 40;
    private const double BarHeight = 32;
    private const double AxisTop = 178;
    private const double Height = 214;
    private const double Heading = 28;
    private const double Gap = 28;

    public static Plot Of(IReadOnlyList<OutcomeBar> bars, string systemA, string systemB) => new()
    {
        Key = "outcomes",
        Title = "win, tie, lose, split and reject",
        Summary = string.Join(" ", bars.Select(bar => Summary(bar, systemA, systemB))),
        Note = "Bar: majority of the votes on each comparison, in % of those compared; rejected ones in % of all. Whisker: 95 % interval of the net win rate.",
        Table = TableOf(bars),
        Draw = width => Draw(bars, systemA, systemB, width),
    };

    private static string Summary(OutcomeBar bar, string systemA, string systemB) =>
        $"{bar.Name}: net win rate of {systemA} over {systemB} {Figures.NetWinRate(bar.Net)} %. "
        + string.Join(", ", Parts(bar.Decisions, systemA, systemB).Select(part => part.Hint)) + ".";

    private static PlotTable TableOf(IReadOnlyList<OutcomeBar> bars) => new(
        [
            new("axis", "Axis"),
            new("compared", "Compared", CellKind.Whole),
            new("a_wins", "A wins", CellKind.Whole), new("a_share", "Share", CellKind.Percent),
            new("tie", "Tie", CellKind.Whole), new("tie_share", "Share", CellKind.Percent),
            new("split", "Split", CellKind.Whole), new("split_share", "Share", CellKind.Percent),
            new("b_wins", "B wins", CellKind.Whole), new("b_share", "Share", CellKind.Percent),
            new("rejected", "Rejected", CellKind.Whole), new("rejected_share", "Share of all", CellKind.Percent),
            .. PlotColumn.Of("net_win_rate", "Net win rate of A, %", CellKind.Net),
        ],
        [.. bars.Select(bar => (IReadOnlyList<object?>)
        [
            bar.Name,
            bar.Decisions.Compared,
            bar.Decisions.A, Share(bar.Decisions.A, bar.Decisions.Compared),
            bar.Decisions.Tie, Share(bar.Decisions.Tie, bar.Decisions.Compared),
            bar.Decisions.Split, Share(bar.Decisions.Split, bar.Decisions.Compared),
            bar.Decisions.B, Share(bar.Decisions.B, bar.Decisions.Compared),
            bar.Decisions.Reject, Share(bar.Decisions.Reject, bar.Decisions.Total),
            .. PlotTable.Cells(bar.Net),
        ])]);

    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static Drawing Draw(IReadOnlyList<OutcomeBar> bars, string systemA, string systemB, double width)
    {
        var marks = new List<Mark>();
        var y = 0.0;
        foreach (var bar in bars)
        {
            y += y > 0 ? Gap : 0;
            if (bars.Count > 1)
            {
                marks.Add(new Words(0, y + 15, bar.Name, Tone.Text, Size: 15, Bold: true));
                marks.Add(new Words(width, y + 15, $"n = {Figures.Whole(bar.Decisions.Compared)}", Tone.Secondary, Anchor.End));
                y += Heading;
            }
            if (bar.Decisions.Compared == 0)
            {
                marks.Add(new Words(0, y + 15, "Nothing was compared.", Tone.Secondary));
                y += Heading;
                continue;
            }
            var height = Stacked(systemA, systemB, width) ? Height + 20 : Height;
            marks.AddRange(Bar(bar, systemA, systemB, width).Select(mark => mark.Moved(0, y)));
            y += height;
        }
        return new Drawing(width, y, marks);
    }

    /// <summary>Whether the systems' names are too long to stand beside each other.</summary>
    private static bool Stacked(string systemA, string systemB, double width) =>
        Typeface.Regular.Width(NameOf(systemA, "A"), Words.Usual) + Typeface.Regular.Width(NameOf(systemB, "B"), Words.Usual) + 64 > width;

    private static string NameOf(string system, string letter) => $"{system} ({letter}) wins";

    private static IEnumerable<Mark> Bar(OutcomeBar bar, string systemA, string systemB, double width)
    {
        var stacked = Stacked(systemA, systemB, width);
        foreach (var mark in Names(systemA, systemB, width, stacked))
            yield return mark;

        var down = stacked ? 20 : 0;
        foreach (var mark in Parts(bar, systemA, systemB, width).Concat(Rejected(bar, width)).Concat(Whisker(bar.Net, width)))
            yield return mark.Moved(0, down);
    }

    private static IEnumerable<Mark> Names(string systemA, string systemB, double width, bool stacked)
    {
        yield return new Box(0, 9, 10, 10, Tone.B);
        yield return Name(16, 18, systemB, "B", Anchor.Start, stacked ? width - 16 : width / 2);
        var y = stacked ? 38 : 18;
        yield return new Box(width - 10, y - 9, 10, 10, Tone.A);
        yield return Name(width - 16, y, systemA, "A", Anchor.End, stacked ? width - 16 : width);

        static Words Name(double x, double y, string system, string letter, Anchor anchor, double room) =>
            new(x, y, $"{Typeface.Regular.Fit(system, room - Typeface.Regular.Width(NameOf("", letter), Words.Usual))} ({letter}) wins", Tone.Text, anchor) { Hint = system };
    }

    private static IEnumerable<Mark> Parts(OutcomeBar bar, string systemA, string systemB, double width)
    {
        var (from, named) = (0.0, double.NegativeInfinity); // where the bar and the last name under it have got to
        foreach (var part in Parts(bar.Decisions, systemA, systemB))
        {
            var length = width * part.Count / bar.Decisions.Compared;
            var label = Figures.PercentNumber((double)part.Count / bar.Decisions.Compared);
            var link = bar.LinkTo?.Invoke(part.Decision);
            yield return new Box(from, BarTop, length, BarHeight, part.Tone) { Hint = part.Hint, Link = link };
            if (Typeface.Bold.Width(label, Words.Usual) + 8 <= length)
                yield return new Words(from + length / 2, BarTop + 21, label, part.Tone == Tone.A ? Tone.White : Tone.Black, Anchor.Middle, Bold: true) { Hint = part.Hint, Link = link };
            var half = Typeface.Regular.Width(part.Name, Words.Usual) / 2;
            var middle = Math.Clamp(from + length / 2, half, Math.Max(half, width - half));
            if (part.Decision is Decision.Tie or Decision.Split && middle - half > named)
            {
                named = middle + half + 4;
                yield return new Words(middle, BarTop + BarHeight + 15, part.Name, Tone.Secondary, Anchor.Middle);
            }
            if (from > 0)
                yield return new Stroke(from, BarTop, from, BarTop + BarHeight, Tone.Surface, 2);
            from += length;
        }
    }

    private static IEnumerable<Mark> Rejected(OutcomeBar bar, double width)
    {
        var decisions = bar.Decisions;
        if (decisions.Reject == 0)
            yield break;
        var hint = string.Create(CultureInfo.InvariantCulture, $"rejected: {Figures.Percent(decisions.Reject, decisions.Total)}, {decisions.Reject} of {decisions.Total}");
        var length = width * decisions.Reject / decisions.Total;
        yield return new Box(0, BarTop + BarHeight + 24, length, 8, Tone.Reject) { Hint = hint, Link = bar.LinkTo?.Invoke(Decision.Reject) };
        var textWidth = Typeface.Regular.Width(hint, Words.Usual);
        yield return length + 8 + textWidth <= width
            ? new Words(length + 8, BarTop + BarHeight + 33, hint, Tone.Secondary)
            : new Words(0, BarTop + BarHeight + 46, hint, Tone.Secondary);
    }

    private static IEnumerable<Mark> Whisker(Estimate net, double width)
    {
        const double Middle = AxisTop - 15;
        yield return new Stroke(0, AxisTop, width, AxisTop, Tone.Secondary);
        yield return new Stroke(width / 2, AxisTop - 26, width / 2, AxisTop, Tone.Secondary);
        foreach (var (tick, label, anchor) in new[] { (-1.0, "−100", Anchor.Start), (-0.5, "−50", Anchor.Middle), (0, "0", Anchor.Middle), (0.5, "+50", Anchor.Middle), (1, "+100", Anchor.End) })
        {
            yield return new Stroke(At(tick), AxisTop, At(tick), AxisTop + 4, Tone.Secondary);
            yield return new Words(At(tick), AxisTop + 17, label, Tone.Secondary, anchor);
        }
        yield return new Words(0, AxisTop + 35, "B ahead", Tone.Secondary);
        yield return new Words(width / 2, AxisTop + 35, "Net win rate of A, %", Tone.Secondary, Anchor.Middle);
        yield return new Words(width, AxisTop + 35, "A ahead", Tone.Secondary, Anchor.End);
        if (net.Value is not { } value)
            yield break;

        foreach (var mark in Marked.Whisker(net.Interval, At, Middle, Tone.Text, weight: 2, cap: 5))
            yield return mark;
        yield return new Dot(At(value), Middle, 4.5, Tone.Text);
        var text = Figures.NetWinRate(net);
        var half = Typeface.Bold.Width(text, 18) / 2;
        yield return new Words(Math.Clamp(At(value), half, width - half), AxisTop - 32, text, Tone.Text, Anchor.Middle, Size: 18, Bold: true);

        // a t interval can pass ±100 %, the axis cannot
        double At(double rate) => width * (Math.Clamp(rate, -1, 1) + 1) / 2;
    }

    private static IEnumerable<(Decision Decision, int Count, Tone Tone, string Name, string Hint)> Parts(OutcomeCounts decisions, string systemA, string systemB) =>
        new (Decision Decision, int Count, Tone Tone, string Name)[]
        {
            (Decision.B, decisions.B, Tone.B, $"{systemB} wins"),
            (Decision.Tie, decisions.Tie, Tone.Tie, "tie"),
            (Decision.Split, decisions.Split, Tone.Split, "split"),
            (Decision.A, decisions.A, Tone.A, $"{systemA} wins"),
        }.Where(part => part.Count > 0).Select(part => (part.Decision, part.Count, part.Tone, part.Name,
            $"{part.Name}: {Figures.Percent(part.Count, decisions.Compared)}, {part.Count} of {decisions.Compared}"));
}
