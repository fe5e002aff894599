using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Monitoring;
using PixelPost.EvalPortal.Tests.Database;
using Xunit.Abstractions;

namespace PixelPost.EvalPortal.Tests.Monitoring;

public sealed partial class MonitoringTests(ITestOutputHelper output) : IAsyncLifetime
{
    private PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Health_OfAPortalThatWorks_IsHealthyInEveryPart()
    {
        using var client = _portal.Client();

        Assert.Equal("Healthy", await client.GetStringAsync("/health/live"));
        var ready = await client.GetStringAsync("/health/ready");
        foreach (var part in (string[])["database: Healthy", "data folder: Healthy, can be written", "disk space: ", "worker queue: Healthy, 0 running, 0 waiting"])
            Assert.Contains(part, ready, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_FolderThatIsGone_IsNotReadyButAlive()
    {
        var data = _portal.Services.GetRequiredService<DataFolder>();
        Directory.Move(data.Root, $"{data.Root}-gone");
        try
        {
            using var client = _portal.Client();

            var ready = await client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("data folder: Unhealthy", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        }
        finally
        {
            Directory.Move($"{data.Root}-gone", data.Root);
        }
    }

    [Theory]
    [InlineData(100_000_000, HealthStatus.Unhealthy)]
    [InlineData(1_000_000_000, HealthStatus.Degraded)]
    [InlineData(50_000_000_000, HealthStatus.Healthy)]
    public void DiskSpace_HowMuch_SaysHowGood(long free, HealthStatus expected) => Assert.Equal(expected, DiskSpaceHealthCheck.Judge(free).Status);

    [Fact]
    public async Task Metrics_AfterSomeRequests_CountThemByRouteAndStatus_InTheFormat()
    {
        using var client = _portal.Client();
        await client.GetAsync("/sign-in");
        await client.GetAsync("/r/nobodys-secret-link");
        await client.GetAsync("/nonsense");

        var text = await client.GetStringAsync("/metrics");

        Assert.Contains("""pixelpost_http_request_duration_seconds_count{route="/sign-in",method="GET",status="200"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("""route="/r/{Link}",method="GET",status="404"} 1""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nobodys-secret-link", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/problem/", text, StringComparison.Ordinal);
        foreach (var name in (string[])["pixelpost_votes_total{outcome=\"stored\"} 0", "pixelpost_writer_queue_length 0", "pixelpost_jobs{state=\"queued\"} 0", "process_cpu_seconds_total ", "dotnet_gc_collections_total{generation=\"0\"}"])
            Assert.Contains(name, text, StringComparison.Ordinal);
        Assert.Matches("pixelpost_database_connections [1-9]", text);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(Line(), line));
    }

    [Fact]
    public async Task Metrics_PassedOnByAProxy_AreNotThere()
    {
        using var client = _portal.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task Metrics_WithAToken_WhoeverHasIt()
    {
        await _portal.DisposeAsync();
        _portal = new PortalServer(configure: options => options with { MetricsToken = "a token of the operators" });
        await _portal.InitializeAsync();
        using var client = _portal.Client();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/metrics")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "another");
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/metrics")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a token of the operators");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/metrics")).StatusCode);
    }

    [SkippableFact]
    public async Task Metrics_OnPostgres_CountItsConnections()
    {
        await _portal.DisposeAsync();
        _portal = new PortalServer(new DatabaseOptions { Kind = DatabaseKind.Postgres, Connection = await PostgresCluster.CreateDatabaseAsync() });
        await _portal.InitializeAsync();
        using var client = _portal.Client();

        Assert.Matches("pixelpost_database_connections [1-9]", await client.GetStringAsync("/metrics"));
    }

    [Fact]
    public void Record_AgainAndAgain_TakesNoMemory()
    {
        const int Times = 1_000_000;
        var times = new RequestTimes();
        var endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/api/rate/{link}/votes/{voteId:guid}"), 0, EndpointMetadataCollection.Empty, null);
        for (var i = 0; i < 1000; i++)
            times.Record(endpoint, "PUT", 200, TimeSpan.FromMilliseconds(3));

        var (bytes, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Times; i++)
            times.Record(endpoint, "PUT", 200, TimeSpan.FromMilliseconds(3));
        var took = Stopwatch.GetElapsedTime(started);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - bytes);
        Assert.Equal(Times + 1000, times.All.Single().Times.Counts().Sum());
        output.WriteLine($"{took.TotalNanoseconds / Times:0} ns for each request");
        Assert.True(took < TimeSpan.FromSeconds(20), $"{took} for a million requests");
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? -?[0-9.E+-]+)$""")]
    private static partial Regex Line();
}
