using System.ComponentModel;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Backups;

/// <summary>
/// The database as one file, as it was at one moment, while others write: a SQLite file, or what <c>pg_dump</c> makes. PostgreSQL's
/// own programs write and read it, so that every kind of column comes back as it was.
/// </summary>
internal static class DatabaseDump
{
    /// <summary>Name of the file in a backup of a database of some kind.</summary>
    public static string FileName(DatabaseKind kind) => kind == DatabaseKind.Sqlite ? "pixelpost.db" : "pixelpost.dump";

    /// <summary>Writes the file, which must not be there.</summary>
    /// <returns>What is in it.</returns>
    /// <exception cref="RefusedException">PostgreSQL's programs are not there, or refuse.</exception>
    public static async Task<DumpContents> WriteAsync(PortalOptions options, Db db, string file, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        if (db.Kind == DatabaseKind.Sqlite)
        {
            await connection.ExecuteAsync(new CommandDefinition("VACUUM INTO @file", new { file }, commandTimeout: 0, cancellationToken: cancel));
            return await LookIntoAsync(file, cancel);
        }
        // What is counted here and what the other program reads is the same moment.
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var snapshot = await connection.ExecuteScalarAsync<string>("SELECT pg_export_snapshot()", transaction: moment);
        var contents = await CountAsync(connection, moment, cancel);
        await RunAsync("pg_dump", options.Database.Connection!, ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={snapshot}", $"--file={file}"], cancel);
        return contents;
    }

    /// <summary>What is in a SQLite file, which is opened without changing a byte of it.</summary>
    private static async Task<DumpContents> LookIntoAsync(string file, CancellationToken cancel)
    {
        var readOnly = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        await using var connection = new SqliteConnection(readOnly.ToString());
        await connection.OpenAsync(cancel);
        return await CountAsync(connection, transaction: null, cancel);
    }

    private static async Task<DumpContents> CountAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancel)
    {
        const string Sql = """
            SELECT MAX(version) FROM schema_version;
            SELECT COUNT(*) FROM vote;
            SELECT folder FROM model ORDER BY folder
            """;
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(Sql, transaction: transaction, cancellationToken: cancel));
        return new DumpContents(await answers.ReadSingleAsync<int>(), await answers.ReadSingleAsync<long>(), [.. (await answers.ReadAsync<string>()).Where(Path.IsPathRooted)]);
    }

    /// <summary>Fills the database of some options, which must be empty, from the file.</summary>
    /// <exception cref="RefusedException">There is something in it, or PostgreSQL's programs are not there, or refuse.</exception>
    public static async Task ReadAsync(PortalOptions options, string file, CancellationToken cancel)
    {
        if (options.Database.Kind == DatabaseKind.Sqlite)
        {
            File.Copy(file, new DataFolder(options.Data).Database);
            return;
        }
        using (var db = Db.Postgres(options.Database.Connection!))
        {
            await using var connection = await db.OpenAsync(cancel);
            if (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'public')"))
                throw new RefusedException($"The database {connection.Database} is not empty: name a new one, which 'createdb' makes.");
        }
        // In one transaction: what fails leaves the database empty.
        var database = new NpgsqlConnectionStringBuilder(options.Database.Connection).Database;
        await RunAsync("pg_restore", options.Database.Connection!, ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", $"--dbname={database}", file], cancel);
    }

    /// <summary>Whether a restored database has what the backup says.</summary>
    /// <exception cref="RefusedException">It has not.</exception>
    public static async Task CheckAsync(Db db, BackupManifest manifest, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        var contents = await CountAsync(connection, transaction: null, cancel);
        if (contents.Votes != manifest.Votes || contents.SchemaVersion != manifest.SchemaVersion)
        {
            throw new RefusedException(
                $"The restored database has {contents.Votes} votes at schema {contents.SchemaVersion}, and the backup says {manifest.Votes} at schema {manifest.SchemaVersion}: do not use it.");
        }
    }

    private static async Task RunAsync(string program, string connection, string[] arguments, CancellationToken cancel)
    {
        var where = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        // By the environment: a password among the arguments could be read by everybody on the machine.
        foreach (var (name, value) in ((string, string?)[])[
            ("PGHOST", where.Host), ("PGPORT", $"{where.Port}"), ("PGUSER", where.Username), ("PGPASSWORD", where.Password), ("PGDATABASE", where.Database)])
        {
            if (!string.IsNullOrEmpty(value))
                start.Environment[name] = value;
        }
        try
        {
            using var process = Process.Start(start)!;
            await using var stop = cancel.Register(() => process.Kill(entireProcessTree: true));
            var said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
                throw new RefusedException($"{program} ended with {process.ExitCode}: {said.Trim()}");
        }
        catch (Win32Exception exception)
        {
            throw new RefusedException(
                $"{program} is not there: a database on PostgreSQL is saved and restored with PostgreSQL's own programs, of the server's version or newer (Debian, Ubuntu: apt-get install postgresql-client).",
                exception);
        }
    }
}

/// <summary>What a saved database holds.</summary>
/// <param name="SchemaVersion">Its schema.</param>
/// <param name="Votes">Rows of <c>vote</c>.</param>
/// <param name="Outside">Folders of models that lie outside the data folder.</param>
internal sealed record DumpContents(int SchemaVersion, long Votes, IReadOnlyList<string> Outside);
