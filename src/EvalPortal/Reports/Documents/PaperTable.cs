using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The table in the layout of Tables 1 to 4 of arXiv 2409.17565: a row for every two systems, and win, tie and lose per axis.</summary>
internal static class PaperTable
{
    /// <summary>The table; null where nothing of it was studied.</summary>
    /// <param name="pairs">By axis, in the order of the columns.</param>
    /// <param name="alignment">Studies of text alignment.</param>
    public static DocumentTable? Of(IReadOnlyList<PairRow> pairs, IReadOnlyList<StudyResult> alignment)
    {
        var axes = pairs.Select(row => row.Axis).Distinct().ToList();
        var comparisons = pairs.Select(row => row.Comparison).Concat(alignment.Select(result => result.Comparison)).Distinct().ToList();
        if (comparisons.Count == 0)
            return null;
        return new DocumentTable(
            Caption(axes.Count > 0, alignment.Count > 0),
            [
                new(axes.Count > 0 ? "A vs. B" : "Systems"),
                .. axes.SelectMany(axis => ((string[])["Win", "Tie", "Lose"]).Select(outcome => new DocumentColumn(outcome, true, axis))),
                .. alignment.Count > 0 ? (DocumentColumn[])[new("A", true, DocumentWords.Axis(Studies.Axis.Alignment)), new("B", true, DocumentWords.Axis(Studies.Axis.Alignment))] : [],
            ],
            [
                .. comparisons.Select(comparison => new DocumentRow(
                [
                    comparison,
                    .. axes.SelectMany(axis => Outcomes(pairs.FirstOrDefault(row => row.Comparison == comparison && row.Axis == axis))),
                    .. alignment.Count > 0 ? Rates(alignment.FirstOrDefault(result => result.Comparison == comparison)) : [],
                ])),
            ])
        {
            Notes = [.. Notes(pairs)],
        };
    }

    private static string Caption(bool pairs, bool alignment) => "Human evaluation in the layout of Tables 1 to 4 of arXiv 2409.17565." + (pairs, alignment) switch
    {
        (true, true) => " Win, tie and lose of A in % of the comparisons, decided by majority; text alignment in % of right answers.",
        (true, false) => " Win, tie and lose of A in % of the comparisons, decided by majority.",
        _ => " Text alignment in % of right answers.",
    };

    private static string[] Outcomes(PairRow? row) => row is null ? ["", "", ""] :
    [
        DocumentWords.Share(row.Decisions.A, row.Decisions.Compared),
        DocumentWords.Share(row.Decisions.Tie, row.Decisions.Compared),
        DocumentWords.Share(row.Decisions.B, row.Decisions.Compared),
    ];

    private static string[] Rates(StudyResult? result) => result?.Alignment is not { } report ? ["", ""]
        : [DocumentWords.Rate(report.All.A.Rate), report.All.B is { } b ? DocumentWords.Rate(b.Rate) : ""];

    private static IEnumerable<string> Notes(IReadOnlyList<PairRow> pairs)
    {
        if (pairs.Any(row => row.Decisions.Split > 0))
            yield return "What is missing to 100 are splits, comparisons in which two answers share the first place; they have a column of their own in the table of decisions.";
        var counts = pairs.Select(row => row.Decisions.Compared).Distinct().ToList();
        if (counts.Count == 1)
            yield return $"n = {Figures.Whole(counts[0])} for each axis.";
    }
}
