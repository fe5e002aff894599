using System.Globalization;

namespace PixelPost.EvalPortal.Api.Problems;

/// <summary>A request of the API cannot be answered. The message is a sentence for whoever wrote the script.</summary>
public sealed class ApiProblemException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    internal static ApiProblemException NotFound(string what, object key) =>
        new(StatusCodes.Status404NotFound, string.Create(CultureInfo.InvariantCulture, $"There is no {what} {key}."));
}

/// <summary>Writes problems as RFC 9457 has them.</summary>
internal static class ApiProblem
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Problem(detail, statusCode: status, instance: context.Request.Path).ExecuteAsync(context);
    }
}
