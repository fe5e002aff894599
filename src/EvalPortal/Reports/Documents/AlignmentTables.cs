using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>The tables about text alignment.</summary>
internal static class AlignmentTables
{
    /// <summary>Rates of the systems, and by how much they differ.</summary>
    public static DocumentTable Rates(IReadOnlyList<StudyResult> studies) => new(
        "Text alignment: right answers over all questions about a system's images, with 95 % intervals; A less B in percentage points.",
        [new("System"), .. Columns],
        [.. studies.SelectMany(study => Rows(study, study.Alignment!.All).Prepend(DocumentRow.Heading($"{study.Comparison}: {Clusters(study)}")))])
    {
        Notes =
        [
            "\"Can't tell\" is not right. A question that follows from one that was not answered yes is not asked and counts as wrong, as DSG does.",
            .. DocumentWords.Reasons(studies.SelectMany(study => Reasons(study.Comparison, study.Alignment!.All))),
            .. studies.Where(study => study.Alignment!.Prompts is > 0 and < AlignmentReport.EnoughPrompts).Select(study =>
                $"{study.Comparison}: the intervals rest on {Figures.Count(study.Alignment!.Prompts, "prompt")}; below {AlignmentReport.EnoughPrompts} do not rely on them."),
        ],
    };

    /// <summary>Difference, non-inferiority and equivalence; null without a study of two systems.</summary>
    public static DocumentTable? Tests(IReadOnlyList<StudyResult> studies)
    {
        var rows = studies.Where(study => study.Alignment!.NonInferiority is not null).SelectMany(TestRows).ToList();
        return rows.Count == 0 ? null : new DocumentTable(
            "Text alignment: tests, cluster-robust by prompt. They are not adjusted for each other; the margin must have been fixed before the answers were seen.",
            [new("Test"), new("Result"), new("Interval of A less B, points", true), new("p", true)],
            rows)
        {
            Notes = [.. DocumentWords.Reasons(studies.Where(study => study.Alignment!.NonInferiority is not null).Select(study => (study.Comparison, study.Alignment!.NonInferiority!.Reason)))],
        };
    }

    /// <summary>Rates by category of the questions; null where no study has several.</summary>
    public static DocumentTable? Categories(IReadOnlyList<StudyResult> studies)
    {
        var several = studies.Where(study => study.Alignment!.Categories.Count > 1).ToList();
        return several.Count == 0 ? null : new DocumentTable(
            "Text alignment by category of the questions, with 95 % intervals.",
            [new("Category"), new("System"), .. Columns],
            [
                .. several.SelectMany(study => study.Alignment!.Categories
                    .SelectMany(category => Rows(study, category).Select(row => new DocumentRow([category.Category!, .. row.Cells])))
                    .Prepend(DocumentRow.Heading(study.Comparison))),
            ])
        {
            Notes = [.. DocumentWords.Reasons(several.SelectMany(study => study.Alignment!.Categories.SelectMany(category => Reasons(category.Category!, category))))],
        };
    }

    private static DocumentColumn[] Columns =>
        [new("Rate [95 %]", true), new("Right", true), new("Questions", true), new("Can't tell", true), new("Not asked", true), new("A less B [95 %]", true)];

    private static IEnumerable<DocumentRow> Rows(StudyResult study, AlignmentFigures figures)
    {
        var difference = figures.Difference is { } result ? Figures.NetWinRate(result.Difference) : "";
        yield return Row(figures.B is null ? study.Data.SystemA : $"A {study.Data.SystemA}", figures.A, difference);
        if (figures.B is { } b)
            yield return Row($"B {study.Data.SystemB}", b, "");
    }

    private static DocumentRow Row(string system, AlignmentRate rate, string difference) => DocumentRow.Of(
        system, Figures.Rate(rate.Rate), Figures.Whole(rate.Right), Figures.Whole(rate.Questions), Figures.Whole(rate.CannotTell), Figures.Whole(rate.NotAsked), difference);

    private static IEnumerable<DocumentRow> TestRows(StudyResult study)
    {
        var (all, test) = (study.Alignment!.All, study.Alignment.NonInferiority!);
        var points = PlanNumbers.Points(test.Margin);
        yield return DocumentRow.Heading(study.Comparison);
        yield return DocumentRow.Of("A and B differ, two-sided", all.Difference!.PValue is { } p ? (p <= study.Significance ? "shown" : "not shown") : Figures.None, Figures.NetWinRate(all.Difference.Difference), DocumentWords.PValue(all.Difference.PValue));
        yield return DocumentRow.Of($"A no more than {points} points worse than B", Shown(test.IsNonInferior), Figures.NetWinRate(test.Estimate), DocumentWords.PValue(test.NonInferiorityPValue));
        yield return DocumentRow.Of($"A and B within {points} points (TOST)", Shown(test.IsEquivalent), Figures.NetWinRate(test.Estimate), DocumentWords.PValue(test.EquivalencePValue));
    }

    private static string Clusters(StudyResult study) =>
        $"{Figures.Count(study.Alignment!.Sheets, "sheet")} about {Figures.Count(study.Alignment.Images, "image")} of {Figures.Count(study.Alignment.Prompts, "prompt")} by {Figures.Count(study.Alignment.Raters, "rater")}"
        + (study.Rejected > 0 ? $", {Figures.Count(study.Rejected.Value, "image")} that could not be judged left out" : "");

    private static string Shown(bool? shown) => shown switch { true => "shown", false => "not shown", _ => Figures.None };

    private static IEnumerable<(string About, string? Reason)> Reasons(string about, AlignmentFigures figures) =>
        [($"{about}, A", figures.A.Rate.Reason), ($"{about}, B", figures.B?.Rate.Reason), ($"{about}, A less B", figures.Difference?.Difference.Reason)];
}
