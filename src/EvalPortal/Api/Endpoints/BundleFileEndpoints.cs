using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Operations;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Bundles;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>What came of a bundle.</summary>
public sealed record BundleResource
{
    /// <summary>The studies in it, as they are here.</summary>
    public required IReadOnlyList<BundledStudy> Studies { get; init; }

    /// <summary>Names the key of the portal that made it; compare it with what whoever sent it says.</summary>
    public required string Fingerprint { get; init; }
}

/// <summary>A study that came in a bundle. It is closed and stays so.</summary>
/// <param name="StudyId">Its id here.</param>
/// <param name="Name">Its name.</param>
/// <param name="StudyGroupId">The linked studies that it is one of.</param>
public sealed record BundledStudy(long StudyId, string Name, long? StudyGroupId);

/// <summary>Study bundles through the API.</summary>
internal static class BundleFileEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/studies/{studyId:long}/bundle.zip", BundleEndpoints.DownloadAsync).Needs(ApiScope.ReadVotes).AddEndpointFilter(DownloadAudit.NoteAsync)
            .GivesFile("application/zip")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("exportBundle", Groups.Results, "Read a study as one signed zip", "With its linked studies: images, votes, settings, numbers and pages that open without a server. See docs/bundle.md.");
        api.MapPost("/bundles", ImportAsync).Needs(ApiScope.Import).WithMetadata(new RequestSizeLimitAttribute(BundleImportSession.MostUploaded))
            .TakesFile("A bundle, as it was made.")
            .Tell("importBundle", Groups.Studies, "Make the studies of a bundle again", "Nothing is stored before every hash, row and number is known to be right. A bundle that is here already changes nothing and is answered with 200. With 'Prefer: respond-async' it is answered as soon as the file is here, and its operation tells how far it is.");
    }

    private static async Task<Results<Created<BundleResource>, Ok<BundleResource>, Accepted<OperationResource>>> ImportAsync(
        HttpContext context, BundleImport import, OperationRunner operations, DataFolder data, CancellationToken cancel)
    {
        var path = Path.Combine(data.Imports, $"bundle-{Guid.NewGuid():N}.zip");
        await ReceivedFile.WriteAsync(context.Request, path, cancel);
        return await operations.AnswerAsync(context, ImportAsync, () => File.Delete(path));

        async Task<Made<BundleResource>> ImportAsync(Action<OperationProgress> tell, CancellationToken stop)
        {
            using var bundle = BundleFile.Open(path, "The bundle");
            var taken = await import.TakeAsync(bundle, progress => tell(new OperationProgress(progress.Doing, progress.Done, progress.Total)), stop);
            var made = new BundleResource
            {
                Studies = [.. taken.Studies.Select(study => new BundledStudy(study.StudyId, study.Name, study.StudyGroupId))],
                Fingerprint = taken.Studies[0].Fingerprint!,
            };
            return new(made, taken.IsNew ? $"{ApiSetup.Root}/studies/{made.Studies[0].StudyId}" : null);
        }
    }
}
