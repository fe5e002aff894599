using Dapper;
using Microsoft.Extensions.Time.Testing;
using PixelPost.EvalPortal.Database;
using PixelPost.Tests.Shared;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>An empty, migrated database of each kind, of which tests get copies: to copy one takes far less time than to migrate one.</summary>
internal static class MigratedDatabase
{
    private static readonly Lazy<Task<string>> SqliteFile = new(MakeSqliteAsync);
    private static readonly Lazy<Task<string>> PostgresName = new(MakePostgresAsync);

    /// <summary>Puts a copy where there is no file yet.</summary>
    public static async Task CopyToAsync(string path) => File.Copy(await SqliteFile.Value, path);

    /// <summary>Makes a copy on PostgreSQL. Skips the running test, with the reason, where there is no PostgreSQL to start.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CopyOnPostgresAsync()
    {
        Skip.If(await PostgresServer.WhyNotAsync() is not null, await PostgresServer.WhyNotAsync());
        return await PostgresCluster.CreateDatabaseAsync(await PostgresName.Value);
    }

    private static async Task<string> MakeSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-migrated-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var path = Path.Combine(folder, "pixelpost.db");
        using var db = Db.Sqlite(path);
        await MigrateAsync(db);
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)"); // all of it is in the one file
        return path;
    }

    private static async Task<string> MakePostgresAsync()
    {
        var connection = await PostgresCluster.CreateDatabaseAsync();
        using var db = Db.Postgres(connection);
        await MigrateAsync(db);
        return new Npgsql.NpgsqlConnectionStringBuilder(connection).Database!;
    }

    private static Task<IReadOnlyList<string>> MigrateAsync(Db db) =>
        Migrator.MigrateAsync(db, new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));
}
