using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Studies;
using static PixelPost.EvalPortal.Rating.Texts.RaterTexts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What a rater's browser asks and sends.</summary>
/// <remarks>
/// No other site can vote with a rater's cookie: browsers send a <c>PUT</c> or JSON to another origin only after asking that
/// origin first, this portal never says yes, and the cookie does not travel with such a request anyway. The forms of the
/// path carry antiforgery tokens. Nothing here names a system, an image or its file, and a prompt only where the axis shows it.
/// </remarks>
public static class RatingEndpoints
{
    /// <summary>Pairs that a browser holds, the one on the screen included: as many can be answered without connection.</summary>
    private const int Ahead = 6;

    private const int LargestForm = 8 * 1024;
    internal const int LargestVote = 16 * 1024;
    private const int LargestStatement = 64 * 1024;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new WordConverter() },
    };

    public static void MapRating(this IEndpointRouteBuilder routes)
    {
        var forms = routes.MapGroup("/r/{link}").AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(LargestForm));
        forms.MapPost("consent", ConsentAsync).RequireRateLimiting(RaterLimits.Consent);
        forms.MapPost("start", StartAsync).RequireRateLimiting(RaterLimits.Rater);
        forms.MapPost("withdraw", WithdrawAsync).RequireRateLimiting(RaterLimits.Rater);

        var rater = routes.MapGroup("").AllowAnonymous().RequireRateLimiting(RaterLimits.Rater).AddEndpointFilter(NeedSessionAsync);
        rater.MapGet("/rate/{link}/images/{assignmentId:guid}/{place:regex(^(left|right|[1-9])$)}", ImageAsync);
        rater.MapGet("/api/rate/{link}/next", NextAsync);
        rater.MapGet("/api/rate/{link}/receipt", ReceiptAsync);
        rater.MapPut("/api/rate/{link}/votes/{voteId:guid}", VoteAsync).WithMetadata(new RequestSizeLimitAttribute(LargestVote), new RaterLimits.AsksItself());
        rater.MapPut("/api/rate/{link}/votes/{voteId:guid}/retraction", RetractAsync).WithMetadata(new RequestSizeLimitAttribute(LargestVote));
        rater.MapPut("/api/rate/{link}/statement", StateAsync).WithMetadata(new RequestSizeLimitAttribute(LargestStatement));
        rater.MapPut("/api/rate/{link}/votes/{voteId:guid}/flaw", FlawAsync).WithMetadata(new RequestSizeLimitAttribute(LargestVote));
        rater.MapGuidelines();
    }

    private static async Task<IResult> ConsentAsync(
        string link, HttpContext context, IAntiforgery antiforgery, RaterPath path, CancellationToken cancel)
    {
        if (await ReadFormAsync(context, antiforgery, cancel) is not { } form)
            return Results.BadRequest();
        var request = context.Request;
        var consented = await path.ConsentAsync(
            link, request.Query, RaterCookie.Read(request), Pixels(form["viewportW"]), Pixels(form["viewportH"]), request.Headers.UserAgent, cancel);
        if (consented is null)
            return BackToLink(link, request.QueryString.Value);
        if (consented is { Secret: { } secret, OneStudy: true })
            RaterCookie.Write(context, link, secret);
        else if (consented.Secret is { } token)
            RaterCookie.Write(context, token);
        return BackToLink(link);
    }

    private static int? Pixels(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) ? pixels : null;

    private static async Task<IResult> StartAsync(
        string link, HttpContext context, IAntiforgery antiforgery, RaterStore raters, TrainingStore training, CancellationToken cancel)
    {
        if (await ReadFormAsync(context, antiforgery, cancel) is null)
            return Results.BadRequest();
        if (context.Features.Get<RaterSession>() is { } session)
        {
            await raters.SetInstructedAsync(session.SessionId, cancel);
            await training.BeginAsync(session, Random.Shared, cancel);
        }
        return BackToLink(link);
    }

    private static async Task<IResult> WithdrawAsync(
        string link, HttpContext context, IAntiforgery antiforgery, WithdrawalStore withdrawals, CancellationToken cancel)
    {
        if (await ReadFormAsync(context, antiforgery, cancel) is not { } form || form["erase"] != "yes")
            return Results.BadRequest();
        if (context.Features.Get<RaterSession>() is { } session)
            await withdrawals.WithdrawAsync(session, cancel);
        return BackToLink(link);
    }

    /// <summary>A form that was sent from a page of this portal; null when it is not that.</summary>
    private static async Task<IFormCollection?> ReadFormAsync(HttpContext context, IAntiforgery antiforgery, CancellationToken cancel)
    {
        try
        {
            return context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context) ? await context.Request.ReadFormAsync(cancel) : null;
        }
        catch (Exception exception) when (exception is AntiforgeryValidationException or InvalidDataException or BadHttpRequestException)
        {
            return null; // no form, or too large
        }
    }

    private static IResult BackToLink(string link, string? query = null) => Results.LocalRedirect($"/r/{Uri.EscapeDataString(link)}{query}");

    private static async ValueTask<object?> NeedSessionAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        context.Response.Headers.CacheControl = "no-store";
        var session = context.Features.Get<RaterSession>();
        // What a browser sends it must not send for ever; what it asks leads it to the page that says what has happened.
        if (session is { Withdrawn: true } && HttpMethods.IsPut(context.Request.Method))
            return Results.Problem(Say("Refusal_Withdrawn"), statusCode: 410);
        if (session is null or { Withdrawn: true })
            return Results.Problem(Say("Refusal_NoPlace"), statusCode: 401);
        return await next(invocation);
    }

    internal static RaterSession Session(HttpContext context) => context.Features.GetRequiredFeature<RaterSession>();

    private static async Task<IResult> NextAsync(
        string link, HttpContext context, AssignmentStore assignments, SheetStore sheets, TrainingStore training, CancellationToken cancel)
    {
        // In both cases the page says what is to be done.
        if (Session(context).Revoked)
            return Results.Problem(Say("Refusal_LinkRevoked"), statusCode: 401);
        if (!(await training.ReadAsync(Session(context), cancel)).LetsOn)
            return Results.Problem(Say("Refusal_TrainingFirst"), statusCode: 401);
        var turn = await assignments.TakeAsync(Session(context), Ahead, Random.Shared, cancel);
        if (await sheets.FindFormAsync(Session(context).StudyId, cancel) != StudyForm.Pairs)
            return Results.Json(Sheets(link, turn, await sheets.ListHeldAsync(Session(context), Random.Shared, cancel)));
        return Results.Json(new
        {
            turn.Answered,
            turn.Total,
            Pairs = turn.Pairs.Select(pair => new
            {
                pair.AssignmentId,
                pair.Question,
                pair.Prompt,
                pair.FlawStrip,
                Supersedes = pair.LastVoteId,
                Left = ImageAddress(link, pair.AssignmentId, "left"),
                Right = ImageAddress(link, pair.AssignmentId, "right"),
            }),
        });
    }

    /// <summary>The same of what is no pair. The right answers are not among it.</summary>
    private static object Sheets(string link, RaterTurn turn, IReadOnlyDictionary<Guid, Sheet> sheets) => new
    {
        turn.Answered,
        turn.Total,
        Pairs = turn.Pairs.Where(item => sheets.ContainsKey(item.AssignmentId)).Select(item => new // another window may have answered meanwhile
        {
            item.AssignmentId,
            item.Question,
            item.Prompt,
            Supersedes = item.LastVoteId,
            Images = Enumerable.Range(1, sheets[item.AssignmentId].Images).Select(place => ImageAddress(link, item.AssignmentId, $"{place}")),
            Questions = sheets[item.AssignmentId].Questions.Select(question => new { Id = question.QuestionId, question.Text, Parents = question.ParentIds }),
        }),
    };

    private static string ImageAddress(string link, Guid assignmentId, string place) => $"/rate/{link}/images/{assignmentId}/{place}";

    private static async Task<IResult> ImageAsync(
        Guid assignmentId, string place, HttpContext context, AssignmentStore assignments, SheetStore sheets, ImageFiles files, CancellationToken cancel)
    {
        var found = place is "left" or "right"
            ? assignments.FindImageAsync(Session(context), assignmentId, left: place == "left", cancel)
            : sheets.FindImageAsync(Session(context), assignmentId, place[0] - '0', cancel);
        return Image(context, files, await found);
    }

    /// <summary>An image that a rater may see, under an address of which the image never changes; nothing where there is none.</summary>
    internal static IResult Image(HttpContext context, ImageFiles files, string? sha256)
    {
        if (sha256 is null)
            return Results.NotFound();
        context.Response.Headers.CacheControl = "private, max-age=86400, immutable";
        // As a stream: a file's answer would carry the time it was written, which tells old images from new.
        return Results.Stream(File.OpenRead(files.PathOf(sha256)), "image/png");
    }

    private static async Task<IResult> ReceiptAsync(HttpContext context, VoteStore votes, CancellationToken cancel)
    {
        var received = await votes.ListReceivedAsync(Session(context), cancel);
        return Results.Json(new { Received = received.Count, VoteIds = received });
    }

    private static async Task<IResult> VoteAsync(Guid voteId, HttpContext context, VoteStore votes, CancellationToken cancel)
    {
        if (voteId.Version != 7)
            return Results.Problem(Say("Refusal_VoteId"), statusCode: 400);
        if (await ReadAsync<VoteDraft>(context, cancel) is not { } draft)
            return Results.Problem(Say("Refusal_NoVote"), statusCode: 400);
        if (draft.Fault() is { } fault)
            return Results.Problem(fault, statusCode: 422);
        return Answer(voteId, await votes.RecordAsync(Session(context), voteId, draft, cancel));
    }

    private static async Task<IResult> StateAsync(HttpContext context, LossLedgerStore ledger, CancellationToken cancel)
    {
        var votes = await ReadAsync<List<StatedVote?>>(context, cancel);
        if (votes is null || votes.Contains(null) || votes.Count > LossLedgerStore.MostAtOnce || votes.DistinctBy(vote => vote!.VoteId).Count() < votes.Count)
            return Results.Problem(Say("Refusal_NoStatement", LossLedgerStore.MostAtOnce), statusCode: 400);
        await ledger.StateAsync(Session(context), votes!, cancel);
        return Results.NoContent();
    }

    private static async Task<IResult> RetractAsync(Guid voteId, HttpContext context, VoteStore votes, CancellationToken cancel) =>
        Answer(voteId, await votes.RetractAsync(Session(context), voteId, cancel));

    private static async Task<IResult> FlawAsync(Guid voteId, HttpContext context, VoteFlawStore flaws, CancellationToken cancel)
    {
        if (await ReadAsync<FlawDraft>(context, cancel) is not { } draft)
            return Results.Problem(Say("Refusal_NoFlaw"), statusCode: 400);
        if (draft.Fault() is { } fault)
            return Results.Problem(fault, statusCode: 422);
        return Answer(voteId, await flaws.RecordAsync(Session(context), voteId, draft, cancel));
    }

    /// <summary>What a browser sent; null when it is not that.</summary>
    internal static async Task<T?> ReadAsync<T>(HttpContext context, CancellationToken cancel) where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(Json, cancel);
        }
        catch (Exception exception) when (exception is JsonException or BadHttpRequestException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IResult Answer(Guid voteId, VoteAnswer answer)
    {
        if (answer.AcceptedAt is { } at)
            return Results.Json(new { VoteId = voteId, AcceptedAt = at });
        return answer.Fault is { } fault ? Results.Problem(fault, statusCode: 422) : Problem(answer.Refusal!.Value);
    }

    /// <summary>Why something is not stored, for the browser that sent it.</summary>
    internal static IResult Problem(Refusal refusal)
    {
        var (status, sentence) = refusal switch
        {
            Refusal.UnknownPair => (404, Say("Refusal_UnknownPair")),
            Refusal.UnknownVote => (404, Say("Refusal_UnknownVote")),
            Refusal.NotYours => (403, Say("Refusal_NotYours")),
            Refusal.OtherContent => (409, Say("Refusal_OtherContent")),
            Refusal.AlreadyAnswered => (409, Say("Refusal_AlreadyAnswered")),
            Refusal.Closed => (410, Say("Refusal_Closed")),
            Refusal.Withdrawn => (410, Say("Refusal_Withdrawn")),
            Refusal.NotAsked => (409, Say("Refusal_NotAsked")),
            Refusal.NotNext => (409, Say("Refusal_NotNext")),
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "There is no sentence for this refusal."),
        };
        return Results.Problem(sentence, statusCode: status);
    }
}
