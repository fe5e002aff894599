using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace PixelPost.EvalPortal.Database;

/// <summary>
/// Open connections to one SQLite file. They are set up once and keep the statements that they have run: to parse and plan a
/// query takes SQLite about ten times as long as to answer one that reads a few rows, and the driver does it every time.
/// </summary>
internal sealed class SqlitePool(string connectionString, string setUp) : IDisposable
{
    /// <summary>More than these are closed when they come back: hundreds may be open at once, and each keeps its statements.</summary>
    private const int MostIdle = 32;

    private const int StablePlans = 1007; // SQLITE_DBCONFIG_ENABLE_QPSG

    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private int _idleCount; // the bag would have to lock itself to count
    private bool _disposed;
    private int _open;

    /// <summary>Connections that are open, in use or idle.</summary>
    public int Open => _open;

    /// <summary>An open connection; to dispose it gives it back.</summary>
    public async Task<PooledConnection> OpenAsync(CancellationToken cancel) =>
        new(this, TryTake() ?? await ConnectAsync(cancel));

    public void Dispose()
    {
        _disposed = true;
        while (TryTake() is { } session)
            Close(session);
    }

    /// <summary>Takes back a connection without an open transaction.</summary>
    internal void Return(SqliteSession session)
    {
        if (Interlocked.Increment(ref _idleCount) > MostIdle)
        {
            Interlocked.Decrement(ref _idleCount);
            Close(session);
            return;
        }
        _idle.Add(session);
        if (_disposed)
            Dispose();
    }

    private void Close(SqliteSession session)
    {
        Interlocked.Decrement(ref _open);
        session.Dispose();
    }

    private SqliteSession? TryTake()
    {
        if (!_idle.TryTake(out var session))
            return null;
        Interlocked.Decrement(ref _idleCount);
        return session;
    }

    private async Task<SqliteSession> ConnectAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            // Plans do not depend on what is bound. Without this SQLite looks at the number in LIMIT @Most and plans anew whenever it is bound.
            SQLitePCL.raw.sqlite3_db_config(connection.Handle!, StablePlans, 1, out _);
            await using var command = connection.CreateCommand();
            command.CommandText = setUp;
            await command.ExecuteNonQueryAsync(cancel);
            Interlocked.Increment(ref _open);
            return new SqliteSession(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>A connection with the statements that it has prepared.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    /// <summary>A list as a parameter makes a statement for each of its lengths; those of a run fit in here.</summary>
    private const int MostStatements = 512;

    private readonly Dictionary<string, Statement> _statements = [];

    public SqliteConnection Connection => connection;

    /// <summary>The statement of this text, with the parameters and the transaction of a command.</summary>
    public Statement Prepare(SqliteCommand command)
    {
        if (!_statements.TryGetValue(command.CommandText, out var statement) || statement.IsBusy)
        {
            if (_statements.Count == MostStatements)
                Clear();
            var prepared = connection.CreateCommand();
            prepared.CommandText = command.CommandText;
            statement = new Statement(prepared);
            _statements[command.CommandText] = statement; // one that is busy goes with its reader
        }
        statement.Command.Transaction = command.Transaction;
        statement.Command.CommandTimeout = command.CommandTimeout;
        statement.Command.Parameters.Clear();
        foreach (SqliteParameter parameter in command.Parameters)
        {
            // Without its sign, which Dapper leaves out, SQLite would be asked for every name with every sign in turn.
            if (parameter.ParameterName[0] != '@')
                parameter.ParameterName = $"@{parameter.ParameterName}";
            statement.Command.Parameters.Add(parameter);
        }
        return statement;
    }

    public void Dispose()
    {
        Clear();
        connection.Dispose();
    }

    private void Clear()
    {
        foreach (var statement in _statements.Values.Where(statement => !statement.IsBusy))
            statement.Command.Dispose();
        _statements.Clear();
    }

    internal sealed class Statement(SqliteCommand command)
    {
        private SqliteDataReader? _reader;

        public SqliteCommand Command => command;

        /// <summary>Whether rows of its last run are still being read.</summary>
        public bool IsBusy => _reader is { IsClosed: false };

        public SqliteDataReader Read(System.Data.CommandBehavior behaviour) => _reader = command.ExecuteReader(behaviour);
    }
}
