using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plots;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The figures of a document: those of the pages. Their numbers stand in its tables.</summary>
internal static class DocumentFigures
{
    /// <summary>Bars of more pairs than these are not drawn: their net win rates are, on one scale.</summary>
    private const int MostPairs = 3;

    /// <summary>Decisions as stacked bars, a figure for each pair of systems.</summary>
    public static IEnumerable<DocumentFigure> Decisions(IReadOnlyList<PairRow> rows)
    {
        var pairs = rows.Where(row => row.Decisions.Compared > 0).GroupBy(row => (row.SystemA, row.SystemB)).ToList();
        return pairs.Count > MostPairs ? [] : pairs.Select(pair => Of(
            $"{pair.First().Comparison}: decisions. ",
            OutcomePlot.Of([.. pair.Select(row => new OutcomeBar { Name = row.Axis, Decisions = row.Decisions, Net = row.NetWinRate })], pair.Key.SystemA, pair.Key.SystemB)));
    }

    /// <summary>Net win rates with their intervals; null where there are none.</summary>
    public static DocumentFigure? NetWinRates(IReadOnlyList<PairRow> rows)
    {
        var severalPairs = rows.DistinctBy(row => (row.SystemA, row.SystemB)).Count() > 1;
        var lines = rows.Where(row => row.NetWinRate.Value is not null).Select(row => new ForestLine
        {
            Label = severalPairs ? $"{row.Comparison}, {row.Axis.ToLowerInvariant()}" : row.Axis,
            Estimate = row.NetWinRate,
            Count = row.Decisions.Compared,
        }).ToList();
        return lines.Count == 0 ? null : Of(
            "Net win rates of A over B in the decisions. ",
            ForestPlot.OfNetWinRates("forest", "net win rates", "Dot: net win rate; line: 95 % interval. Right of 0 A is ahead.", lines, "Comparisons"));
    }

    /// <summary>Rates of text alignment; null where there are none.</summary>
    public static DocumentFigure? Alignment(IReadOnlyList<StudyResult> studies)
    {
        var lines = studies.SelectMany(study => Systems(study.Alignment!.All).Where(system => system.Rate.Rate.Value is not null).Select(system => new ForestLine
        {
            Label = $"{study.Comparison}{system.Letter}",
            Estimate = system.Rate.Rate,
            Count = system.Rate.Questions,
            Tone = system.Tone,
        })).ToList();
        return lines.Count == 0 ? null : Of(
            "Text alignment. ",
            ForestPlot.OfShares("alignment", "text alignment", "Dot: share of right answers; line: 95 % interval.", lines, "Questions", "Right answers, %"));
    }

    /// <summary>Shares of picks; null where no study has two systems.</summary>
    public static DocumentFigure? Picks(IReadOnlyList<StudyResult> studies)
    {
        var lines = studies.Where(study => study.Preference!.Systems.Count > 1).SelectMany(study => study.Preference!.Systems.SelectMany(system =>
            ((string Pick, Estimate Share)[])[("the best", system.Best), ("the worst", system.Worst)], (system, pick) => new ForestLine
            {
                Label = $"{study.Comparison}: {(system.IsA ? "A" : "B")} {pick.Pick}",
                Estimate = pick.Share,
                Count = study.Preference!.Votes,
                Tone = system.IsA ? Tone.A : Tone.B,
            })).ToList();
        return lines.Count == 0 ? null : Of(
            "Best and worst. ",
            ForestPlot.OfShares("picks", "best and worst", "Dot: share of the votes that picked an image of the system; line: 95 % interval.", lines, "Votes", "% of the votes"));
    }

    private static DocumentFigure Of(string what, Plot plot) => new(what + plot.Note, SvgWriter.ForDocument(plot.Draw(Plot.Wide)), plot.Summary);

    private static IEnumerable<(string Letter, AlignmentRate Rate, Tone Tone)> Systems(AlignmentFigures all)
    {
        yield return (all.B is null ? "" : ": A", all.A, Tone.A);
        if (all.B is { } b)
            yield return (": B", b, Tone.B);
    }
}
