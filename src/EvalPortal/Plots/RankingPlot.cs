using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Output;

namespace PixelPost.EvalPortal.Plots;

/// <summary>Systems on one scale, the strongest first: log strengths with intervals, and the ranks that each may have.</summary>
public static class RankingPlot
{
    private const double RowHeight = 28;
    private const double NarrowRowHeight = 46;
    private const double Header = 24;
    private const double Footer = 44;
    private const double RankPanel = 150;
    private const double Room = 480;
    private const string Unit = "Log strength; 0 is the average system";

    /// <param name="ranking">One that could be fitted.</param>
    public static Plot Of(RankingResult ranking)
    {
        var systems = ranking.Systems ?? throw new ArgumentException($"There is no ranking: {ranking.Reason}");
        return new()
        {
            Key = "ranking",
            Title = "ranking",
            Summary = Plot.Summarise([.. systems.Select(system =>
                $"{system.Rank}. {system.System}: log strength {RankingWords.Strength(system)}{(RankingWords.RanksInWords(system) is { } ranks ? $", {ranks}" : "")}")]),
            Note = $"Whisker: 95 % interval of the strength; 1 more is odds of 2.7 to 1.{(ranking.Replicates > 0 ? " Bar: 95 % of the ranks." : "")} {RankingWords.How(ranking)}",
            Table = new PlotTable(
                [
                    new("rank", "Rank", CellKind.Whole), new("rank_best", "95 % of ranks from", CellKind.Whole), new("rank_worst", "to", CellKind.Whole),
                    new("system", "System"), .. PlotColumn.Of("log_strength", "Log strength", CellKind.Strength),
                    new("rating", "Rating", CellKind.Whole), new("probability_best", "Best of all", CellKind.Percent),
                ],
                [.. systems.Select(system => (IReadOnlyList<object?>)
                [
                    system.Rank, system.BestRank, system.WorstRank, system.System, .. PlotTable.Cells(system.LogStrength),
                    system.Rating is { } rating ? (int)Math.Round(rating) : null, system.ProbabilityBest,
                ])]),
            Draw = width => width < Room ? DrawNarrow(systems, width) : DrawWide(systems, width),
        };
    }

    private static Drawing DrawWide(IReadOnlyList<RankedSystem> systems, double width)
    {
        var hasRanks = systems.Any(system => system.BestRank is not null);
        var panel = hasRanks ? RankPanel : 0;
        var labels = Math.Min(0.34 * width, 16 + systems.Select(system => Typeface.Bold.Width(NameOf(system), Words.Usual)).Max());
        var scale = ScaleOf(systems, labels + 16, width - labels - panel - (hasRanks ? 56 : 32));
        var bottom = Header + systems.Count * RowHeight;
        List<Mark> marks = [.. scale.Lines(Header, bottom), .. scale.Labels(bottom + 18, Unit)];
        if (hasRanks)
            marks.AddRange(RankAxis(systems.Count, width - panel, panel, bottom));
        for (var i = 0; i < systems.Count; i++)
        {
            var (system, middle) = (systems[i], Header + (i + 0.5) * RowHeight);
            marks.Add(new Words(0, middle + 5, Typeface.Bold.Fit(NameOf(system), labels), Tone.Text, Bold: true) { Hint = system.System });
            marks.AddRange(Strength(system, scale, middle));
            marks.AddRange(Ranks(system, systems.Count, width - panel, panel, middle));
        }
        return new Drawing(width, bottom + Footer, marks);
    }

    private static Drawing DrawNarrow(IReadOnlyList<RankedSystem> systems, double width)
    {
        var scale = ScaleOf(systems, 16, width - 32);
        var bottom = systems.Count * NarrowRowHeight;
        var marks = new List<Mark>();
        for (var i = 0; i < systems.Count; i++)
        {
            var (system, top) = (systems[i], i * NarrowRowHeight);
            var ranks = RankingWords.RanksInWords(system) ?? "";
            marks.AddRange(scale.Lines(top + 22, top + NarrowRowHeight - 2));
            marks.Add(new Words(0, top + 16, Typeface.Bold.Fit(NameOf(system), width - Typeface.Regular.Width(ranks, Words.Usual) - 12), Tone.Text, Bold: true) { Hint = system.System });
            marks.Add(new Words(width, top + 16, ranks, Tone.Secondary, Anchor.End));
            marks.AddRange(Strength(system, scale, top + 33));
        }
        marks.AddRange(scale.Labels(bottom + 18, Unit));
        return new Drawing(width, bottom + Footer, marks);
    }

    private static string NameOf(RankedSystem system) => $"{system.Rank}. {system.System}";

    private static IEnumerable<Mark> Strength(RankedSystem system, ValueScale scale, double y)
    {
        foreach (var mark in Marked.Whisker(system.LogStrength.Interval, scale.At, y, Tone.Text, weight: 2, cap: 4))
            yield return mark;
        if (system.LogStrength.Value is { } value)
            yield return new Dot(scale.At(value), y, 4.5, Tone.Text) { Hint = $"{system.System}: {RankingWords.Strength(system)}" };
    }

    private static IEnumerable<Mark> RankAxis(int count, double left, double width, double bottom)
    {
        yield return new Words(left + width / 2, 14, "Ranks", Tone.Secondary, Anchor.Middle);
        foreach (var rank in count == 1 ? (int[])[1] : [1, (count + 1) / 2, count])
        {
            var x = AtRank(rank, count, left, width);
            yield return new Stroke(x, Header, x, bottom, Tone.Lines);
            yield return new Words(x, bottom + 18, Figures.Whole(rank), Tone.Secondary, Anchor.Middle);
        }
    }

    private static IEnumerable<Mark> Ranks(RankedSystem system, int count, double left, double width, double y)
    {
        if (system is not { BestRank: { } best, WorstRank: { } worst })
            yield break;
        var (from, to) = (AtRank(best, count, left, width), AtRank(worst, count, left, width));
        yield return new Box(from - 4, y - 4, to - from + 8, 8, new Paint(Tone.Secondary, 0.55)) { Hint = $"{system.System}: {RankingWords.RanksInWords(system)}" };
        yield return new Dot(AtRank(system.Rank, count, left, width), y, 4.5, Tone.Text);
    }

    private static double AtRank(int rank, int count, double left, double width) =>
        count == 1 ? left + width / 2 : left + 14 + (width - 28) * (rank - 1) / (count - 1);

    private static ValueScale ScaleOf(IReadOnlyList<RankedSystem> systems, double left, double width) => new(
        [.. systems.SelectMany(system => new[] { system.LogStrength.Value, system.LogStrength.Interval?.Lower, system.LogStrength.Interval?.Upper }.OfType<double>())],
        left, width, unit: 1, signed: true);
}
