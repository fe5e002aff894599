using Microsoft.AspNetCore.Antiforgery;

namespace PixelPost.EvalPortal.Material;

/// <summary>
/// Uploads of researchers' files, piece by piece, and reports. A piece says where in its file it belongs, so that one that was lost or
/// sent twice does no harm, and an upload that was broken off goes on where it was.
/// </summary>
public static class MaterialEndpoints
{
    /// <summary>Most bytes of a piece.</summary>
    public const int MaxPiece = 16 << 20;

    /// <summary>Where the page's script sends to.</summary>
    public static string Address(long importId) => $"/systems/imports/{importId}";

    public static void MapMaterial(this IEndpointRouteBuilder routes)
    {
        var import = routes.MapGroup("/systems/imports/{importId:long}");
        import.MapGet("/files", (long importId, Uploads uploads) => uploads.List(importId));
        import.MapPut("/files", async (long importId, string path, long at, bool? anew, HttpContext context, IAntiforgery antiforgery, Uploads uploads) =>
            await antiforgery.IsRequestValidAsync(context)
                ? await AnswerAsync(async () => new UploadState(await uploads.AppendAsync(importId, path, at, anew == true, context.Request.Body, context.RequestAborted)))
                : Results.BadRequest(new UploadState(0, "The page is out of date: reload it.")));
        import.MapPost("/check", async (long importId, HttpContext context, IAntiforgery antiforgery, ImportStore imports) =>
            !await antiforgery.IsRequestValidAsync(context) ? Results.BadRequest(new UploadState(0, "The page is out of date: reload it."))
            : await imports.StartCheckAsync(importId, context.RequestAborted) ? Results.NoContent()
            : Results.Conflict(new UploadState(0, "This import is not waiting for files.")));
        import.MapGet("/report.csv", async (long importId, ImportStore imports, DataFolder data, CancellationToken cancel) =>
        {
            var report = ImportFolder.Of(data, importId).Report;
            return await imports.FindAsync(importId, cancel) is { } found && File.Exists(report)
                ? Results.File(report, "text/csv; charset=utf-8", $"{found.Title} report.csv")
                : Results.NotFound();
        });
    }

    private static async Task<IResult> AnswerAsync(Func<Task<UploadState>> action)
    {
        try
        {
            return Results.Ok(await action());
        }
        catch (UploadOffsetException offset)
        {
            return Results.Conflict(new UploadState(offset.Length));
        }
        catch (RefusedException refused)
        {
            return Results.UnprocessableEntity(new UploadState(0, refused.Message));
        }
    }

    /// <summary>What the script is told.</summary>
    /// <param name="Length">Bytes of the file that are here.</param>
    /// <param name="Problem">Why a piece was not taken; null when it was.</param>
    private sealed record UploadState(long Length, string? Problem = null);
}
