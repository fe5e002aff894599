using System.Net;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Monitoring;

/// <summary>How logs are written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>A JSON object in each line.</summary>
    Json,
}

/// <summary>Registers health, metrics and the form of the log.</summary>
public static class MonitoringSetup
{
    /// <summary>The check that says whether anything works at all.</summary>
    private const string Database = "database";

    public static void AddMonitoring(this WebApplicationBuilder builder, PortalOptions options)
    {
        if (options.Log == LogFormat.Json)
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                console.IncludeScopes = false; // they hold addresses, and those of raters are keys
            });
        }
        builder.Services.AddSingleton<RequestTimes>();
        builder.Services.AddSingleton<PostgresConnections>();
        builder.Services.AddSingleton<PortalMetrics>();
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealthCheck>(Database)
            .AddCheck<DataFolderHealthCheck>("data folder")
            .AddCheck<DiskSpaceHealthCheck>("disk space")
            .AddCheck<WorkerQueueHealthCheck>("worker queue");
    }

    /// <summary>Measures from here on inwards.</summary>
    public static void UseRequestTimes(this WebApplication app)
    {
        var times = app.Services.GetRequiredService<RequestTimes>();
        app.Use(next => context => times.MeasureAsync(context, next));
    }

    public static void MapMonitoring(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health", new HealthCheckOptions { Predicate = check => check.Name == Database }).AllowAnonymous();
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
        routes.MapGet("/metrics", async (HttpContext context, PortalOptions options, PortalMetrics metrics, CancellationToken cancel) =>
            IsAllowed(context, options.MetricsToken)
                ? Results.Text(await metrics.WriteAsync(cancel), PrometheusText.MediaType)
                : Results.NotFound()).AllowAnonymous();
    }

    /// <summary>
    /// With a token whoever has it; without one whoever asks from this machine itself. What a proxy passes on comes from this machine and was asked
    /// elsewhere.
    /// </summary>
    private static bool IsAllowed(HttpContext context, string? token)
    {
        if (token is not null)
        {
            return CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString())), SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}")));
        }
        var headers = context.Request.Headers;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("X-Original-For") && !headers.ContainsKey("Via");
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        var lines = report.Entries.Select(entry => $"{entry.Key}: {entry.Value.Status}, {entry.Value.Description}");
        return context.Response.WriteAsync(string.Join('\n', [$"{report.Status}", .. lines]) + "\n");
    }
}
