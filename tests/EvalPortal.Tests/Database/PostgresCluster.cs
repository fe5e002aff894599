using PixelPost.Tests.Shared;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>Databases on this test run's own PostgreSQL server.</summary>
internal static class PostgresCluster
{
    /// <summary>Makes a database. Skips the running test, with the reason, where there is no PostgreSQL to start.</summary>
    /// <param name="copyOf">Name of the database to copy; null for an empty one.</param>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync(string? copyOf = null)
    {
        var (connection, whyNot) = await PostgresServer.CreateDatabaseAsync(copyOf);
        Skip.If(whyNot is not null, whyNot);
        return connection!;
    }
}
