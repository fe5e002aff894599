using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;

namespace PixelPost.EvalPortal.Api.Requests;

/// <summary>Says of an endpoint that it makes something, and how a request is kept from making it twice.</summary>
/// <param name="IsNeeded">Whether every request has to name itself: where the same request twice is no error by itself.</param>
internal sealed record Creates(bool IsNeeded);

/// <summary>
/// Requests that make something name themselves by <c>Idempotency-Key</c>. One that comes again gets the answer of the first time; what
/// was refused is forgotten and may come again.
/// </summary>
internal static class Idempotency
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The header of an answer that was given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    private const int Longest = 200;

    /// <summary>Takes the header; without one the request may come through unnamed unless it is needed.</summary>
    public static RouteHandlerBuilder Once(this RouteHandlerBuilder endpoint, bool needed = false) =>
        endpoint.WithMetadata(new Creates(needed)).AddEndpointFilter(AnswerOnceAsync);

    private static async ValueTask<object?> AnswerOnceAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var (context, name) = (call.HttpContext, call.HttpContext.Request.Headers[Header].ToString());
        if (name.Length == 0)
        {
            return context.GetEndpoint()!.Metadata.GetMetadata<Creates>()!.IsNeeded
                ? throw new ApiProblemException(StatusCodes.Status400BadRequest, $"Send a header {Header} with a text of your own, such as a new UUID, and the same one when you send the request again: so nothing is made twice.")
                : await next(call);
        }
        if (name.Length > Longest)
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"{Header} has {name.Length} characters. It may have {Longest}.");
        var (requests, key) = (context.RequestServices.GetRequiredService<ApiRequestStore>(), ApiKeyHandler.KeyOf(context.User));
        if (await requests.BeginAsync(key, name, Sha256(call), context.RequestAborted) is { } kept)
            return Repeat(context, kept, Sha256(call), name);
        try
        {
            var answer = await next(call);
            var (status, value, location) = ((answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK, answer is IValueHttpResult result ? result.Value : answer, Location(answer));
            await requests.FinishAsync(key, name, status, location, Write(context, value), CancellationToken.None);
            return answer;
        }
        catch
        {
            await requests.ForgetAsync(key, name, CancellationToken.None);
            throw;
        }
    }

    private static IResult Repeat(HttpContext context, KeptAnswer kept, string sha256, string name)
    {
        if (kept.RequestSha256 != sha256)
            throw new ApiProblemException(StatusCodes.Status422UnprocessableEntity, $"{Header} '{name}' was sent before with another request. A new request needs a new one.");
        if (kept.Status is null)
            throw new ApiProblemException(StatusCodes.Status409Conflict, "This request is being answered just now. Send it again in a moment.");
        context.Response.Headers[Replayed] = "true";
        if (kept.Location is not null)
            context.Response.Headers.Location = kept.Location;
        return Results.Text(kept.Body, "application/json", statusCode: kept.Status);
    }

    private static string? Location(object? answer) => answer?.GetType().GetProperty(nameof(Created.Location))?.GetValue(answer) as string;

    private static string Write(HttpContext context, object? value) => JsonSerializer.Serialize(
        value, value?.GetType() ?? typeof(object), context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);

    /// <summary>What is asked, with its address: the same words sent elsewhere are another request.</summary>
    private static string Sha256(EndpointFilterInvocationContext call) => Token.Sha256(
        $"{call.HttpContext.Request.Method} {call.HttpContext.Request.Path}{call.HttpContext.Request.QueryString}\n{call.Arguments.OfType<IRequestBody>().SingleOrDefault()?.Sha256}");
}
