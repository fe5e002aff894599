using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Api;

/// <summary>
/// Asks <see cref="StudyAccess"/> about every request of the API: about what its address names, and what its body names. The answers are the API's
/// own; somebody who may not see a study is told what they would be told if it were not there.
/// </summary>
public sealed class ApiGate(StudyAccess access, StudyStore studies, PreferenceSetStore sets, JobStore jobs, RoundStore rounds)
{
    /// <summary>Lets an account through to a study that a request names in its body.</summary>
    /// <exception cref="ApiProblemException">It may not, or there is no such study.</exception>
    public async Task<Study> EnterAsync(ClaimsPrincipal user, long studyId, bool writes, CancellationToken cancel = default)
    {
        var may = await access.ToStudyAsync(user, studyId, cancel);
        if (may == Access.None || await studies.FindAsync(studyId, cancel) is not { } study)
            throw ApiProblemException.NotFound("study", studyId);
        return !writes || may >= Access.Change ? study
            : throw new ApiProblemException(StatusCodes.Status403Forbidden, $"Your account may see study {studyId} and not change it.");
    }

    /// <summary>Lets the account through to something that hangs on studies, or to no part of it.</summary>
    internal async Task EnterAsync(HttpContext context, bool writes)
    {
        var named = await NamedAsync(context, context.RequestAborted);
        var may = await access.OfAsync(named?.Scope ?? StudyScope.Portal, context.RequestAborted);
        if (named is null)
        {
            if (writes && may < Access.Change)
                throw new ApiProblemException(StatusCodes.Status403Forbidden, "Your account may look and not change anything.");
            return;
        }
        if (!named.Exists || may == Access.None)
            throw ApiProblemException.NotFound(named.Word, named.Scope.Id);
        if (writes && may < Access.Change)
            throw new ApiProblemException(StatusCodes.Status403Forbidden, $"Your account may see {named.Word} {named.Scope.Id} and not change it.");
        if (await access.ListStudiesAsync(named.Scope, context.RequestAborted) is [.., var first]) // the others were made from it
            context.Features.Set(await studies.FindAsync(first, context.RequestAborted));
    }

    /// <summary>What an address names that hangs on studies; null for nothing.</summary>
    private async Task<Named?> NamedAsync(HttpContext context, CancellationToken cancel)
    {
        if (Id(context, "studyId") is { } studyId)
            return new("study", StudyScope.Study(studyId), await studies.FindAsync(studyId, cancel) is not null);
        if (Id(context, "groupId") is { } groupId)
            return new("group", StudyScope.Group(groupId), (await studies.ListGroupAsync(groupId, cancel)).Count > 0);
        if (Id(context, "setId") is { } setId)
            return new("preference set", StudyScope.PreferenceSet(setId), await sets.FindAsync(setId, cancel) is not null);
        if (Id(context, "jobId") is { } jobId)
            return new("job", StudyScope.Job(jobId), await jobs.FindAsync(jobId, cancel) is not null);
        if (Id(context, "roundId") is { } roundId)
            return new("round", StudyScope.Round(roundId), await rounds.FindAsync(roundId, cancel) is not null);
        return null;
    }

    private sealed record Named(string Word, StudyScope Scope, bool Exists);

    private static long? Id(HttpContext context, string name) =>
        context.GetRouteValue(name) is { } value ? long.Parse((string)value, CultureInfo.InvariantCulture) : null;
}

/// <summary>Stands before every endpoint of the API, and what it gives to them.</summary>
internal static class ApiGates
{
    /// <summary>Before the body is read: what the address names is there, and the account may do with it what the endpoint does.</summary>
    public static IApplicationBuilder UseApiGate(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is { Scope: var scope })
            await context.RequestServices.GetRequiredService<ApiGate>().EnterAsync(context, scope.Writes());
        await next(context);
    });

    /// <summary>The study that the address names, or on which what it names hangs.</summary>
    public static Study Study(this HttpContext context) => context.Features.GetRequiredFeature<Study>();
}
