using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Output;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Reports.Documents;

/// <summary>Makes the document of a study, of linked studies, or of any file of votes.</summary>
internal static class DocumentBuilder
{
    /// <summary>Reports studies.</summary>
    /// <param name="title">Of the whole.</param>
    /// <param name="data">At least one study.</param>
    /// <param name="now">When it is written.</param>
    public static ReportDocument Of(string title, IReadOnlyList<StudyData> data, ResultView view, DateTimeOffset now)
    {
        var studies = StudyResult.Of(data, view);
        var pairs = studies.Where(study => study.Pairs is not null).ToList();
        var rows = pairs.SelectMany(PairRow.Of).ToList();
        var alignment = studies.Where(study => study.Alignment is not null).ToList();
        var picks = studies.Where(study => study.Preference is not null).ToList();
        var rankings = RankingTables.Of(pairs).ToList();
        return new ReportDocument
        {
            Title = title,
            Facts =
            [
                .. studies.Count > 1 ? (string[])[$"{studies.Count} studies: {DocumentWords.List([.. studies.Select(study => study.Data.Study.Name)])}"] : [],
                $"{Votes(view.Source)}, {DocumentWords.List([.. studies.Select(study => study.Left.ToWords()).Distinct()])}",
                $"Written {TimeText.Exact(now)} by PixelPost {MethodsText.Version}",
            ],
            Warnings = [.. Warnings(studies)],
            Sections =
            [
                new("Results", [.. Results(rows, alignment)]),
                new("Rankings", [.. rankings.Select(one => RankingTables.Ranking(one.Axis, one.Ranking))]),
                new("Text alignment", [.. OfAlignment(alignment)]),
                new("Best and worst", [.. OfPicks(picks)]),
                new("Votes and agreement", rows.Count == 0 ? [] : [PairTables.Votes(rows), PairTables.Agreement(rows)]),
                new DocumentMethods(studies, rankings).Write(),
                PlanSection.Plans(studies),
                PlanSection.Deviations(studies),
                ExclusionSection.Of(studies, studies.Any(study => study.Left.Raters > 0) ? StudyResult.Of(data, view.Other) : studies),
                DataSection.Of(studies),
            ],
        }.Numbered();
    }

    /// <summary>Reports any file of votes.</summary>
    public static ReportDocument Of(VoteReport report, DateTimeOffset now)
    {
        var rows = PairRow.Of(report).ToList();
        return new ReportDocument
        {
            Title = report.File.Name,
            Facts = [ReportWords.Headline(report), $"Written {TimeText.Exact(now)} by PixelPost {MethodsText.Version}"],
            Warnings = [.. ReportWords.Notes(report)],
            Sections =
            [
                new("Results", [.. Results(rows, [])]),
                new("Rankings",
                [
                    .. report.Axes.Where(axis => axis.Ranking is not null).SelectMany(axis => (DocumentBlock[])
                        [RankingTables.Ranking(DocumentWords.Capital(axis.Axis), axis.Ranking!), RankingTables.Systems(DocumentWords.Capital(axis.Axis), axis.Systems)]),
                ]),
                new("Votes and agreement", rows.Count == 0 ? [] : [PairTables.Votes(rows), PairTables.Agreement(rows)]),
                new("Methods", [new Paragraph(report.Methods.Text), new BulletList([.. report.Methods.References.Select(reference => reference.Text)])]),
                new("Conventions", [new BulletList([.. report.Methods.Conventions.Select(convention => $"{convention.About}. {convention.Says}")])]),
                new("Data",
                [
                    new Paragraph($"Read as {report.File.Format}: {Figures.Whole(report.File.Counted)} of {Figures.Count(report.File.Rows, "row")} count. SHA-256 {report.File.Sha256}."),
                    new DocumentTable("What was read from which column.", [new("What"), new("From")], [.. report.File.Mapping.Select(one => DocumentRow.Of(one.What, one.From))]),
                ]),
            ],
        }.Numbered();
    }

    private static IEnumerable<DocumentBlock> Results(List<PairRow> rows, IReadOnlyList<StudyResult> alignment)
    {
        if (PaperTable.Of(rows, alignment) is { } paper)
            yield return paper;
        if (rows.Count == 0)
            yield break;
        yield return PairTables.Decisions(rows);
        foreach (var bars in DocumentFigures.Decisions(rows))
            yield return bars;
        if (DocumentFigures.NetWinRates(rows) is { } net)
            yield return net;
    }

    private static IEnumerable<DocumentBlock> OfAlignment(List<StudyResult> studies)
    {
        if (studies.Count == 0)
            yield break;
        yield return AlignmentTables.Rates(studies);
        if (DocumentFigures.Alignment(studies) is { } figure)
            yield return figure;
        if (AlignmentTables.Tests(studies) is { } tests)
            yield return tests;
        if (AlignmentTables.Categories(studies) is { } categories)
            yield return categories;
    }

    private static IEnumerable<DocumentBlock> OfPicks(List<StudyResult> studies)
    {
        if (studies.Count == 0)
            yield break;
        yield return PickTables.Counts(studies);
        if (PickTables.Rates(studies) is { } rates)
            yield return rates;
        if (DocumentFigures.Picks(studies) is { } figure)
            yield return figure;
    }

    /// <summary>What all studies share is said once, and otherwise of which it is said.</summary>
    private static IEnumerable<string> Warnings(IReadOnlyList<StudyResult> studies) =>
        from warning in studies.SelectMany(study => Warnings(study).Select(words => (study.Data.Study.Name, Words: words)))
        group warning.Name by warning.Words into shared
        select shared.Count() == studies.Count ? shared.Key : $"{DocumentWords.List([.. shared])}: {shared.Key}";

    private static IEnumerable<string> Warnings(StudyResult study)
    {
        if (study.CountsSimulated)
            yield return "Simulated votes: they are by programs, alone or among people's, and show nothing about people.";
        if (study.Data.Study.PilotOfStudyId is not null)
            yield return "This is a pilot: it tries another study out, and its votes count nowhere.";
        if (study.Votes == 0)
            yield return $"There are no votes to report{(study.View.Exclusions == Exclusions.Applied && study.Left.Votes > 0 ? " but those of excluded raters" : "")}.";
        foreach (var doubt in study.Data.Doubts)
            yield return doubt;
        foreach (var departure in study.Reading?.Departures ?? [])
            yield return $"Not as planned: {departure}";
    }

    private static string Votes(VoteSource source) => source switch
    {
        VoteSource.Real => "People's votes",
        VoteSource.Simulated => "Simulated votes",
        _ => "People's and simulated votes",
    };
}
