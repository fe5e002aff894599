using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Studies that were made together.</summary>
public sealed record StudyGroupResource
{
    public required long StudyGroupId { get; init; }
    public required string Name { get; init; }

    /// <summary>Key of the preset that they were made from.</summary>
    public required string Preset { get; init; }

    /// <summary>In the order in which they were made.</summary>
    public required IReadOnlyList<StudySummary> Studies { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Linked studies through the API.</summary>
internal static class StudyGroupEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/study-groups", AddAsync).Needs(ApiScope.WriteStudies).Once()
            .Example("""{"name": "Round 2", "preset": "leaderboard", "systems": ["sd15", "dpo", "simpo"], "votes_per_comparison": 5}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("createStudyGroup", Groups.Studies, "Make linked studies", "All that a preset links, as drafts, or none. Each is then started by itself.");
        api.MapGet("/study-groups/{groupId:long}", FindAsync).Needs(ApiScope.ReadStudies).Tell("getStudyGroup", Groups.Studies, "See linked studies");
    }

    private static async Task<Created<StudyGroupResource>> AddAsync(
        ApiBody<NewStudyGroupBody> body, HttpContext context, NewStudySession form, StudyGroupStore groups, StudyStore studies, StudyReader reader, CancellationToken cancel)
    {
        var id = await NewStudies.AddGroupAsync(form, body.Value, groups, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/study-groups/{id}", await FindAsync(id, groups, studies, reader, CancellationToken.None));
    }

    private static async Task<StudyGroupResource> FindAsync(long groupId, StudyGroupStore groups, StudyStore studies, StudyReader reader, CancellationToken cancel)
    {
        var group = await groups.FindAsync(groupId, cancel) ?? throw ApiProblemException.NotFound("study group", groupId);
        return new StudyGroupResource
        {
            StudyGroupId = groupId,
            Name = group.Name,
            Preset = group.Preset,
            Studies = await reader.ListAsync(await studies.ListGroupAsync(groupId, cancel), cancel),
            CreatedAt = group.CreatedAt,
        };
    }
}
