using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.StaticAssets;

namespace PixelPost.EvalPortal.Monitoring;

/// <summary>How long requests took, by the pattern of their address, method and status: never by the address itself, which may be a secret.</summary>
public sealed class RequestTimes
{
    /// <summary>Where no endpoint answered.</summary>
    private const string NoRoute = "none";

    private readonly ConcurrentDictionary<Key, Histogram> _times = new();

    /// <summary>Everything so far.</summary>
    public IEnumerable<(string Route, string Method, int Status, Histogram Times)> All =>
        _times.Select(pair => (pair.Key.Route, pair.Key.Method, pair.Key.Status, pair.Value));

    /// <summary>Records a request that was answered.</summary>
    public void Record(Endpoint? endpoint, string method, int status, TimeSpan took)
    {
        var key = new Key(RouteOf(endpoint), Known(method), status);
        if (!_times.TryGetValue(key, out var times))
            times = _times.GetOrAdd(key, static _ => new Histogram(Histogram.Seconds));
        times.Record(took.TotalSeconds);
    }

    /// <summary>Records every request from here on inwards.</summary>
    internal async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        var (started, endpoint) = (Stopwatch.GetTimestamp(), context.GetEndpoint());
        try
        {
            await next(context);
        }
        catch
        {
            Record(endpoint, context.Request.Method, StatusCodes.Status500InternalServerError, Stopwatch.GetElapsedTime(started));
            throw;
        }
        // The page that says what went wrong is no request of its own.
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is null && context.Features.Get<IExceptionHandlerFeature>() is null)
            Record(endpoint, context.Request.Method, context.Response.StatusCode, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>The pattern of an address; one for all files of the program.</summary>
    private static string RouteOf(Endpoint? endpoint) => endpoint is not RouteEndpoint route ? NoRoute
        : route.Metadata.GetMetadata<StaticAssetDescriptor>() is not null ? "static files"
        : route.RoutePattern.RawText ?? NoRoute;

    // Whoever makes methods up makes no new rows.
    private static string Known(string method) =>
        HttpMethods.IsGet(method) ? "GET" : HttpMethods.IsPost(method) ? "POST" : HttpMethods.IsPut(method) ? "PUT" : HttpMethods.IsDelete(method) ? "DELETE" : "other";

    private readonly record struct Key(string Route, string Method, int Status);
}
