using Dapper;
using Microsoft.Data.Sqlite;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>Statements stay prepared from one borrower of a connection to the next, and nobody notices.</summary>
public sealed class SqlitePoolTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private const string Select = "SELECT value FROM setting WHERE key >= @Key ORDER BY key";
    private const string Insert = "INSERT INTO setting (key, value) VALUES (@Key, @Value)";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync(Insert, new[] { new { Key = "a", Value = "1" }, new { Key = "b", Value = "2" } });
    }

    [Fact]
    public async Task Query_LimitBoundAnew_IsNotPlannedAnew()
    {
        const string First = $"{Select} LIMIT @Most";
        const int PlannedAnew = 5; // SQLITE_STMTSTATUS_REPREPARE
        await using var connection = await Db.OpenAsync();

        for (var most = 1; most <= 3; most++)
        {
            await using var reader = await connection.ExecuteReaderAsync(First, new { Key = "a", Most = most });
            var statement = ((SqliteDataReader)((IWrappedDataReader)reader).Reader).Handle!;
            Assert.True(await reader.ReadAsync());
            Assert.Equal(0, SQLitePCL.raw.sqlite3_stmt_status(statement, PlannedAnew, 0));
        }
    }

    [Fact]
    public async Task Query_SameStatementWhileItIsBeingRead_ReadsBoth()
    {
        await using var connection = await Db.OpenAsync();
        var pairs = new List<string>();

        foreach (var outer in connection.Query<string>(Select, new { Key = "a" }, buffered: false))
            foreach (var inner in connection.Query<string>(Select, new { Key = "b" }, buffered: false))
                pairs.Add(outer + inner);

        Assert.Equal(["12", "22"], pairs);
    }

    [Fact]
    public async Task Query_ReadHalfAndRunAgain_StartsAnew()
    {
        await using var connection = await Db.OpenAsync();

        Assert.Equal("1", connection.Query<string>(Select, new { Key = "a" }, buffered: false).First());
        Assert.Equal(["2"], await connection.QueryAsync<string>(Select, new { Key = "b" }));
    }

    [Fact]
    public async Task Query_TableHasGotAColumn_SeesIt()
    {
        const string All = "SELECT * FROM setting WHERE key = 'a'";
        await using var connection = await Db.OpenAsync();
        Assert.Equal(2, ((IDictionary<string, object>)await connection.QuerySingleAsync(All)).Count);

        await using (var other = await Db.OpenAsync())
            await other.ExecuteAsync("ALTER TABLE setting ADD COLUMN note TEXT");

        Assert.Equal(3, ((IDictionary<string, object>)await connection.QuerySingleAsync(All)).Count);
    }

    [Fact]
    public async Task Dispose_TransactionIsOpen_RollsBack()
    {
        await using (var connection = await Db.OpenAsync())
        {
            await connection.BeginTransactionAsync();
            await connection.ExecuteAsync(Insert, new { Key = "c", Value = "3" });
        }

        await using var next = await Db.OpenAsync();
        Assert.Equal(["1", "2"], await next.QueryAsync<string>(Select, new { Key = "a" }));
        await next.ExecuteAsync(Insert, new { Key = "c", Value = "3" });
    }

    [Fact]
    public async Task Execute_StatementFails_WorksTheNextTime()
    {
        await using var connection = await Db.OpenAsync();

        var duplicate = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync(Insert, new { Key = "a", Value = "x" }));

        Assert.True(Db.IsDuplicate(duplicate));
        Assert.Equal(1, await connection.ExecuteAsync(Insert, new { Key = "c", Value = "3" }));
    }

    [Fact]
    public async Task Query_AfterGivingBack_IsRefused()
    {
        var connection = await Db.OpenAsync();
        await connection.DisposeAsync();
        await connection.DisposeAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.QueryAsync<string>(Select, new { Key = "a" }));
    }
}
