using PixelPost.Tests.Shared;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>Databases on this test run's own PostgreSQL server.</summary>
internal static class PostgresCluster
{
    /// <summary>Makes an empty database. Skips the running test, with the reason, where there is no PostgreSQL to start.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync()
    {
        var (connection, whyNot) = await PostgresServer.CreateDatabaseAsync();
        Skip.If(whyNot is not null, whyNot);
        return connection!;
    }
}
