using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Time.Testing;
using PixelPost.EvalPortal.Database;
using PixelPost.Tests.Shared;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>
/// An empty, migrated database of each kind, of which tests get copies: to copy one takes far less time than to migrate one. On PostgreSQL
/// half a second all the same, so that a copy goes from test to test, emptied.
/// </summary>
internal static class MigratedDatabase
{
    private static readonly Lazy<Task<string>> SqliteFile = new(MakeSqliteAsync);
    private static readonly Lazy<Task<string>> PostgresName = new(MakePostgresAsync);
    private static readonly ConcurrentBag<string> GivenBack = [];

    /// <summary>Puts a copy where there is no file yet.</summary>
    public static async Task CopyToAsync(string path) => File.Copy(await SqliteFile.Value, path);

    /// <summary>A copy on PostgreSQL. Skips the running test, with the reason, where there is no PostgreSQL to start.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CopyOnPostgresAsync()
    {
        Skip.If(await PostgresServer.WhyNotAsync() is not null, await PostgresServer.WhyNotAsync());
        return GivenBack.TryTake(out var connection) ? connection : await PostgresCluster.CreateDatabaseAsync(await PostgresName.Value);
    }

    /// <summary>
    /// Leaves a copy on PostgreSQL, whose tables are as they were, to other tests, with empty tables and ids from 1. One in which something is still
    /// going on is left alone.
    /// </summary>
    public static async Task GiveBackAsync(Db db, string connectionString)
    {
        // As a replica: no trigger keeps votes from being deleted, and no foreign key wants an order.
        const string Empty = """
            DO $$
            DECLARE name text; has_rows boolean;
            BEGIN
              SET LOCAL session_replication_role = 'replica';
              SET LOCAL lock_timeout = '1s';
              FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version' LOOP
                EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO has_rows;
                IF has_rows THEN EXECUTE format('DELETE FROM %I', name); END IF;
              END LOOP;
              FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
                EXECUTE format('ALTER SEQUENCE %I RESTART', name);
              END LOOP;
            END $$
            """;
        try
        {
            await using var connection = await db.OpenAsync();
            await connection.ExecuteAsync(Empty);
            GivenBack.Add(connectionString);
        }
        catch (Npgsql.PostgresException exception) when (exception.SqlState is Npgsql.PostgresErrorCodes.LockNotAvailable or Npgsql.PostgresErrorCodes.DeadlockDetected)
        {
        }
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
