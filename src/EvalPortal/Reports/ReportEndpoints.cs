using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Reports;

/// <summary>The report of a study or of linked studies: a page that opens, and files to download.</summary>
public static class ReportEndpoints
{
    public static void MapReports(this IEndpointRouteBuilder routes)
    {
        foreach (var format in DocumentFormat.All)
        {
            var study = routes.MapGet($"/studies/{{studyId:long}}/report.{format.Extension}", (
                long studyId, string? votes, string? exclusions, Paper? paper, StudyStore studies, StudyDataStore data, TimeProvider clock, CancellationToken cancel) =>
                StudyAsync(studyId, View(votes, exclusions), format, paper, studies, data, clock, cancel));
            var group = routes.MapGet($"/groups/{{groupId:long}}/report.{format.Extension}", (
                long groupId, string? votes, string? exclusions, Paper? paper, StudyGroupStore groups, StudyDataStore data, TimeProvider clock, CancellationToken cancel) =>
                GroupAsync(groupId, View(votes, exclusions), format, paper, groups, data, clock, cancel));
            _ = (study.AddEndpointFilter(DownloadAudit.NoteAsync), group.AddEndpointFilter(DownloadAudit.NoteAsync));
            if (format.Extension == "html")
                _ = (study.WithMetadata(new SelfContainedPage()), group.WithMetadata(new SelfContainedPage()));
        }
    }

    internal static async Task<IResult> StudyAsync(
        long studyId, ResultView view, DocumentFormat format, Paper? paper, StudyStore studies, StudyDataStore data, TimeProvider clock, CancellationToken cancel) =>
        await studies.FindAsync(studyId, cancel) is { } study
            ? await AnswerAsync(study.Name, [await data.ReadAsync(study, cancel)], view, format, paper, clock)
            : Results.NotFound();

    internal static async Task<IResult> GroupAsync(
        long groupId, ResultView view, DocumentFormat format, Paper? paper, StudyGroupStore groups, StudyDataStore data, TimeProvider clock, CancellationToken cancel) =>
        await groups.FindAsync(groupId, cancel) is { } group
            ? await AnswerAsync(group.Name, await data.ReadGroupAsync(groupId, cancel), view, format, paper, clock)
            : Results.NotFound();

    private static async Task<IResult> AnswerAsync(string title, IReadOnlyList<StudyData> data, ResultView view, DocumentFormat format, Paper? paper, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var document = DocumentBuilder.Of(title, data, view, now);
        using var file = new MemoryStream(); // whole before the first byte is sent: what fails is a page that says so
        await format.WriteAsync(document, paper ?? Paper.A4, now, file);
        return Results.Bytes(file.ToArray(), format.MediaType, format.Extension == "html" ? null : $"{title} report.{format.Extension}");
    }

    private static ResultView View(string? votes, string? exclusions)
    {
        var query = ResultsQuery.Parse(votes, axis: null, outcome: null, sort: null, page: null, exclusions);
        return new ResultView(query.Votes, query.Exclusions);
    }
}
