using System.Globalization;
using Microsoft.AspNetCore.Authorization;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>What a page or an endpoint needs beyond a look: <c>@attribute [Needs(Access.Change)]</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Access access) : Attribute
{
    public Access Access { get; } = access;
}

/// <summary>An endpoint that asks <see cref="StudyAccess"/> itself, to answer in its own words.</summary>
public sealed class AsksItself;

/// <summary>
/// Lets nobody see a page or reach an endpoint of something that they may not see: it answers as if that did not exist. What belongs to
/// studies is known by the names of the values in the address, so a new page has nothing to add.
/// </summary>
/// <remarks>
/// Researchers' pages are interactive, and the way from one to the next is a request all the same: the router is not. What is done on an open
/// page is asked about where it is done, by <see cref="Audit.AuditLog"/>.
/// </remarks>
public static class StudyGate
{
    /// <summary>What stands in addresses and belongs to studies.</summary>
    public static readonly IReadOnlyDictionary<string, Func<long, StudyScope>> Scopes = new Dictionary<string, Func<long, StudyScope>>(StringComparer.OrdinalIgnoreCase)
    {
        ["studyId"] = StudyScope.Study,
        ["groupId"] = StudyScope.Group,
        ["jobId"] = StudyScope.Job,
        ["roundId"] = StudyScope.Round,
        ["preferenceSetId"] = StudyScope.PreferenceSet,
        ["setId"] = StudyScope.PreferenceSet,
        ["ablationId"] = StudyScope.Ablation,
    };

    public static IApplicationBuilder UseStudyGate(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var actor = context.User.Identity is { IsAuthenticated: true } ? Actor.OfAccount(context.User.AccountId()) : Actor.Nobody;
        Actor.Enter(actor);
        var asks = actor.AccountId is not null && context.GetEndpoint()?.Metadata.GetMetadata<AsksItself>() is null;
        if (asks && await AnswerAsync(context, actor) is { } answer)
            context.Response.StatusCode = answer;
        else
            await next(context);
    });

    /// <summary>The status that ends the request; null where it may go on.</summary>
    private static async Task<int?> AnswerAsync(HttpContext context, Actor actor)
    {
        var access = context.RequestServices.GetRequiredService<StudyAccess>();
        var of = context.Request.RouteValues
            .Where(value => Scopes.ContainsKey(value.Key) && value.Value is not null)
            .Select(value => long.TryParse(Convert.ToString(value.Value, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var id) ? Scopes[value.Key](id) : null)
            .OfType<StudyScope>()
            .ToList();
        var needs = Needs(context);
        if (of.Count == 0 && needs <= Access.View)
            return null;
        foreach (var scope in of.DefaultIfEmpty(StudyScope.Portal))
        {
            var has = await access.OfAsync(actor, scope, context.RequestAborted);
            if (has == Access.None)
                return StatusCodes.Status404NotFound;
            if (has < needs)
                return StatusCodes.Status403Forbidden;
        }
        return null;
    }

    /// <summary>Whatever is sent is a change, but for forms that say otherwise, what raters send, and the transport of open pages.</summary>
    private static Access Needs(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<NeedsAttribute>() is { } said)
            return said.Access;
        return HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            || endpoint is null
            || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
                ? Access.View
                : Access.Change;
    }
}
