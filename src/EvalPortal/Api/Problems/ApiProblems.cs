using System.Data.Common;
using System.Reflection;

namespace PixelPost.EvalPortal.Api.Problems;

/// <summary>Gives every refusal of the API a body that says what is wrong and what would be right, wherever it came from.</summary>
internal static class ApiProblems
{
    private static readonly Dictionary<Type, string> Kinds = new()
    {
        [typeof(int)] = "a whole number",
        [typeof(long)] = "a whole number",
        [typeof(bool)] = "true or false",
        [typeof(double)] = "a number",
    };

    public static IApplicationBuilder UseApiProblems(this IApplicationBuilder app) =>
        app.UseWhen(context => context.Request.Path.StartsWithSegments(ApiSetup.Root), api => api.Use(AnswerAsync));

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        try
        {
            await next(context);
            if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await ApiProblem.WriteAsync(context, response.StatusCode, Sentence(context));
        }
        catch (Exception exception) when (!response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var (status, detail) = Of(exception);
            if (status == StatusCodes.Status500InternalServerError)
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ApiProblems)).LogError(exception, "A request of the API failed.");
            response.Clear(); // headers that were meant for the answer
            await ApiProblem.WriteAsync(context, status, detail);
        }
    }

    /// <summary>The status and the sentence of whatever went wrong.</summary>
    public static (int Status, string Detail) Of(Exception exception) => exception switch
    {
        ApiProblemException problem => (problem.Status, problem.Message),
        RefusedException { InnerException: DbException } taken => (StatusCodes.Status409Conflict, taken.Message),
        RefusedException refused => (StatusCodes.Status422UnprocessableEntity, refused.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, "The body is larger than what is taken here."),
        BadHttpRequestException bad => (bad.StatusCode, "The request could not be read to its end: send it again."),
        _ => (StatusCodes.Status500InternalServerError, "The portal failed at this. Its log says why; what was stored before is safe."),
    };

    private static string Sentence(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path);
        return context.Response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => Unreadable(context),
            StatusCodes.Status404NotFound => $"There is nothing at {path}. What there is says {ApiSetup.Root}/openapi.json.",
            StatusCodes.Status405MethodNotAllowed => $"{path} does not take {method}. It takes {context.Response.Headers.Allow}.",
            StatusCodes.Status413PayloadTooLarge => "The body is larger than what is taken here.",
            StatusCodes.Status415UnsupportedMediaType => context.Request.ContentType is { } type
                ? $"{method} {path} does not take a body of the type {type}. JSON is sent as application/json."
                : $"Say of which type the body is. JSON is sent with 'Content-Type: application/json'.",
            var status => $"The portal answered with {status}.",
        };
    }

    /// <summary>Values in the address that are not text are read before anything else is done: one of them is no such value.</summary>
    private static string Unreadable(HttpContext context)
    {
        var typed = from parameter in context.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? []
                    where context.Request.Query.ContainsKey(parameter.Name!)
                    let kind = Kinds.GetValueOrDefault(Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType)
                    where kind is not null
                    select $"{parameter.Name} is {kind}";
        return $"A value in the address cannot be read: {string.Join(", ", typed.DefaultIfEmpty("one that is needed is missing"))}.";
    }
}
