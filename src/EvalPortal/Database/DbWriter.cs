using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using PixelPost.EvalPortal.Monitoring;

namespace PixelPost.EvalPortal.Database;

/// <summary>
/// Runs short transactions that write. SQLite has one writer at a time, which waits for the disk at every commit: there they
/// queue up, and up to <see cref="BatchSize"/> of them share one commit. On PostgreSQL each runs on its own.
/// </summary>
/// <remarks>
/// A batch that fails is repeated one by one, so that what is wrong with one does not fail its neighbours, and what PostgreSQL
/// breaks off to free others from a deadlock is run again. Work may therefore run more than once, with effect the last time only;
/// what it cannot do it says in its result and not by throwing.
/// </remarks>
public sealed class DbWriter : IAsyncDisposable
{
    /// <summary>The most transactions that share a commit.</summary>
    public const int BatchSize = 256;

    private const int MostAttempts = 5;

    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(1);

    private readonly Db _db;
    private readonly Channel<Write> _waiting = Channel.CreateBounded<Write>(new BoundedChannelOptions(16 * BatchSize) { SingleReader = true });
    private readonly Task _writer;
    private readonly CancellationTokenSource _noMore = new();
    private readonly Task _checkpoints;
    private volatile bool _hasWritten;
    private DbConnection? _connection; // of SQLite's writer

    /// <summary>Transactions that wait.</summary>
    public int Waiting => _waiting.Reader.Count;

    /// <summary>How many shared a commit.</summary>
    public Histogram Batches { get; } = new(Histogram.Sizes);

    public DbWriter(Db db)
    {
        _db = db;
        _writer = Task.Run(WriteAsync);
        _checkpoints = db.Kind == DatabaseKind.Sqlite ? Task.Run(CheckpointAsync) : Task.CompletedTask;
    }

    /// <summary>Runs work in a transaction.</summary>
    /// <returns>The work's result, once what it wrote is committed.</returns>
    public async Task<T> RunAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancel = default)
    {
        var write = new Write<T>(work);
        if (_db.Kind == DatabaseKind.Sqlite)
            await _waiting.Writer.WriteAsync(write, cancel);
        else
            await CommitAsync([write]);
        return await write.Result;
    }

    /// <summary>Commits what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
        await _noMore.CancelAsync();
        await _checkpoints.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _noMore.Dispose();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var batch = new List<Write>(BatchSize);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var write))
                batch.Add(write);
            await CommitAsync(batch);
            Batches.Record(batch.Count);
            _hasWritten = true;
        }
    }

    /// <summary>
    /// Copies what SQLite has committed from its log to the file, beside the writer: it would otherwise do so within every so many
    /// commits, while all who wait for one wait for the disk once more.
    /// </summary>
    private async Task CheckpointAsync()
    {
        using var timer = new PeriodicTimer(BetweenCheckpoints);
        while (await timer.WaitForNextTickAsync(_noMore.Token))
        {
            if (!_hasWritten)
                continue;
            _hasWritten = false;
            try
            {
                await using var connection = await _db.OpenAsync(_noMore.Token);
                await connection.ExecuteAsync("PRAGMA wal_checkpoint(PASSIVE)");
            }
            catch (DbException)
            {
                _hasWritten = true; // whatever it is, a commit meets it too and says so to whoever waits for it
            }
        }
    }

    private async Task CommitAsync(IReadOnlyList<Write> writes, int attempt = 1)
    {
        try
        {
            if (_db.Kind == DatabaseKind.Sqlite)
            {
                await CommitAsync(_connection ??= await OpenWriterAsync(), writes);
            }
            else
            {
                await using var connection = await _db.OpenAsync();
                await CommitAsync(connection, writes);
            }
        }
        catch (DbException exception) when (Db.IsDeadlock(exception) && attempt < MostAttempts)
        {
            await CommitAsync(writes, attempt + 1);
            return;
        }
        catch (Exception) when (writes.Count > 1)
        {
            foreach (var write in writes)
                await CommitAsync([write]);
            return;
        }
        catch (Exception exception)
        {
            writes[0].Fail(exception);
            return;
        }
        foreach (var write in writes)
            write.Complete();
    }

    private static async Task CommitAsync(DbConnection connection, IReadOnlyList<Write> writes)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var write in writes)
            await write.RunAsync(transaction);
        await transaction.CommitAsync();
    }

    /// <summary>
    /// The writer's own connection. What SQLite holds of the file in memory is good for as long as nobody else has written: on another
    /// connection for every batch, it would be read anew each time.
    /// </summary>
    private async Task<DbConnection> OpenWriterAsync()
    {
        const string HoldMore = "PRAGMA cache_size = -32768"; // 32 MB: the indexes into which votes go
        var connection = await _db.OpenAsync();
        await connection.ExecuteAsync(HoldMore);
        return connection;
    }

    private abstract class Write
    {
        public abstract Task RunAsync(DbTransaction transaction);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<DbTransaction, Task<T>> work) : Write
    {
        // Without the option the writer itself would go on with what the caller does next.
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _value = default!;

        public Task<T> Result => _result.Task;

        public override async Task RunAsync(DbTransaction transaction) => _value = await work(transaction);

        public override void Complete() => _result.SetResult(_value);

        public override void Fail(Exception exception) => _result.SetException(exception);
    }
}
