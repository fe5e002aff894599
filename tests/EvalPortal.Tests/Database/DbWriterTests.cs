using System.Data.Common;
using System.Diagnostics;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class DbWriterOnSqlite() : DbWriterTests(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Run_WhatIsCommitted_GoesFromTheLogToTheFileWithoutACommitThatDoesIt()
    {
        await using var connection = await Db.OpenAsync(); // the last one to close would do it
        var file = new FileInfo(await connection.QuerySingleAsync<string>("SELECT file FROM pragma_database_list WHERE name = 'main'"));
        await using var writer = new DbWriter(Db);

        await writer.RunAsync(t => t.Connection!.ExecuteAsync("INSERT INTO setting (key, value) VALUES ('key', hex(randomblob(1000000)))", transaction: t));

        var waited = Stopwatch.StartNew();
        for (file.Refresh(); file.Length < 2_000_000; file.Refresh())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), $"The file still has {file.Length} bytes.");
            await Task.Delay(50);
        }
    }
}

public sealed class DbWriterOnPostgres() : DbWriterTests(DatabaseKind.Postgres)
{
    [SkippableFact]
    public async Task RunInTurn_OfAnotherLane_DoesNotWait()
    {
        await using var writer = new DbWriter(Db);
        var (gate, blocked) = Block(writer);

        await writer.RunInTurnAsync(Turn + 1, t => InsertAsync(t, "in another lane"));
        await writer.RunAsync(t => InsertAsync(t, "in none"));

        Assert.False(blocked.IsCompleted);
        Assert.Equal(2, await CountAsync());
        gate.SetResult();
        await blocked;
    }
}

public abstract class DbWriterTests(DatabaseKind kind) : DatabaseTests(kind)
{
    protected const long Turn = 1_000;

    [SkippableFact]
    public async Task RunInTurn_ManyWaiting_ShareOneTransaction()
    {
        await using var writer = new DbWriter(Db);
        var (gate, blocked) = Block(writer);
        var writes = Enumerable.Range(0, 100).Select(i => writer.RunInTurnAsync(Turn, t => InsertAsync(t, $"key {i}"))).ToList();

        gate.SetResult();
        await blocked;
        var transactions = await Task.WhenAll(writes);

        Assert.Single(transactions.Distinct());
        Assert.Equal(2, writer.Batches.Counts().Sum()); // what blocked them, and they
    }

    [SkippableFact]
    public async Task RunInTurn_OneOfABatchFails_TheOthersAreStored()
    {
        await using var writer = new DbWriter(Db);
        var (gate, blocked) = Block(writer);
        var writes = Enumerable.Range(0, 100).Select(i => writer.RunInTurnAsync(Turn, t => InsertAsync(t, i == 50 ? null : $"key {i}"))).ToList();

        gate.SetResult();
        await blocked;

        await Assert.ThrowsAnyAsync<DbException>(() => writes[50]);
        await Task.WhenAll(writes.Where((_, i) => i != 50));
        Assert.Equal(99, await CountAsync());
    }

    [SkippableFact]
    public async Task Dispose_WritesWaiting_AreCommitted()
    {
        var writer = new DbWriter(Db);
        var (gate, _) = Block(writer);
        var writes = Enumerable.Range(0, 10).Select(i => writer.RunInTurnAsync(Turn, t => InsertAsync(t, $"key {i}"))).ToList();

        gate.SetResult();
        await writer.DisposeAsync();

        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.Equal(10, await CountAsync());
    }

    [SkippableFact]
    public async Task Run_Returns_AfterTheCommit()
    {
        await using var writer = new DbWriter(Db);

        await writer.RunAsync(t => InsertAsync(t, "key"));

        Assert.Equal(1, await CountAsync());
    }

    [SkippableFact]
    public async Task Run_WorkThrows_NothingIsStored()
    {
        await using var writer = new DbWriter(Db);

        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.RunAsync<int>(async t =>
        {
            await InsertAsync(t, "key");
            throw new InvalidOperationException();
        }));

        Assert.Equal(0, await CountAsync());
    }

    protected static async Task<DbTransaction> InsertAsync(DbTransaction transaction, string? key)
    {
        await transaction.Connection!.ExecuteAsync("INSERT INTO setting (key, value) VALUES (@key, 'x')", new { key }, transaction);
        return transaction;
    }

    protected async Task<long> CountAsync()
    {
        await using var connection = await Db.OpenAsync();
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM setting");
    }

    /// <summary>Keeps the writer of a turn busy until the gate opens, so that what comes meanwhile has to wait.</summary>
    protected static (TaskCompletionSource Gate, Task Blocked) Block(DbWriter writer)
    {
        var gate = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var blocked = writer.RunInTurnAsync(Turn, async _ =>
        {
            started.TrySetResult();
            await gate.Task;
            return 0;
        });
        started.Task.Wait();
        return (gate, blocked);
    }
}
