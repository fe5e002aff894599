using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Studies;

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

    private const int LargestVote = 16 * 1024;
    private const int LargestStatement = 64 * 1024;

    private static readonly JsonSerializerOptions VoteJson = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public static void MapRating(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/r/{link}/consent", ConsentAsync).AllowAnonymous().RequireRateLimiting(RatingSetup.ConsentLimit);
        routes.MapPost("/r/{link}/start", StartAsync).AllowAnonymous().RequireRateLimiting(RatingSetup.RaterLimit);
        routes.MapPost("/r/{link}/withdraw", WithdrawAsync).AllowAnonymous().RequireRateLimiting(RatingSetup.RaterLimit);

        var rater = routes.MapGroup("").AllowAnonymous().RequireRateLimiting(RatingSetup.RaterLimit).AddEndpointFilter(FindSessionAsync);
        rater.MapGet("/rate/{link}/images/{assignmentId:guid}/{place:regex(^(left|right|[1-9])$)}", ImageAsync);
        rater.MapGet("/api/rate/{link}/next", NextAsync);
        rater.MapGet("/api/rate/{link}/receipt", ReceiptAsync);
        rater.MapPut("/api/rate/{link}/votes/{voteId:guid}", VoteAsync).WithMetadata(new RequestSizeLimitAttribute(LargestVote));
        rater.MapPut("/api/rate/{link}/votes/{voteId:guid}/retraction", RetractAsync);
        rater.MapPut("/api/rate/{link}/statement", StateAsync).WithMetadata(new RequestSizeLimitAttribute(LargestStatement));
        rater.MapPut("/api/rate/{link}/votes/{voteId:guid}/flaw", FlawAsync).WithMetadata(new RequestSizeLimitAttribute(LargestVote));
    }

    private static async Task<IResult> ConsentAsync(
        string link, HttpContext context, IAntiforgery antiforgery, RaterPath path, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();
        var (request, form) = (context.Request, await context.Request.ReadFormAsync(cancel));
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
        string link, HttpContext context, IAntiforgery antiforgery, RaterStore raters, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.BadRequest();
        if (RaterCookie.Read(context.Request, link) is { } token && await raters.FindSessionAsync(token, link, cancel) is { } session)
            await raters.SetInstructedAsync(session.SessionId, cancel);
        return BackToLink(link);
    }

    private static async Task<IResult> WithdrawAsync(
        string link, HttpContext context, IAntiforgery antiforgery, RaterStore raters, WithdrawalStore withdrawals, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context) || (await context.Request.ReadFormAsync(cancel))["erase"] != "yes")
            return Results.BadRequest();
        if (RaterCookie.Read(context.Request, link) is { } token && await raters.FindSessionAsync(token, link, cancel) is { } session)
            await withdrawals.WithdrawAsync(session, cancel);
        return BackToLink(link);
    }

    private static IResult BackToLink(string link, string? query = null) => Results.LocalRedirect($"/r/{Uri.EscapeDataString(link)}{query}");

    private static async ValueTask<object?> FindSessionAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        context.Response.Headers.CacheControl = "no-store";
        var link = (string)context.GetRouteValue("link")!;
        var session = RaterCookie.Read(context.Request, link) is { } token
            ? await context.RequestServices.GetRequiredService<RaterStore>().FindSessionAsync(token, link, context.RequestAborted)
            : null;
        // What a browser sends it must not send for ever; what it asks leads it to the page that says what has happened.
        if (session is { Withdrawn: true } && HttpMethods.IsPut(context.Request.Method))
            return Results.Problem("You have withdrawn from this study: nothing more of yours is kept.", statusCode: 410);
        if (session is null or { Withdrawn: true })
            return Results.Problem("This browser has no place in this study: open the study's link again.", statusCode: 401);
        context.Features.Set(session);
        return await next(invocation);
    }

    private static RaterSession Session(HttpContext context) => context.Features.GetRequiredFeature<RaterSession>();

    private static async Task<IResult> NextAsync(
        string link, HttpContext context, AssignmentStore assignments, SheetStore sheets, CancellationToken cancel)
    {
        if (Session(context).Revoked)
            return Results.Problem("The personal link to this study was revoked.", statusCode: 401); // the page says so
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
        if (await found is not { } sha256)
            return Results.NotFound();
        context.Response.Headers.CacheControl = "private, max-age=86400, immutable"; // the side of an assignment never changes
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
            return Results.Problem("The id of a vote must be a UUID of version 7.", statusCode: 400);
        if (await ReadAsync<VoteDraft>(context, cancel) is not { } draft)
            return Results.Problem("This is no vote: a field is missing, has a wrong value, or all is too long.", statusCode: 400);
        if (draft.Fault() is { } fault)
            return Results.Problem(fault, statusCode: 422);
        return Answer(voteId, await votes.RecordAsync(Session(context), voteId, draft, cancel));
    }

    private static async Task<IResult> StateAsync(HttpContext context, LossLedgerStore ledger, CancellationToken cancel)
    {
        var votes = await ReadAsync<List<StatedVote?>>(context, cancel);
        if (votes is null || votes.Contains(null) || votes.Count > LossLedgerStore.MostAtOnce || votes.DistinctBy(vote => vote!.VoteId).Count() < votes.Count)
            return Results.Problem($"This is no statement: it lists up to {LossLedgerStore.MostAtOnce} votes, each once, with voteId, state and retracted.", statusCode: 400);
        await ledger.StateAsync(Session(context), votes!, cancel);
        return Results.NoContent();
    }

    private static async Task<IResult> RetractAsync(Guid voteId, HttpContext context, VoteStore votes, CancellationToken cancel) =>
        Answer(voteId, await votes.RetractAsync(Session(context), voteId, cancel));

    private static async Task<IResult> FlawAsync(Guid voteId, HttpContext context, VoteFlawStore flaws, CancellationToken cancel)
    {
        if (await ReadAsync<FlawDraft>(context, cancel) is not { } draft)
            return Results.Problem("This is no flaw: a field has a wrong value, or all is too long.", statusCode: 400);
        if (draft.Fault() is { } fault)
            return Results.Problem(fault, statusCode: 422);
        return Answer(voteId, await flaws.RecordAsync(Session(context), voteId, draft, cancel));
    }

    /// <summary>What a browser sent; null when it is not that.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext context, CancellationToken cancel) where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(VoteJson, cancel);
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
        var (status, sentence) = answer.Refusal switch
        {
            Refusal.Faulty => (422, answer.Fault!),
            Refusal.UnknownPair => (404, "This study has no such pair."),
            Refusal.UnknownVote => (404, "This study has no such answer."),
            Refusal.NotYours => (403, "This pair was given to somebody else."),
            Refusal.OtherContent => (409, "Another answer came under this id before; that one stays."),
            Refusal.AlreadyAnswered => (409, "This pair has an answer already, perhaps from another window; that one stays."),
            Refusal.Closed => (410, "The study is over; nothing can be added or taken back."),
            Refusal.NotAsked => (409, "This study does not ask where the worst flaw was."),
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.Refusal, "There is no sentence for this refusal."),
        };
        return Results.Problem(sentence, statusCode: status);
    }
}
