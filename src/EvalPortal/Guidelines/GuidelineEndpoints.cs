using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>What a rater's browser asks and sends before the study's own pairs: images of the guidelines, and the training round.</summary>
/// <remarks>
/// Only raters of the study are answered. What the right answer is leaves the portal with the feedback on an answer that is stored,
/// and not before.
/// </remarks>
public static class GuidelineEndpoints
{
    /// <summary>Training pairs that a browser holds, the one on the screen included, so that the next is loaded while one is judged.</summary>
    private const int Ahead = 3;

    /// <summary>Maps everything below a group of routes that knows the rater.</summary>
    internal static void MapGuidelines(this IEndpointRouteBuilder rater)
    {
        rater.MapGet("/rate/{link}/examples/{examplePairId:guid}/{side:regex(^(left|right)$)}", ExampleImageAsync);
        rater.MapGet("/rate/{link}/training/{trainingPairId:guid}/{side:regex(^(left|right)$)}", TrainingImageAsync);
        rater.MapGet("/api/rate/{link}/training", TrainingAsync);
        rater.MapPut("/api/rate/{link}/training/{answerId:guid}", AnswerAsync).WithMetadata(new RequestSizeLimitAttribute(RatingEndpoints.LargestVote));
    }

    /// <summary>Where a rater's browser finds an image of the guidelines.</summary>
    public static string ExampleAddress(string link, Guid examplePairId, Side side) =>
        $"/rate/{link}/examples/{examplePairId}/{(side == Side.Left ? "left" : "right")}";

    private static async Task<IResult> ExampleImageAsync(
        Guid examplePairId, string side, HttpContext context, GuidelineStore guidelines, ImageFiles files, CancellationToken cancel) =>
        RatingEndpoints.Image(context, files, await guidelines.FindImageAsync(RatingEndpoints.Session(context).StudyId, examplePairId, SideOf(side), cancel));

    private static async Task<IResult> TrainingImageAsync(
        Guid trainingPairId, string side, HttpContext context, TrainingStore training, ImageFiles files, CancellationToken cancel) =>
        RatingEndpoints.Image(context, files, await training.FindImageAsync(RatingEndpoints.Session(context), trainingPairId, SideOf(side), cancel));

    private static Side SideOf(string word) => word == "left" ? Side.Left : Side.Right;

    /// <summary>The pairs of the try that is under way, in the form of those that are voted on.</summary>
    private static async Task<IResult> TrainingAsync(string link, HttpContext context, TrainingStore training, CancellationToken cancel)
    {
        var session = RatingEndpoints.Session(context);
        var progress = await training.ReadAsync(session, cancel);
        return Results.Json(new
        {
            Answered = progress.Last?.Answered ?? 0,
            Total = progress.Pairs,
            Pairs = (await training.ListOpenAsync(session, Ahead, cancel)).Select(pair => new
            {
                AssignmentId = pair.TrainingPairId,
                pair.Question,
                pair.Prompt,
                Left = $"/rate/{link}/training/{pair.TrainingPairId}/left",
                Right = $"/rate/{link}/training/{pair.TrainingPairId}/right",
            }),
        });
    }

    private static async Task<IResult> AnswerAsync(Guid answerId, HttpContext context, TrainingStore training, CancellationToken cancel)
    {
        if (answerId.Version != 7)
            return Results.Problem(Say("Refusal_AnswerId"), statusCode: 400);
        if (await RatingEndpoints.ReadAsync<VoteDraft>(context, cancel) is not { } draft)
            return Results.Problem(Say("Refusal_NoAnswer"), statusCode: 400);
        if (draft is { Choice: Choice.Reject } or { Supersedes: not null })
            return Results.Problem(Say("Refusal_TrainingChoice"), statusCode: 422);
        if (draft.Fault() is { } fault)
            return Results.Problem(fault, statusCode: 422);
        var verdict = await training.AnswerAsync(RatingEndpoints.Session(context), answerId, draft, cancel);
        return verdict.Refusal is { } refusal ? RatingEndpoints.Problem(refusal) : Results.Json(verdict.Feedback, RatingEndpoints.Json);
    }
}
