using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace PixelPost.EvalPortal.Database;

/// <summary>A connection lent by a <see cref="SqlitePool"/>, whose commands run statements that are prepared already.</summary>
internal sealed class PooledConnection(SqlitePool pool, SqliteSession session) : DbConnection
{
    private bool _returned;

    [AllowNull]
    public override string ConnectionString
    {
        get => session.Connection.ConnectionString;
        set => throw new NotSupportedException("The pool says which database this is.");
    }

    public override string Database => session.Connection.Database;

    public override string DataSource => session.Connection.DataSource;

    public override string ServerVersion => session.Connection.ServerVersion;

    public override ConnectionState State => _returned ? ConnectionState.Closed : ConnectionState.Open;

    /// <summary>The transaction that is open, which every command belongs to; null when none is.</summary>
    internal PooledTransaction? Transaction { get; set; }

    internal SqliteSession Session => _returned ? throw new InvalidOperationException("The connection has been given back.") : session;

    public override void Open()
    {
    }

    public override void Close()
    {
        if (_returned)
            return;
        Transaction?.Dispose(); // which rolls back what is not committed
        _returned = true;
        pool.Return(session);
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("The pool says which database this is.");

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        Transaction = new PooledTransaction(this, Session.Connection.BeginTransaction(isolationLevel));

    protected override DbCommand CreateDbCommand() => new PooledCommand { Connection = this };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }
}

internal sealed class PooledTransaction(PooledConnection connection, SqliteTransaction inner) : DbTransaction
{
    public SqliteTransaction Inner => inner;

    public override IsolationLevel IsolationLevel => inner.IsolationLevel;

    protected override DbConnection DbConnection => connection;

    public override void Commit()
    {
        inner.Commit();
        connection.Transaction = null;
    }

    public override void Rollback()
    {
        inner.Rollback();
        connection.Transaction = null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            connection.Transaction = null;
        }
        base.Dispose(disposing);
    }
}

internal sealed class PooledCommand : DbCommand
{
    // Holds text and parameters; a prepared one of the session runs.
    private readonly SqliteCommand _asked = new();

    [AllowNull]
    public override string CommandText
    {
        get => _asked.CommandText;
        set => _asked.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => _asked.CommandTimeout;
        set => _asked.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => _asked.CommandType;
        set => _asked.CommandType = value;
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource
    {
        get => _asked.UpdatedRowSource;
        set => _asked.UpdatedRowSource = value;
    }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => _asked.Parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    private SqliteSession.Statement Statement
    {
        get
        {
            var connection = (PooledConnection)DbConnection!;
            _asked.Transaction = connection.Transaction?.Inner;
            return connection.Session.Prepare(_asked);
        }
    }

    public override void Cancel()
    {
    }

    public override void Prepare()
    {
    }

    public override int ExecuteNonQuery() => Statement.Command.ExecuteNonQuery();

    public override object? ExecuteScalar() => Statement.Command.ExecuteScalar();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Statement.Read(behavior);

    protected override DbParameter CreateDbParameter() => new SqliteParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _asked.Dispose();
        base.Dispose(disposing);
    }
}
