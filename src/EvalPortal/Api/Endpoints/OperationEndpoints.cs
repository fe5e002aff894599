using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Operations;
using PixelPost.EvalPortal.Api.Problems;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Work that goes on after its request was answered.</summary>
public sealed record OperationResource
{
    public required Guid OperationId { get; init; }
    public required OperationState State { get; init; }

    /// <summary>What is done at the moment, or was done last.</summary>
    public required string Doing { get; init; }

    /// <summary>Share of it that is done, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Why it failed: what a request that waited would have been told.</summary>
    public string? Error { get; init; }

    /// <summary>The status that such a request would have got.</summary>
    public int? ErrorStatus { get; init; }

    /// <summary>Address of what it made; null where everything was there before.</summary>
    public string? Location { get; init; }

    /// <summary>What came of a file of votes.</summary>
    public VoteImportResource? VoteImport { get; init; }

    /// <summary>What came of a bundle.</summary>
    public BundleResource? Bundle { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    internal static OperationResource Of(Operation operation)
    {
        var state = operation.State; // first: what it says is there by then
        return new OperationResource
        {
            OperationId = operation.OperationId,
            State = state,
            Doing = operation.Progress.Doing,
            Share = state == OperationState.Done ? 1 : operation.Progress.Share,
            Error = operation.Fault?.Detail,
            ErrorStatus = operation.Fault?.Status,
            Location = operation.Location,
            VoteImport = operation.Value as VoteImportResource,
            Bundle = operation.Value as BundleResource,
            StartedAt = operation.StartedAt,
            FinishedAt = operation.FinishedAt,
        };
    }
}

/// <summary>Looks at work that goes on, and breaks it off.</summary>
internal static class OperationEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var operation = api.MapGroup("/operations/{operationId:guid}");
        operation.MapGet("", Find).Needs(ApiScope.Import)
            .Tell("getOperation", Groups.Material, "See how far a long request is", "A request with 'Prefer: respond-async' is answered at once with the address of its operation. How one ended is known for a day, and until the portal is started anew.");
        operation.MapPost("/cancel", Cancel).Needs(ApiScope.Import)
            .Tell("cancelOperation", Groups.Material, "Break off a long request", "Of a bundle nothing is stored then. Votes that were stored stay, and the same file goes on from there.");
    }

    private static OperationResource Find(Guid operationId, HttpContext context, OperationRunner operations) => OperationResource.Of(Known(operationId, context, operations));

    private static Accepted<OperationResource> Cancel(Guid operationId, HttpContext context, OperationRunner operations)
    {
        var operation = Known(operationId, context, operations);
        if (operation.State == OperationState.Running)
            operation.Cancel();
        return TypedResults.Accepted($"{ApiSetup.Root}/operations/{operationId}", OperationResource.Of(operation));
    }

    private static Operation Known(Guid id, HttpContext context, OperationRunner operations) => operations.Find(id, context.User.AccountId())
        ?? throw new ApiProblemException(StatusCodes.Status404NotFound, $"There is no operation {id} of this account: it ended more than a day ago, or the portal was started anew since. Send its request again: nothing is stored twice.");
}
