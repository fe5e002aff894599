using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Whatever made images.</summary>
public sealed record SystemResource
{
    public required long SystemId { get; init; }
    public required string Name { get; init; }
    public required int Images { get; init; }

    /// <summary>The model that drew them; null where they came from outside.</summary>
    public long? ModelId { get; init; }

    /// <summary>The job that drew them.</summary>
    public long? JobId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    internal static SystemResource Of(SystemUnderTest system) => new()
    {
        SystemId = system.SystemId,
        Name = system.Name,
        Images = system.ImageCount,
        ModelId = system.ModelId,
        JobId = system.JobId,
        CreatedAt = system.CreatedAt,
    };
}

/// <summary>An image of a system; the names are those of the exported table.</summary>
public sealed record ImageResource
{
    public required long ImageId { get; init; }
    public long? PromptId { get; init; }
    public required string Sha256 { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public long? Seed { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Systems through the API.</summary>
internal static class SystemEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/systems", ListAsync).Needs(ApiScope.ReadStudies).Tell("listSystems", Groups.Material, "List systems", "Newest first.");
        api.MapGet("/systems/{systemId:long}", FindAsync).Needs(ApiScope.ReadStudies).Tell("getSystem", Groups.Material, "See a system");
        api.MapGet("/systems/{systemId:long}/images", ListImagesAsync).Needs(ApiScope.ReadStudies).Tell("listImages", Groups.Material, "List the images of a system", "Prompt by prompt.");
    }

    /// <summary>The system of this name.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static async Task<long> IdOfAsync(this SystemStore systems, string name, CancellationToken cancel) =>
        (await systems.ListAsync(cancel)).FirstOrDefault(system => system.Name == name)?.SystemId
        ?? throw new RefusedException($"There is no system called '{name}'. Which there are says GET {ApiSetup.Root}/systems.");

    private static async Task<IEnumerable<SystemResource>> ListAsync(SystemStore systems, CancellationToken cancel) =>
        (await systems.ListAsync(cancel)).Select(SystemResource.Of);

    private static async Task<SystemResource> FindAsync(long systemId, SystemStore systems, CancellationToken cancel) =>
        SystemResource.Of(await systems.FindAsync(systemId, cancel) ?? throw ApiProblemException.NotFound("system", systemId));

    private static async Task<IEnumerable<ImageResource>> ListImagesAsync(long systemId, SystemStore systems, ImageStore images, CancellationToken cancel)
    {
        await FindAsync(systemId, systems, cancel);
        return (await images.ListAsync(systemId, cancel)).Select(image => new ImageResource
        {
            ImageId = image.ImageId,
            PromptId = image.PromptId,
            Sha256 = image.Sha256,
            Width = image.Width,
            Height = image.Height,
            Seed = image.Seed,
            CreatedAt = image.CreatedAt,
        });
    }
}
