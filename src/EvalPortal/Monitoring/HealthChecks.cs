using Microsoft.Extensions.Diagnostics.HealthChecks;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Monitoring;

/// <summary>Healthy when a file can be written to the data folder.</summary>
public sealed class DataFolderHealthCheck(DataFolder data) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var file = Path.Combine(data.Root, $".health-{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllTextAsync(file, "", cancellationToken);
            File.Delete(file);
            return HealthCheckResult.Healthy("can be written");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return HealthCheckResult.Unhealthy("cannot be written");
        }
    }
}

/// <summary>Degraded when the disk of the data folder is nearly full, unhealthy when votes may soon not fit any more.</summary>
public sealed class DiskSpaceHealthCheck(DataFolder data) : IHealthCheck
{
    private const long Little = 2_000_000_000;
    private const long TooLittle = 200_000_000;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Directory.Exists(data.Root) ? Judge(new DriveInfo(data.Root).AvailableFreeSpace) : HealthCheckResult.Unhealthy("the data folder is not there"));

    internal static HealthCheckResult Judge(long free) => (free, FormattableString.Invariant($"{free / 1e9:0.0} GB free")) switch
    {
        ( < TooLittle, var words) => HealthCheckResult.Unhealthy(words),
        ( < Little, var words) => HealthCheckResult.Degraded(words),
        var (_, words) => HealthCheckResult.Healthy(words),
    };
}

/// <summary>Degraded when a job waits although none runs: nothing takes jobs any more. Raters do not notice.</summary>
public sealed class WorkerQueueHealthCheck(JobStore jobs, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (waiting, running) = (await jobs.ListQueueAsync(cancellationToken), await jobs.ListRunningAsync(cancellationToken));
        var words = $"{running.Count} running, {waiting.Count} waiting";
        var isStuck = running.Count == 0 && waiting.Any(job => clock.GetUtcNow() - job.CreatedAt > Patience && job.StartedAt is null);
        return isStuck ? HealthCheckResult.Degraded(words) : HealthCheckResult.Healthy(words);
    }
}
