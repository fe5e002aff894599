using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A known way to evaluate.</summary>
/// <param name="Preset">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="About">What it is for and what it sets.</param>
/// <param name="IsLinked">Whether it makes linked studies: those are made at <c>/study-groups</c>.</param>
/// <param name="Studies">Names of its studies.</param>
public sealed record PresetResource(string Preset, string Name, string About, bool IsLinked, IReadOnlyList<string> Studies);

/// <summary>Studies through the API, from a draft to the end.</summary>
internal static class StudyEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/presets", ListPresets).Needs(ApiScope.ReadStudies).Tell("listPresets", Groups.Studies, "List presets of studies");
        api.MapGet("/studies", ListAsync).Needs(ApiScope.ReadStudies).Tell("listStudies", Groups.Studies, "List studies", "Newest first; those that your account may see.");
        api.MapPost("/studies", AddAsync).Needs(ApiScope.WriteStudies).Once()
            .Example("""{"name": "SD 1.5 or ours", "preset": "two-models", "system_a": "sd15", "system_b": "ours"}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("createStudy", Groups.Studies, "Make a study", "As a draft: its link leads nowhere until it is started. A name is given once, so that a request that is sent twice makes one study.");

        var study = api.MapGroup("/studies/{studyId:long}");
        study.MapGet("", FindAsync).Needs(ApiScope.ReadStudies).Tell("getStudy", Groups.Studies, "See a study", "Its set-up, its link for raters, and where it is not as its preset says.");
        study.MapPatch("", ChangeAsync).Needs(ApiScope.WriteStudies)
            .Example("""{"votes_per_comparison": 7, "axes": [{"axis": "flaws", "flaw_strip": true}]}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("changeStudy", Groups.Studies, "Change a draft", "What is left out stays. Systems, questions that are asked and language stay: they make another study.");
        Moves(study, "start", StudyState.Running, "startStudy", "Open a study for raters", "A draft, or one that is paused. Its pilots are over then.");
        Moves(study, "pause", StudyState.Paused, "pauseStudy", "Stop a study for now", "Votes that are on their way still count.");
        Moves(study, "close", StudyState.Closed, "closeStudy", "Close a study for good", "It cannot be opened again. Votes and results stay.");
    }

    private static void Moves(RouteGroupBuilder study, string verb, StudyState state, string name, string summary, string about) =>
        study.MapPost($"/{verb}", (long studyId, HttpContext context, StudyStore studies, StudyReader reader, CancellationToken cancel) => MoveAsync(studyId, state, context, studies, reader, cancel))
            .Needs(ApiScope.WriteStudies)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell(name, Groups.Studies, summary, $"{about} One that is so already stays as it is.");

    private static IEnumerable<PresetResource> ListPresets() => StudyPresets.All.Select(preset =>
        new PresetResource(preset.Key, preset.Name, preset.About, preset.IsLinked, [.. preset.Studies.Select(study => study.Name.ToLowerInvariant())]));

    private static async Task<IEnumerable<StudySummary>> ListAsync(StudyStore studies, StudyAccess access, StudyReader reader, CancellationToken cancel)
    {
        var visible = await access.ListVisibleAsync(cancel);
        return await reader.ListAsync([.. (await studies.ListAsync(cancel)).Where(study => visible.Contains(study.StudyId))], cancel);
    }

    private static async Task<Created<StudyResource>> AddAsync(
        ApiBody<NewStudyBody> body, HttpContext context, NewStudySession form, StudyStore studies, StudyReader reader, CancellationToken cancel)
    {
        var id = await NewStudies.AddAsync(form, body.Value, studies, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/studies/{id}", await reader.ReadAsync(id, context.Request, CancellationToken.None));
    }

    private static Task<StudyResource> FindAsync(long studyId, HttpRequest request, StudyReader reader, CancellationToken cancel) => reader.ReadAsync(studyId, request, cancel);

    private static async Task<StudyResource> ChangeAsync(
        long studyId, ApiBody<StudyChange> body, HttpContext context, StudyChangeStore changes, StudyMaterialStore materials, StudyReader reader, CancellationToken cancel)
    {
        var (study, draft) = (context.Study(), new StudyDraft());
        if (study.State != StudyState.Draft)
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"The study is {study.State.ToText()}: only a draft can be changed. Make another study.");
        draft.CopyFrom(study, (await materials.ReadAsync(studyId, cancel)).ImagesAtOnce);
        if (body.Value.Axes?.FirstOrDefault(axis => study.Axes.All(asked => asked.Axis != axis.Axis)) is { } other)
            throw new RefusedException($"The study does not ask about {other.Axis.ToText()}, and what it asks about cannot change. Make another study.");
        draft.Name = body.Value.Name ?? study.Name;
        body.Value.Apply(draft);
        await changes.ChangeAsync(study, draft, cancel);
        return await reader.ReadAsync(studyId, context.Request, cancel);
    }

    private static async Task<StudyResource> MoveAsync(long studyId, StudyState state, HttpContext context, StudyStore studies, StudyReader reader, CancellationToken cancel)
    {
        var before = context.Study().State;
        try
        {
            if (before != state)
                await studies.SetStateAsync(studyId, state, cancel);
        }
        catch (RefusedException)
        {
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"The study is {before.ToText()} and cannot become {state.ToText()} from there.");
        }
        return await reader.ReadAsync(studyId, context.Request, cancel);
    }
}
