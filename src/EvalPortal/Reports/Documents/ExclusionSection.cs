using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>Who is left out, why, and what that changes.</summary>
internal static class ExclusionSection
{
    /// <param name="studies">As they are reported.</param>
    /// <param name="other">The same with the other choice about excluded raters.</param>
    public static DocumentSection Of(IReadOnlyList<StudyResult> studies, IReadOnlyList<StudyResult> other)
    {
        var blocks = new List<DocumentBlock>();
        foreach (var study in studies)
            blocks.Add(new Paragraph(DocumentWords.About(study, studies.Count, Sentence(study))));
        if (List(studies) is { } list)
            blocks.Add(list);
        if (studies.Any(study => study.Left.Raters > 0))
            blocks.Add(Effect(studies, other));
        return new DocumentSection("Exclusions", blocks);
    }

    private static string Sentence(StudyResult study) => study.Left.ToWords() + "." + (study.Left.Raters, study.View.Exclusions, study.Data.Exclusions) switch
    {
        (0, _, _) => "",
        (_, Exclusions.None, _) => " Their votes are counted as if nobody were excluded.",
        (_, _, null) => " Why is in exclusions.csv of the export, which is not at hand.",
        _ => "",
    };

    private static DocumentTable? List(IReadOnlyList<StudyResult> studies)
    {
        var rows = new List<DocumentRow>();
        foreach (var study in studies)
        {
            var listed = (study.Data.Exclusions ?? []).Where(exclusion => study.View.Source.Includes(exclusion.Simulated)).OrderBy(exclusion => exclusion.ExclusionId).ToList();
            if (listed.Count > 0 && studies.Count > 1)
                rows.Add(DocumentRow.Heading(study.Data.Study.Name));
            rows.AddRange(listed.Select(exclusion => DocumentRow.Of(
                exclusion.Pseudonym, PlanWords.Rule(exclusion.Rule), exclusion.Reason, Figures.Whole(study.VotesOfExcluded.GetValueOrDefault(exclusion.RaterId)))));
        }
        return rows.Count == 0 ? null : new DocumentTable(
            "Excluded raters, with the rule that did it, the reason that was written down and the votes that it is about.",
            [new("Rater"), new("Rule"), new("Reason"), new("Votes", true)], rows);
    }

    private static DocumentTable Effect(IReadOnlyList<StudyResult> studies, IReadOnlyList<StudyResult> other)
    {
        var (without, with) = studies[0].View.Exclusions == Exclusions.Applied ? (studies, other) : (other, studies);
        return new DocumentTable(
            "What the exclusions change: the main figures over all votes and without the votes of excluded raters.",
            [new("Figure"), new("All votes", true), new("Without excluded raters", true)],
            [
                .. with.Zip(without).Where(study => study.First.Left.Raters > 0).SelectMany(study => Lines(study.First).Zip(Lines(study.Second),
                    (all, left) => DocumentRow.Of(all.Figure, all.Value, left.Value)).Prepend(DocumentRow.Heading(study.First.Comparison))),
            ]);
    }

    private static IEnumerable<(string Figure, string Value)> Lines(StudyResult study)
    {
        foreach (var row in study.Pairs is null ? [] : PairRow.Of(study))
        {
            yield return ($"{row.Axis}: n", Figures.Whole(row.Decisions.Compared));
            yield return ($"{row.Axis}: net win rate, %", Figures.NetWinRate(row.NetWinRate));
            yield return ($"{row.Axis}: p adjusted", DocumentWords.PValue(row.AdjustedPValue));
        }
        if (study.Alignment is { } alignment)
        {
            yield return ("Text alignment: sheets", Figures.Whole(alignment.Sheets));
            yield return ("Text alignment: rate of A", Figures.Rate(alignment.All.A.Rate));
            if (alignment.All.B is { } b)
                yield return ("Text alignment: rate of B", Figures.Rate(b.Rate));
            if (alignment.All.Difference is { } difference)
                yield return ("Text alignment: A less B, points", Figures.NetWinRate(difference.Difference));
        }
        if (study.Preference is { } preference)
        {
            yield return ("Best and worst: votes", Figures.Whole(preference.Votes));
            foreach (var system in preference.Systems.Where(_ => preference.Systems.Count > 1))
                yield return ($"Best and worst: {(system.IsA ? "A" : "B")} picked as the best", Figures.Rate(system.Best));
        }
    }
}
