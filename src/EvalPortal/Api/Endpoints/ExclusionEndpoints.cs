using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.Stats;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>A rater to leave out.</summary>
public sealed record NewExclusion
{
    /// <summary>The rater's name in results and exports, such as <c>R-77</c>.</summary>
    public required string Rater { get; init; }

    /// <summary>Why; it stands beside every figure's exclusions.</summary>
    public required string Reason { get; init; }

    /// <summary>The rule that proposed it, such as <c>side_bias</c>; <c>manual</c> unless told otherwise.</summary>
    public string? Rule { get; init; }
}

/// <summary>A rater whose votes a study leaves out, or left out until it was lifted.</summary>
public sealed record ExclusionResource
{
    public required long ExclusionId { get; init; }

    /// <summary>The rater's name in results and exports.</summary>
    public required string Rater { get; init; }

    /// <summary>Whether it is no person.</summary>
    public required bool Simulated { get; init; }
    public required string Rule { get; init; }
    public required string Reason { get; init; }
    public required string ExcludedBy { get; init; }
    public required DateTimeOffset ExcludedAt { get; init; }

    /// <summary>Who let the votes count again; null while they are left out, as the time.</summary>
    public string? LiftedBy { get; init; }
    public DateTimeOffset? LiftedAt { get; init; }

    internal static ExclusionResource Of(Exclusion exclusion) => new()
    {
        ExclusionId = exclusion.ExclusionId,
        Rater = exclusion.Pseudonym,
        Simulated = exclusion.Simulated,
        Rule = exclusion.Rule,
        Reason = exclusion.Reason,
        ExcludedBy = exclusion.ExcludedBy,
        ExcludedAt = exclusion.ExcludedAt,
        LiftedBy = exclusion.LiftedBy,
        LiftedAt = exclusion.LiftedAt,
    };
}

/// <summary>Exclusions through the API. Votes stay as they are; results leave them out or count them.</summary>
internal static class ExclusionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var exclusions = api.MapGroup("/studies/{studyId:long}/exclusions");
        exclusions.MapGet("", ListAsync).Needs(ApiScope.ReadVotes).Tell("listExclusions", Groups.Results, "List who is left out", "Those in force and those that were lifted, oldest first.");
        exclusions.MapPost("", AddAsync).Needs(ApiScope.WriteStudies)
            .Example("""{"rater": "R-77", "reason": "Answered left 60 times in a row.", "rule": "streak"}""")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .Tell("excludeRater", Groups.Results, "Leave a rater out", "Nothing is deleted: results can be read with and without. Somebody who is left out already is 409.");
        exclusions.MapPost("/{exclusionId:long}/lift", LiftAsync).Needs(ApiScope.WriteStudies)
            .Tell("liftExclusion", Groups.Results, "Let a rater's votes count again", "One that is lifted already stays as it is.");
    }

    private static async Task<IEnumerable<ExclusionResource>> ListAsync(long studyId, ExclusionStore exclusions, CancellationToken cancel) =>
        (await exclusions.ListAsync(studyId, cancel)).Select(ExclusionResource.Of);

    private static async Task<Created<ExclusionResource>> AddAsync(
        long studyId, ApiBody<NewExclusion> body, HttpContext context, ExclusionStore exclusions, CancellationToken cancel)
    {
        var rule = body.Value.Rule ?? Exclusion.RuleOf(null);
        if (!PlanDraft.Rules.Contains(rule))
            throw new RefusedException($"There is no rule '{rule}'{Nearest.Hint(rule, PlanDraft.Rules)}");
        var rater = await exclusions.FindRaterAsync(studyId, body.Value.Rater, cancel)
            ?? throw new RefusedException($"Nobody called '{body.Value.Rater}' takes part in the study. Votes name their raters.");
        var id = await exclusions.ExcludeAsync(
            studyId, rater, rule == Exclusion.RuleOf(null) ? null : ColumnTypes.ToEnum<RaterFlagKind>(rule), body.Value.Reason, context.User.AccountId(), cancel);
        return TypedResults.Created($"{ApiSetup.Root}/studies/{studyId}/exclusions", await FindAsync(studyId, id, exclusions, CancellationToken.None));
    }

    private static async Task<ExclusionResource> LiftAsync(long studyId, long exclusionId, HttpContext context, ExclusionStore exclusions, CancellationToken cancel)
    {
        if ((await FindAsync(studyId, exclusionId, exclusions, cancel)).LiftedAt is null)
            await exclusions.LiftAsync(exclusionId, context.User.AccountId(), cancel);
        return await FindAsync(studyId, exclusionId, exclusions, cancel);
    }

    private static async Task<ExclusionResource> FindAsync(long studyId, long exclusionId, ExclusionStore exclusions, CancellationToken cancel) =>
        (await exclusions.ListAsync(studyId, cancel)).FirstOrDefault(exclusion => exclusion.ExclusionId == exclusionId) is { } found
            ? ExclusionResource.Of(found)
            : throw ApiProblemException.NotFound("exclusion", exclusionId);
}
