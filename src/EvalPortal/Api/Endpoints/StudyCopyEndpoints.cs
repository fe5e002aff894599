using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A copy to make.</summary>
public sealed record NewCopy
{
    public required string Name { get; init; }
}

/// <summary>A pilot to make.</summary>
public sealed record NewPilot
{
    /// <summary>How many of the study's comparisons it has.</summary>
    public int Comparisons { get; init; } = PilotStore.UsualComparisons;
}

/// <summary>A pilot of a study.</summary>
public sealed record PilotResource
{
    public required long StudyId { get; init; }
    public required string Name { get; init; }
    public required StudyState State { get; init; }

    /// <summary>Who agreed to take part in it.</summary>
    public required int Raters { get; init; }

    /// <summary>Those of them who take part in the study as well.</summary>
    public required int CameAgain { get; init; }
}

/// <summary>Studies that are made from studies through the API.</summary>
internal static class StudyCopyEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var study = api.MapGroup("/studies/{studyId:long}");
        study.MapPost("/copies", CopyAsync).Needs(ApiScope.WriteStudies).Once()
            .Example("""{"name": "SD 1.5 or ours, again"}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("copyStudy", Groups.Studies, "Make a study like this one", "Settings, plan, guidelines, training and checks, as a draft; without votes, raters and links.");
        study.MapGet("/pilots", ListAsync).Needs(ApiScope.ReadStudies).Tell("listPilots", Groups.Studies, "List the pilots of a study");
        study.MapPost("/pilots", AddAsync).Needs(ApiScope.WriteStudies).Once(needed: true)
            .Example("""{"comparisons": 10}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("createPilot", Groups.Studies, "Make a pilot of a draft", "A study of its own, as a draft, with some of the comparisons; its votes count nowhere. Starting the study ends it.");
    }

    private static async Task<Created<StudyResource>> CopyAsync(
        long studyId, ApiBody<NewCopy> body, HttpContext context, NewStudySession form, StudyStore studies, StudyReader reader, CancellationToken cancel)
    {
        var id = await NewStudies.CopyAsync(form, studyId, body.Value.Name, studies, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/studies/{id}", await reader.ReadAsync(id, context.Request, CancellationToken.None));
    }

    private static async Task<IEnumerable<PilotResource>> ListAsync(long studyId, PilotStore pilots, CancellationToken cancel) =>
        (await pilots.ListAsync(studyId, cancel)).Select(pilot => new PilotResource
        {
            StudyId = pilot.StudyId,
            Name = pilot.Name,
            State = pilot.State,
            Raters = pilot.Raters,
            CameAgain = pilot.CameAgain,
        });

    private static async Task<Created<StudyResource>> AddAsync(
        long studyId, ApiBody<NewPilot> body, HttpContext context, PilotStore pilots, StudyReader reader, CancellationToken cancel)
    {
        if (body.Value.Comparisons < 1)
            throw new RefusedException($"comparisons is {body.Value.Comparisons}; a pilot has at least 1.");
        if (context.Study() is { State: not StudyState.Draft } or { PilotOfStudyId: not null })
            throw new ApiProblemException(StatusCodes.Status409Conflict, "A pilot tries a draft out: this study has been opened, or is a pilot itself.");
        var id = await pilots.AddAsync(studyId, body.Value.Comparisons, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/studies/{id}", await reader.ReadAsync(id, context.Request, CancellationToken.None));
    }
}
