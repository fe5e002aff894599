using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The tables about pairs, beside the one in the layout of the paper.</summary>
internal static class PairTables
{
    /// <summary>Decisions with what the paper's tables lack, in the order n, win, tie, split, lose, rejected, net win rate with interval, p, p adjusted.</summary>
    public static DocumentTable Decisions(IReadOnlyList<PairRow> rows) => new(
        "Decisions on pairs. Win, tie, split and lose in % of the n comparisons that compare, and add up to 100; rejected in % of all that were decided. Net win rate: win less lose, in %, with its 95 % interval.",
        [
            new("Axis"), new("n", true), new("Win", true), new("Tie", true), new("Split", true), new("Lose", true), new("Rejected", true),
            new("Net win rate [95 %]", true), new("p", true), new("p adjusted", true),
        ],
        Grouped(rows, row => DocumentRow.Of(
            row.IsInFamily ? row.Axis : $"{row.Axis} (not planned)",
            Figures.Whole(row.Decisions.Compared),
            DocumentWords.Share(row.Decisions.A, row.Decisions.Compared),
            DocumentWords.Share(row.Decisions.Tie, row.Decisions.Compared),
            DocumentWords.Share(row.Decisions.Split, row.Decisions.Compared),
            DocumentWords.Share(row.Decisions.B, row.Decisions.Compared),
            DocumentWords.Share(row.Decisions.Reject, row.Decisions.Total),
            Figures.NetWinRate(row.NetWinRate),
            DocumentWords.PValue(row.PValue),
            DocumentWords.PValue(row.AdjustedPValue))))
    {
        Notes =
        [
            .. DocumentWords.Reasons(rows.SelectMany(row => ((string, string?)[])[(row.Axis, row.NetWinRate.Reason), (row.Axis, row.TestReason)])),
            .. Undecided(rows),
        ],
    };

    /// <summary>The votes behind the decisions.</summary>
    public static DocumentTable Votes(IReadOnlyList<PairRow> rows)
    {
        var knowsComplete = rows.Any(row => row.Complete is not null);
        return new(
            "Votes on pairs. Net win rate in votes: each vote for itself, in %, with a 95 % interval that allows for prompts and raters; left: share of the votes for one image that went to the one on the left, in %.",
            [
                new("Axis"), new("Votes", true), new("Raters", true), .. knowsComplete ? (DocumentColumn[])[new("Comparisons with all votes", true)] : [],
                new("For A", true), new("Tie", true), new("For B", true), new("Rejected", true), new("Net win rate in votes [95 %]", true), new("p", true), new("Left", true),
            ],
            Grouped(rows, row => new DocumentRow(
            [
                row.Axis,
                Figures.Whole(row.Votes.Total),
                DocumentWords.Count(row.Raters),
                .. knowsComplete ? (string[])[DocumentWords.Count(row.Complete)] : [],
                Figures.Whole(row.Votes.A),
                Figures.Whole(row.Votes.Tie),
                Figures.Whole(row.Votes.B),
                Figures.Whole(row.Votes.Reject),
                Figures.NetWinRate(row.VoteNetWinRate.Estimate),
                DocumentWords.PValue(row.VoteNetWinRate.PValue),
                row.LeftShare is { } left ? Figures.PercentNumber(left) : Figures.None,
            ])))
        {
            Notes = [.. DocumentWords.Reasons(rows.Select(row => (row.Axis, row.VoteNetWinRate.Estimate.Reason ?? row.VoteNetWinRate.Fallback)))],
        };
    }

    /// <summary>How far raters agree.</summary>
    public static DocumentTable Agreement(IReadOnlyList<PairRow> rows) => new(
        "Agreement between raters, with 95 % intervals: share of pairs of raters with the same answer, Krippendorff's alpha on the four answers and on lose, tie, win in this order, and Gwet's AC1; n: comparisons with two votes or more.",
        [new("Axis"), new("n", true), new("Same answer", true), new("Alpha, nominal", true), new("Alpha, ordinal", true), new("AC1", true)],
        Grouped(rows, row => DocumentRow.Of(
            row.Axis,
            Figures.Whole(row.Agreement.Comparisons),
            Figures.Rate(row.Agreement.Percent),
            Figures.Coefficient(row.Agreement.NominalAlpha),
            Figures.Coefficient(row.Agreement.OrdinalAlpha),
            Figures.Coefficient(row.Agreement.Ac1))))
    {
        Notes =
        [
            .. DocumentWords.Reasons(rows.SelectMany(row => new[] { row.Agreement.Percent, row.Agreement.NominalAlpha, row.Agreement.OrdinalAlpha, row.Agreement.Ac1 }
                .Select(estimate => (row.Axis, estimate.Reason)))),
            .. rows.Select(row => Cautions.FewComparisons(row.Agreement.Comparisons)).OfType<string>().Distinct(),
        ],
    };

    /// <summary>Rows with the two systems as a heading over those that are about them.</summary>
    private static List<DocumentRow> Grouped(IReadOnlyList<PairRow> rows, Func<PairRow, DocumentRow> rowOf) =>
    [
        .. rows.GroupBy(row => row.Comparison).SelectMany(pair => pair.Select(rowOf).Prepend(DocumentRow.Heading(pair.Key))),
    ];

    private static IEnumerable<string> Undecided(IReadOnlyList<PairRow> rows)
    {
        foreach (var row in rows.Where(row => row.Undecided > 0))
            yield return $"{row.Comparison}, {row.Axis.ToLowerInvariant()}: {Figures.Count(row.Undecided!.Value, "comparison")} without votes.";
        foreach (var caution in rows.Select(row => Cautions.FewRaters(row.Raters)).OfType<string>().Distinct())
            yield return caution;
    }
}
