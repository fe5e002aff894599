using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Participants;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>How many personal links there are to be.</summary>
public sealed record WantedLinks
{
    /// <summary>In all, those that there are among them.</summary>
    public required int Total { get; init; }
}

/// <summary>A personal link into a study, for one person.</summary>
public sealed record PersonalLink
{
    public required int Number { get; init; }

    /// <summary>The address to hand out.</summary>
    public required string Link { get; init; }
    public required InvitationState State { get; init; }

    /// <summary>Answers of whoever has it.</summary>
    public required int Answers { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Personal links through the API.</summary>
internal static class RaterLinkEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var links = api.MapGroup("/studies/{studyId:long}/personal-links");
        links.MapGet("", ListAsync).Needs(ApiScope.WriteStudies).Tell("listPersonalLinks", Groups.Studies, "List the personal links of a study", "Links are secrets, so that reading them needs the scope that makes them.");
        links.MapPut("", MakeAsync).Needs(ApiScope.WriteStudies).Example("""{"total": 20}""")
            .Tell("makePersonalLinks", Groups.Studies, "Make personal links", "As many as are missing to a total: sent twice, it makes nothing twice.");
        links.MapDelete("/{number:int}", RevokeAsync).Needs(ApiScope.WriteStudies).Tell("revokePersonalLink", Groups.Studies, "Revoke a personal link", "Answers that were given with it stay.");
    }

    private static async Task<IEnumerable<PersonalLink>> ListAsync(long studyId, HttpContext context, RaterInvitationStore invitations, CancellationToken cancel)
    {
        var address = StudyReader.RaterLink(context.Study(), context.Request);
        return (await invitations.ListAsync(studyId, cancel)).Select(invitation => new PersonalLink
        {
            Number = invitation.Number,
            Link = address + invitations.Query(studyId, invitation.Number),
            State = invitation.State,
            Answers = invitation.Answers,
            CreatedAt = invitation.CreatedAt,
        });
    }

    private static async Task<IEnumerable<PersonalLink>> MakeAsync(
        long studyId, ApiBody<WantedLinks> body, HttpContext context, RaterInvitationStore invitations, CancellationToken cancel)
    {
        var there = await invitations.ListAsync(studyId, cancel);
        if (body.Value.Total is < 1 or > RaterInvitationStore.Most)
            throw new RefusedException($"total is {body.Value.Total}; a study has 1 to {RaterInvitationStore.Most} personal links.");
        if (body.Value.Total > there.Count)
            await invitations.AddAsync(studyId, body.Value.Total - there.Count, context.User.AccountId(), cancel);
        return await ListAsync(studyId, context, invitations, cancel);
    }

    private static async Task<NoContent> RevokeAsync(long studyId, int number, RaterInvitationStore invitations, CancellationToken cancel)
    {
        if ((await invitations.ListAsync(studyId, cancel)).All(invitation => invitation.Number != number))
            throw ApiProblemException.NotFound("personal link", number);
        await invitations.RevokeAsync(studyId, number, cancel);
        return TypedResults.NoContent();
    }
}
