using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports;

/// <summary>What a reader of figures has to know about their votes, one sentence each.</summary>
internal static class AxisNotes
{
    /// <param name="clusters">Of the votes that the figures are made from.</param>
    /// <param name="systems">How many systems the agreement is over.</param>
    public static IEnumerable<string> Of(AxisResult axis, VoteClusters clusters, int systems)
    {
        if (axis.BothBad > 0)
            yield return $"{Figures.Count(axis.BothBad, "vote")} called both bad; they are among the {Figures.Count(axis.Ties, "tie")}.";
        if (clusters.Repeats > 0)
            yield return $"{Figures.Count(clusters.Repeats, "vote")} repeat their rater's vote on the same comparison: they count as votes, and not towards decisions and agreement.";
        if (clusters.AreFew)
            yield return $"{Clusters(clusters)}: with fewer than about 20 of either, intervals over votes can be somewhat narrow.";
        if (axis.HeadToHead is not null && Cautions.FewRaters(clusters.Raters) is { } decisions)
            yield return decisions;
        if (axis.Ranking?.Replicates > 0 && Cautions.FewRatersOfRanks(clusters.Raters) is { } ranks)
            yield return ranks;
        if (Cautions.FewComparisons((axis.HeadToHead?.Agreement ?? axis.Agreement).Comparisons) is { } narrow)
            yield return narrow;
        if (clusters.Raters is null && clusters.Votes > clusters.Comparisons)
            yield return "The file does not say who voted: votes on one comparison are taken for those of different raters.";
        if (systems > 2)
            yield return "Agreement is over all pairs of systems, each told with the system first in the alphabet as A.";
    }

    private static string Clusters(VoteClusters clusters) => Figures.Count(clusters.Prompts, "prompt")
        + (clusters.Raters is { } raters ? $" and {Figures.Count(raters, "rater")}" : "");
}
