using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Images that come in: made, sent, checked, taken. The portal's runner does the work, and a script looks how far it is.</summary>
internal static class ImportEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/imports", ListAsync).Needs(ApiScope.ReadStudies).Tell("listImports", Groups.Material, "List imports", "Newest first.");
        api.MapPost("/imports", AddAsync).Needs(ApiScope.Import).Once(needed: true)
            .Example("""{"prompt_set": "Animals", "system": "sd15"}""")
            .Tell("createImport", Groups.Material, "Begin to bring in images", "A folder on the server is checked at once. Without one, send files and then have them checked. Nothing is stored before it is taken, and images that are there already are never stored twice.");

        var import = api.MapGroup("/imports/{importId:long}");
        import.MapGet("", FindAsync).Needs(ApiScope.ReadStudies).Tell("getImport", Groups.Material, "See how far an import is");
        import.MapGet("/files", ListFilesAsync).Needs(ApiScope.ReadStudies).Tell("listImportFiles", Groups.Material, "List the files that were sent", "An upload that broke off goes on at the length of its file.");
        import.MapPut("/files", UploadAsync).Needs(ApiScope.Import).WithMetadata(new RequestSizeLimitAttribute(MaterialLimits.TotalBytes))
            .TakesFile("A zip, an image or a manifest, whole or from a place on.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("uploadImportFile", Groups.Material, "Send a file", "A file that is sent again from its beginning replaces what is there.");
        import.MapPost("/check", CheckAsync).Needs(ApiScope.Import).Tell("checkImport", Groups.Material, "Have what was sent checked");
        import.MapPost("/take", TakeAsync).Needs(ApiScope.Import).Tell("takeImport", Groups.Material, "Store what was checked", "What is taken already stays as it is: asked again, this changes nothing.");
        import.MapPost("/cancel", CancelAsync).Needs(ApiScope.Import).Tell("cancelImport", Groups.Material, "Break off a check or a taking", "It can be gone on with.");
        import.MapGet("/report.csv", ReportAsync).Needs(ApiScope.ReadStudies).GivesFile("text/csv").Tell("getImportReport", Groups.Material, "Read line by line what comes in and what does not, and why");
    }

    private static async Task<IEnumerable<ImportResource>> ListAsync(ImportStore imports, CancellationToken cancel) => (await imports.ListAsync(cancel)).Select(ImportResource.Of);

    private static async Task<Created<ImportResource>> AddAsync(ApiBody<NewImport> body, HttpContext context, ImportStore imports, ImportRoots roots, CancellationToken cancel)
    {
        var order = new MaterialOrder { PromptSet = body.Value.PromptSet.Trim(), System = body.Value.System?.Trim() };
        if (string.Join(' ', order.Faults()) is { Length: > 0 } faults)
            throw new RefusedException(faults);
        var folder = body.Value.ServerFolder is { } named ? roots.Resolve(named) : null;
        var id = await imports.AddAsync(order, folder, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/imports/{id}", await FindAsync(id, imports, CancellationToken.None));
    }

    private static async Task<ImportResource> FindAsync(long importId, ImportStore imports, CancellationToken cancel) =>
        ImportResource.Of(await imports.FindAsync(importId, cancel) ?? throw ApiProblemException.NotFound("import", importId));

    private static async Task<IEnumerable<UploadedFile>> ListFilesAsync(long importId, ImportStore imports, Uploads uploads, CancellationToken cancel)
    {
        await FindAsync(importId, imports, cancel);
        return uploads.List(importId).OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new UploadedFile(file.Key, file.Value));
    }

    private static async Task<UploadedFile> UploadAsync(long importId, string path, long? at, HttpRequest request, ImportStore imports, Uploads uploads, CancellationToken cancel)
    {
        await FindAsync(importId, imports, cancel);
        try
        {
            var end = at ?? 0;
            for (var piece = new BodyPiece(request.Body); ; piece = new BodyPiece(request.Body))
            {
                end = await uploads.AppendAsync(importId, path, end, anew: end == 0, piece, cancel);
                if (piece.Left > 0)
                    return new UploadedFile(path, end);
            }
        }
        catch (UploadOffsetException offset)
        {
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"{path} has {offset.Length} bytes here: go on with at={offset.Length}.");
        }
    }

    private static async Task<Accepted<ImportResource>> CheckAsync(long importId, ImportStore imports, CancellationToken cancel)
    {
        var state = (await FindAsync(importId, imports, cancel)).State;
        return state is ImportState.Checking || await imports.StartCheckAsync(importId, cancel) ? await AcceptedAsync(importId, imports, cancel) : throw Conflict(state);
    }

    private static async Task<Accepted<ImportResource>> TakeAsync(long importId, ImportStore imports, CancellationToken cancel)
    {
        var state = (await FindAsync(importId, imports, cancel)).State;
        return state is ImportState.Taking or ImportState.Taken || await imports.ConfirmAsync(importId, cancel) ? await AcceptedAsync(importId, imports, cancel) : throw Conflict(state);
    }

    private static async Task<Accepted<ImportResource>> CancelAsync(long importId, ImportStore imports, CancellationToken cancel)
    {
        var state = (await FindAsync(importId, imports, cancel)).State;
        return state is ImportState.Cancelled || await imports.CancelAsync(importId, cancel) ? await AcceptedAsync(importId, imports, cancel) : throw Conflict(state);
    }

    private static async Task<PhysicalFileHttpResult> ReportAsync(long importId, ImportStore imports, DataFolder data, CancellationToken cancel)
    {
        await FindAsync(importId, imports, cancel);
        var report = ImportFolder.Of(data, importId).Report;
        return File.Exists(report) ? TypedResults.PhysicalFile(report, "text/csv; charset=utf-8", $"import {importId}.csv")
            : throw new ApiProblemException(StatusCodes.Status404NotFound, $"Import {importId} was not checked yet, so that there is no report.");
    }

    private static async Task<Accepted<ImportResource>> AcceptedAsync(long importId, ImportStore imports, CancellationToken cancel) =>
        TypedResults.Accepted($"{ApiSetup.Root}/imports/{importId}", await FindAsync(importId, imports, cancel));

    private static ApiProblemException Conflict(ImportState state) =>
        new(StatusCodes.Status409Conflict, $"The import is {state.ToText()}: from there it cannot be done.");
}
