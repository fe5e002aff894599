using System.Data;
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
public sealed class Db : IDisposable
{
    // FULL: an acknowledged vote outlives a power cut. WAL: readers do not wait for the writer. Checkpoint: DbWriter makes them beside
    // its commits; a commit does when the log has 64 MB, which it only has when there is no pause between commits for minutes. Secure
    // delete: what is erased is overwritten in the file.
    private const string SqliteSetUp =
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384; PRAGMA secure_delete = ON;";

    private readonly SqlitePool? _sqlite;
    private readonly NpgsqlDataSource? _postgres;

    static Db() => ColumnTypes.Register();

    private Db(SqlitePool sqlite) => _sqlite = sqlite;

    private Db(NpgsqlDataSource postgres) => _postgres = postgres;

    /// <summary>Which database this is.</summary>
    public DatabaseKind Kind => _sqlite is null ? DatabaseKind.Postgres : DatabaseKind.Sqlite;

    /// <summary>Open connections, in use or idle; null where the driver counts them itself.</summary>
    public int? OpenConnections => _sqlite?.Open;

    /// <summary>A database in one file, which is made when it is missing.</summary>
    public static Db Sqlite(string file) => new(new SqlitePool(
        new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, Pooling = false }.ToString(), SqliteSetUp));

    /// <summary>A database on a PostgreSQL server.</summary>
    public static Db Postgres(string connectionString) => new(NpgsqlDataSource.Create(PostgresSettings(connectionString)));

    /// <summary>What suits the portal, where the connection string says nothing else: few connections, whose statements stay prepared.</summary>
    internal static NpgsqlConnectionStringBuilder PostgresSettings(string connectionString)
    {
        // No connection is ever given settings, temporary tables or locks of its own, which seven statements would clear at every return.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true };
        var said = settings.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        // Who waits for a connection waits less than all do when every rater has one: docs/scale.md.
        if (!said.Contains("Maximum Pool Size"))
            settings.MaxPoolSize = Math.Max(16, 4 * Environment.ProcessorCount);
        if (!said.Contains("Max Auto Prepare"))
            settings.MaxAutoPrepare = 200;
        if (!said.Contains("Auto Prepare Min Usages"))
            settings.AutoPrepareMinUsages = 2;
        return settings;
    }

    /// <summary>Opens a connection; the caller disposes it, which gives it back to the pool.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancel = default) =>
        _sqlite is null ? await _postgres!.OpenConnectionAsync(cancel) : await _sqlite.OpenAsync(cancel);

    /// <summary>Begins a transaction that only reads and sees the database as it is at one moment, while others write.</summary>
    public async Task<DbTransaction> BeginReadingAsync(DbConnection connection, CancellationToken cancel = default) =>
        // What SQLite's driver calls so begins without the lock of a writer; what it reads is one moment all the same.
        await connection.BeginTransactionAsync(Kind == DatabaseKind.Sqlite ? IsolationLevel.ReadUncommitted : IsolationLevel.RepeatableRead, cancel);

    /// <summary>True when a transaction was broken off because others and it waited for one another: it can be run again.</summary>
    public static bool IsDeadlock(DbException exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether transactions that write run side by side and have to lock what they rely on; on SQLite they run one by one.</summary>
    public static bool RunsBesideOthers(DbTransaction? transaction) => transaction is NpgsqlTransaction;

    /// <summary>Closes the connections that nobody uses; those in use close when they are given back.</summary>
    public void Dispose()
    {
        _sqlite?.Dispose();
        _postgres?.Dispose();
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
