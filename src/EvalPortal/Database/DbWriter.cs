using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using PixelPost.EvalPortal.Monitoring;

namespace PixelPost.EvalPortal.Database;

/// <summary>
/// Runs short transactions that write. SQLite has one writer at a time, which waits for the disk at every commit: there they
/// queue up, and up to <see cref="BatchSize"/> of them share one commit. On PostgreSQL each runs on its own, or, where the caller
/// says so, queues up in one of a few lanes, of which each does the same.
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
    private readonly Channel<Write>[] _lanes; // one on SQLite
    private readonly Task[] _writers;
    private readonly CancellationTokenSource _noMore = new();
    private readonly Task _checkpoints;
    private volatile bool _hasWritten;
    private DbConnection? _connection; // of SQLite's writer

    /// <summary>Transactions that wait.</summary>
    public int Waiting => _lanes.Sum(lane => lane.Reader.Count);

    /// <summary>How many shared a commit.</summary>
    public Histogram Batches { get; } = new(Histogram.Sizes);

    public DbWriter(Db db)
    {
        _db = db;
        // Fewer than connections: what each commits together grows with what waits.
        var lanes = db.Kind == DatabaseKind.Sqlite ? 1 : Math.Max(4, 2 * Environment.ProcessorCount);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => Channel.CreateBounded<Write>(new BoundedChannelOptions(16 * BatchSize) { SingleReader = true }))];
        _writers = [.. _lanes.Select(lane => Task.Run(() => WriteAsync(lane.Reader)))];
        _checkpoints = db.Kind == DatabaseKind.Sqlite ? Task.Run(CheckpointAsync) : Task.CompletedTask;
    }

    /// <summary>Runs work in a transaction.</summary>
    /// <returns>The work's result, once what it wrote is committed.</returns>
    public async Task<T> RunAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancel = default)
    {
        if (_db.Kind == DatabaseKind.Sqlite)
            return await RunInTurnAsync(0, work, cancel);
        var write = new Write<T>(work);
        await CommitAsync([write]);
        return await write.Result;
    }

    /// <summary>
    /// Runs work in a transaction that it may share with others', after the work of the same turn that waits already. For work that is
    /// done often and locks only what belongs to the turn: what it locks stays so until the others are done, and whatever waits for it waits as long.
    /// </summary>
    /// <param name="turn">Whose work it is, such as a rater's session.</param>
    /// <param name="work">What to do.</param>
    /// <returns>The work's result, once what it wrote is committed.</returns>
    public async Task<T> RunInTurnAsync<T>(long turn, Func<DbTransaction, Task<T>> work, CancellationToken cancel = default)
    {
        var write = new Write<T>(work);
        await _lanes[turn % _lanes.Length].Writer.WriteAsync(write, cancel);
        return await write.Result;
    }

    /// <summary>Commits what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes)
            lane.Writer.TryComplete();
        await Task.WhenAll(_writers);
        await _noMore.CancelAsync();
        await _checkpoints.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _noMore.Dispose();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task WriteAsync(ChannelReader<Write> waiting)
    {
        var batch = new List<Write>(BatchSize);
        while (await waiting.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchSize && waiting.TryRead(out var write))
                batch.Add(write);
            Batches.Record(batch.Count);
            await CommitAsync(batch);
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
        catch (Exception) when (writes.Count > 1)
        {
            foreach (var write in writes)
                await CommitAsync([write]);
            return;
        }
        catch (DbException exception) when (Db.IsDeadlock(exception) && attempt < MostAttempts)
        {
            await CommitAsync(writes, attempt + 1);
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
