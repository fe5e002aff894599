using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Monitoring;

/// <summary>What the portal does and what it uses, at this moment, as <see cref="PrometheusText"/>.</summary>
public sealed class PortalMetrics(RequestTimes requests, DbWriter writer, Db db, PostgresConnections postgres, TimeProvider clock)
{
    private const string VoteRoute = "/api/rate/{link}/votes/{voteId:guid}";

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    public async Task<string> WriteAsync(CancellationToken cancel = default)
    {
        var text = new PrometheusText();
        Requests(text);
        Votes(text);
        Writer(text);
        await JobsAsync(text, cancel);
        Process(text);
        return text.ToString();
    }

    private void Requests(PrometheusText text)
    {
        text.Begin("pixelpost_http_request_duration_seconds", "histogram", "Time to answer requests, by route; that of the next pair is /api/rate/{link}/next.");
        foreach (var (route, method, status, times) in requests.All.OrderBy(row => (row.Route, row.Method, row.Status)))
            text.Buckets("pixelpost_http_request_duration_seconds", times, ("route", route), ("method", method), ("status", $"{status}"));
    }

    private void Votes(PrometheusText text)
    {
        var answers = requests.All.Where(row => row.Route == VoteRoute && row.Method == "PUT").ToList();
        text.Begin("pixelpost_votes_total", "counter", "Votes that came in, a repeated one each time: stored, refused for good, or to be sent again.");
        foreach (var (outcome, fits) in new (string, Func<int, bool>)[]
        {
            ("stored", status => status < 400), ("refused", status => status is >= 400 and < 500 and not 429), ("again", status => status is 429 or >= 500),
        })
        {
            text.Value("pixelpost_votes_total", answers.Where(row => fits(row.Status)).Sum(row => row.Times.Counts().Sum()), ("outcome", outcome));
        }
    }

    private void Writer(PrometheusText text)
    {
        text.One("pixelpost_writer_queue_length", "gauge", "Transactions that wait for a writer: SQLite's one, or on PostgreSQL one of those for votes.", writer.Waiting);
        text.Begin("pixelpost_writer_batch_size", "histogram", "Transactions that shared a commit.");
        text.Buckets("pixelpost_writer_batch_size", writer.Batches);
        text.One("pixelpost_database_connections", "gauge", "Open connections to the database, in use or idle.", db.OpenConnections ?? postgres.Open);
    }

    private async Task JobsAsync(PrometheusText text, CancellationToken cancel)
    {
        const string Sql = "SELECT state, COUNT(*) FROM job GROUP BY state";
        await using var connection = await db.OpenAsync(cancel);
        var counts = (await connection.QueryAsync<(string State, long Count)>(new CommandDefinition(Sql, cancellationToken: cancel))).ToDictionary(row => row.State, row => row.Count);
        text.Begin("pixelpost_jobs", "gauge", "Jobs by state.");
        foreach (var state in Enum.GetValues<TrainingJobs.RunState>().Select(state => state.ToText()))
            text.Value("pixelpost_jobs", counts.GetValueOrDefault(state), ("state", state));
    }

    private void Process(PrometheusText text)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        text.One("process_cpu_seconds_total", "counter", "Processor time of the portal, without its workers.", process.TotalProcessorTime.TotalSeconds);
        text.One("process_resident_memory_bytes", "gauge", "Memory of the portal.", process.WorkingSet64);
        text.One("process_start_time_seconds", "gauge", "When the portal started, in seconds since 1970.", _startedAt.ToUnixTimeSeconds());
        text.One("dotnet_gc_heap_bytes", "gauge", "Memory that the garbage collector manages.", GC.GetTotalMemory(forceFullCollection: false));
        text.Begin("dotnet_gc_collections_total", "counter", "Garbage collections, by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            text.Value("dotnet_gc_collections_total", GC.CollectionCount(generation), ("generation", $"{generation}"));
        text.One("dotnet_gc_pause_seconds_total", "counter", "Time that everything stood still for the garbage collector.", GC.GetTotalPauseDuration().TotalSeconds);
        text.One("dotnet_threadpool_queue_length", "gauge", "Work that waits for a thread.", ThreadPool.PendingWorkItemCount);
    }
}
