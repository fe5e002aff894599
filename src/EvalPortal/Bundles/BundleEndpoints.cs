using Microsoft.AspNetCore.Http.Features;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>The bundle of a study as a download.</summary>
public static class BundleEndpoints
{
    public static void MapBundles(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/studies/{studyId:long}/bundle.zip", DownloadAsync).AddEndpointFilter(DownloadAudit.NoteAsync);

    /// <summary>Prepared first and sent then: an error is a page that says so. The zip itself is made while it is sent.</summary>
    internal static async Task<IResult> DownloadAsync(
        long studyId, bool? reasons, bool? browsers, StudyStore studies, StudyAccess access, BundleExport export, HttpContext context, CancellationToken cancel)
    {
        if (await studies.FindAsync(studyId, cancel) is not { } study)
            return Results.NotFound();
        if (study.StudyGroupId is { } group && await access.OfAsync(StudyScope.Group(group), cancel) < Access.View)
            return Results.Problem("Its linked studies go into the bundle too, and you may not see all of them.", statusCode: StatusCodes.Status403Forbidden);
        var leftOut = (reasons == false ? LeftOut.Reasons : LeftOut.None) | (browsers == false ? LeftOut.UserAgents : LeftOut.None);
        try
        {
            var bundle = await export.PrepareAsync(study, leftOut, tell: null, cancel);
            context.Response.RegisterForDispose(bundle);
            // All but the last bytes of each file in a zip are written asynchronously, and the archive has no other way for those.
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            return Results.Stream(stream => bundle.WriteAsync(stream, tell: null, context.RequestAborted), "application/zip", $"{(bundle.Studies.Count == 1 ? study.Name : $"{study.Name} and linked studies")}.zip");
        }
        catch (RefusedException refused)
        {
            return Results.Problem(refused.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
