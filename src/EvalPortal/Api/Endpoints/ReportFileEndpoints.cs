using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Reports through the API: the files of the page.</summary>
internal static class ReportFileEndpoints
{
    private const string About = "extension is html, pdf, md or tex; votes is real, simulated or both; exclusions is applied or none; paper is a4 or letter.";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/studies/{studyId:long}/report.{extension}", StudyAsync).Needs(ApiScope.ReadVotes).AddEndpointFilter(DownloadAudit.NoteAsync)
            .GivesFile([.. DocumentFormat.All.Select(format => format.MediaType.Split(';')[0])])
            .Tell("getReport", Groups.Results, "Read the report of a study", About);
        api.MapGet("/study-groups/{groupId:long}/report.{extension}", GroupAsync).Needs(ApiScope.ReadVotes).AddEndpointFilter(DownloadAudit.NoteAsync)
            .GivesFile([.. DocumentFormat.All.Select(format => format.MediaType.Split(';')[0])])
            .Tell("getGroupReport", Groups.Results, "Read the report of linked studies", About);
    }

    private static Task<IResult> StudyAsync(
        long studyId, string extension, string? votes, string? exclusions, string? paper, StudyStore studies, StudyDataStore data, TimeProvider clock, CancellationToken cancel) =>
        ReportEndpoints.StudyAsync(studyId, ResultsView.Read(votes, exclusions), Format(extension), ApiWords.Read<Paper>("paper", paper), studies, data, clock, cancel);

    private static Task<IResult> GroupAsync(
        long groupId, string extension, string? votes, string? exclusions, string? paper, StudyGroupStore groups, StudyDataStore data, TimeProvider clock, CancellationToken cancel) =>
        ReportEndpoints.GroupAsync(groupId, ResultsView.Read(votes, exclusions), Format(extension), ApiWords.Read<Paper>("paper", paper), groups, data, clock, cancel);

    private static DocumentFormat Format(string extension) => DocumentFormat.Find(extension)
        ?? throw new ApiProblemException(StatusCodes.Status404NotFound, $"Reports are written as {string.Join(", ", DocumentFormat.All.Select(format => format.Extension))}, not as {extension}.");
}
