using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PixelPost.EvalPortal.Database;

/// <summary>Healthy when the database answers a query on the schema.</summary>
public sealed class DatabaseHealthCheck(Db db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        const string Sql = "SELECT MAX(version) FROM schema_version";
        try
        {
            await using var connection = await db.OpenAsync(cancellationToken);
            var version = await connection.ExecuteScalarAsync<int>(new CommandDefinition(Sql, cancellationToken: cancellationToken));
            return HealthCheckResult.Healthy($"schema version {version}");
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}
