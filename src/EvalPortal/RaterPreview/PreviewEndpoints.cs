using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.RaterPreview;

/// <summary>
/// What the rater's page asks and sends in a preview. The answers are those of <see cref="RatingEndpoints"/>, a vote is looked at as there,
/// and nothing is stored.
/// </summary>
public static class PreviewEndpoints
{
    /// <summary>What the page holds at once.</summary>
    private const int Ahead = 6;

    /// <summary>Where the page of a preview asks.</summary>
    public static string Address(long studyId, Guid id) => $"{Address(studyId, PreviewStep.Judging)}/{id}";

    /// <summary>Where a step of a preview is.</summary>
    public static string Address(long studyId, PreviewStep step) =>
        string.Create(CultureInfo.InvariantCulture, $"/studies/{studyId}/preview/{step.ToString().ToLowerInvariant()}");

    public static void MapRaterPreview(this IEndpointRouteBuilder routes)
    {
        var preview = routes.MapGroup("/studies/{studyId:long}/preview/judging/{previewId:guid}")
            .WithMetadata(new RequestSizeLimitAttribute(RatingEndpoints.LargestVote)).AddEndpointFilter(FindAsync);
        preview.MapGet("next", (HttpContext context) => Next(Run(context)));
        preview.MapGet("receipt", (HttpContext context) => Receipt(Run(context).VoteIds));
        preview.MapPut("votes/{voteId:guid}", VoteAsync);
        preview.MapPut("votes/{voteId:guid}/retraction", Retract);
        preview.MapPut("votes/{voteId:guid}/flaw", FlawAsync);
        preview.MapPut("statement", () => Results.NoContent());
    }

    /// <summary>A preview that is over is begun anew by the page, which loads itself again at this status.</summary>
    private static async ValueTask<object?> FindAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        context.Response.Headers.CacheControl = "no-store";
        var (studyId, id) = (long.Parse((string)context.GetRouteValue("studyId")!, CultureInfo.InvariantCulture), Guid.Parse((string)context.GetRouteValue("previewId")!));
        if (context.RequestServices.GetRequiredService<PreviewRuns>().Find(studyId, id) is not { } run)
            return Results.Problem("This preview is over.", statusCode: StatusCodes.Status401Unauthorized);
        context.Features.Set(run);
        return await next(call);
    }

    private static PreviewRun Run(HttpContext context) => context.Features.GetRequiredFeature<PreviewRun>();

    private static IResult Next(PreviewRun run) => Results.Json(new
    {
        run.Answered,
        run.Total,
        End = Address(run.StudyId, PreviewStep.End),
        Pairs = run.Open().Take(Ahead).Select(item => new
        {
            item.AssignmentId,
            item.Question,
            item.Prompt,
            item.FlawStrip,
            Left = run.IsPairs ? ImageEndpoints.Address(item.Images[0]) : null,
            Right = run.IsPairs ? ImageEndpoints.Address(item.Images[1]) : null,
            Images = item.Images.Select(ImageEndpoints.Address),
            Questions = item.Questions.Select(question => new { Id = question.QuestionId, question.Text, Parents = question.ParentIds }),
        }),
    });

    private static IResult Receipt(IReadOnlyList<Guid> voteIds) => Results.Json(new { Received = voteIds.Count, VoteIds = voteIds });

    private static async Task<IResult> VoteAsync(Guid voteId, HttpContext context, TimeProvider clock, CancellationToken cancel)
    {
        if (await RatingEndpoints.ReadAsync<VoteDraft>(context, cancel) is not { } draft)
            return Results.Problem(Say("Refusal_NoVote"), statusCode: StatusCodes.Status400BadRequest);
        if (draft.Fault() is { } fault)
            return Results.Problem(fault, statusCode: StatusCodes.Status422UnprocessableEntity);
        return Run(context).Answer(voteId, draft.AssignmentId) ? Taken(voteId, clock) : RatingEndpoints.Problem(Refusal.UnknownPair);
    }

    private static IResult Retract(Guid voteId, HttpContext context, TimeProvider clock)
    {
        Run(context).Retract(voteId);
        return Taken(voteId, clock);
    }

    private static async Task<IResult> FlawAsync(Guid voteId, HttpContext context, TimeProvider clock, CancellationToken cancel)
    {
        if (await RatingEndpoints.ReadAsync<FlawDraft>(context, cancel) is not { } draft)
            return Results.Problem(Say("Refusal_NoFlaw"), statusCode: StatusCodes.Status400BadRequest);
        return draft.Fault() is { } fault ? Results.Problem(fault, statusCode: StatusCodes.Status422UnprocessableEntity) : Taken(voteId, clock);
    }

    private static IResult Taken(Guid voteId, TimeProvider clock) => Results.Json(new { VoteId = voteId, AcceptedAt = clock.GetUtcNow() });
}
