using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace PixelPost.EvalPortal.Database;

/// <summary>The databases the portal runs on.</summary>
public enum DatabaseKind
{
    /// <summary>One file in the data folder; enough for one machine and some fifty raters at once.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server.</summary>
    Postgres,
}

/// <summary>Opens connections. The only file that knows SQLite from PostgreSQL; every query runs on both.</summary>
public sealed class Db
{
    private readonly string _connectionString;

    static Db() => ColumnTypes.Register();

    private Db(DatabaseKind kind, string connectionString)
    {
        Kind = kind;
        _connectionString = connectionString;
    }

    /// <summary>Which database this is.</summary>
    public DatabaseKind Kind { get; }

    /// <summary>A database in one file, which is made when it is missing.</summary>
    public static Db Sqlite(string file) => new(
        DatabaseKind.Sqlite, new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true }.ToString());

    /// <summary>A database on a PostgreSQL server.</summary>
    public static Db Postgres(string connectionString) => new(DatabaseKind.Postgres, connectionString);

    /// <summary>Opens a connection; the caller disposes it, which gives it back to the pool.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancel = default)
    {
        DbConnection connection = Kind == DatabaseKind.Sqlite
            ? new SqliteConnection(_connectionString)
            : new NpgsqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            if (Kind == DatabaseKind.Sqlite)
            {
                // FULL: an acknowledged vote outlives a power cut. WAL: readers do not wait for the writer. Secure delete: what is
                // erased is overwritten in the file.
                const string Sql = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
                await connection.ExecuteAsync(Sql);
            }
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Keeps SQLite from checking foreign keys on a connection while tables are made anew, which it can only outside a transaction.
    /// PostgreSQL alters tables in place.
    /// </summary>
    public async Task CheckForeignKeysAsync(DbConnection connection, bool check)
    {
        if (Kind == DatabaseKind.Sqlite)
            await connection.ExecuteAsync($"PRAGMA foreign_keys = {(check ? "ON" : "OFF")}");
    }

    /// <summary>Looks for rows that refer to rows which are not there, after <see cref="CheckForeignKeysAsync"/> was told not to.</summary>
    /// <exception cref="InvalidOperationException">There are such rows.</exception>
    public async Task AssertForeignKeysAsync(DbTransaction transaction)
    {
        if (Kind != DatabaseKind.Sqlite)
            return;
        var broken = (await transaction.Connection!.QueryAsync<string>(
            "SELECT DISTINCT \"table\" || ' to ' || \"parent\" FROM pragma_foreign_key_check", transaction: transaction)).ToList();
        if (broken.Count > 0)
            throw new InvalidOperationException($"Rows refer to rows that are not there: {string.Join(", ", broken)}. Nothing was changed.");
    }

    /// <summary>True when a statement failed because a row with the same unique value is already there.</summary>
    public static bool IsDuplicate(DbException exception) => exception switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067, // primary key, unique
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    };
}
