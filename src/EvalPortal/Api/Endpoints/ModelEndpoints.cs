using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A set of weights.</summary>
public sealed record ModelResource
{
    public required long ModelId { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 over the hashes of its weight files in name order.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>The model it was trained from.</summary>
    public long? ParentModelId { get; init; }

    /// <summary>The job that it came of.</summary>
    public long? JobId { get; init; }

    /// <summary>After how many steps of that job, where it is a checkpoint that was kept.</summary>
    public int? CheckpointStep { get; init; }
    public required string Source { get; init; }
    public required string Licence { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal static ModelResource Of(Model model) => new()
    {
        ModelId = model.ModelId,
        Name = model.Name,
        WeightsSha256 = model.WeightsSha256,
        ParentModelId = model.ParentModelId,
        JobId = model.MadeByJobId,
        CheckpointStep = model.CheckpointStep,
        Source = model.Source,
        Licence = model.Licence,
        CreatedAt = model.CreatedAt,
    };
}

/// <summary>Models through the API.</summary>
internal static class ModelEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/models", ListAsync).Needs(ApiScope.ReadStudies).Tell("listModels", Groups.Models, "List models", "Newest first.");
        api.MapGet("/models/{modelId:long}", FindAsync).Needs(ApiScope.ReadStudies).Tell("getModel", Groups.Models, "See a model");
    }

    private static async Task<IEnumerable<ModelResource>> ListAsync(ModelStore models, CancellationToken cancel) => (await models.ListAsync(cancel)).Select(ModelResource.Of);

    private static async Task<ModelResource> FindAsync(long modelId, ModelStore models, CancellationToken cancel) =>
        ModelResource.Of(await models.FindAsync(modelId, cancel) ?? throw ApiProblemException.NotFound("model", modelId));
}
