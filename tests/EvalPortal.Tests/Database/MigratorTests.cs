using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class MigratorOnSqlite() : MigratorTests(DatabaseKind.Sqlite);

public sealed class MigratorOnPostgres() : MigratorTests(DatabaseKind.Postgres);

public abstract class MigratorTests(DatabaseKind kind) : DatabaseTests(kind)
{
    [SkippableFact]
    public async Task Migrate_EmptyDatabase_RunsEveryScriptOnce()
    {
        var empty = await CreateEmptyAsync();

        var first = await Migrator.MigrateAsync(empty, Clock);
        var second = await Migrator.MigrateAsync(empty, Clock);

        Assert.Equal("0001_initial.sql", first[0]);
        Assert.Empty(second);
    }

    [SkippableFact]
    public async Task Migrate_DatabaseOfNewerProgram_Refuses()
    {
        await using (var connection = await Db.OpenAsync())
            await connection.ExecuteAsync("INSERT INTO schema_version (version, name, applied_at) VALUES (99, 'x', 'y')");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(Db, Clock));

        Assert.Contains("schema version 99", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Schema_UnknownParent_IsRefused()
    {
        await using var connection = await Db.OpenAsync();

        await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(
            "INSERT INTO prompt (prompt_set_id, position, text) VALUES (1, 1, 'a fox')"));
    }
}
