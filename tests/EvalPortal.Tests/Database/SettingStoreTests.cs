using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

public sealed class SettingStoreOnSqlite() : SettingStoreTests(DatabaseKind.Sqlite);

public sealed class SettingStoreOnPostgres() : SettingStoreTests(DatabaseKind.Postgres);

public abstract class SettingStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    [SkippableFact]
    public async Task Set_SecondValue_ReplacesTheFirst()
    {
        var settings = new SettingStore(Db, Clock);
        Assert.Null(await settings.FindAsync("demo"));

        await settings.SetAsync("demo", "1");
        await settings.SetAsync("demo", "2");

        Assert.Equal("2", await settings.FindAsync("demo"));
    }
}
