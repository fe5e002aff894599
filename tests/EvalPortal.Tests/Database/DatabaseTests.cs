using Microsoft.Extensions.Time.Testing;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>
/// One test's own empty, migrated database. Every suite is one abstract class with a derived class per database.
/// </summary>
public abstract class DatabaseTests(DatabaseKind kind) : IAsyncLifetime
{
    private string? _folder;
    private string? _postgres; // the connection string of Db
    private bool _changesTables;

    /// <summary>The database under test.</summary>
    protected Db Db { get; private set; } = null!;

    /// <summary>Makes rows that many suites start from.</summary>
    protected Seeds Seeds { get; private set; } = null!;

    /// <summary>Time as the test sets it.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Makes the database; overridden to add the rows a suite starts from.</summary>
    public virtual async Task InitializeAsync()
    {
        Db = kind == DatabaseKind.Postgres ? Db.Postgres(_postgres = await MigratedDatabase.CopyOnPostgresAsync()) : await CreateMigratedAsync();
        Seeds = new Seeds(Db, Clock);
    }

    public virtual async Task DisposeAsync()
    {
        if (_postgres is not null && !_changesTables)
            await MigratedDatabase.GiveBackAsync(Db, _postgres);
        Db?.Dispose();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>To be called by a test that changes tables, views or triggers: no other test gets its database.</summary>
    protected void KeepFromOthers() => _changesTables = true;

    /// <summary>A database without any table.</summary>
    protected async Task<Db> CreateEmptyAsync() =>
        kind == DatabaseKind.Postgres ? Db.Postgres(await PostgresCluster.CreateDatabaseAsync()) : Db.Sqlite(NewFile());

    /// <summary>A database with every table and nothing in them.</summary>
    protected async Task<Db> CreateMigratedAsync()
    {
        if (kind == DatabaseKind.Postgres)
            return Db.Postgres(await MigratedDatabase.CopyOnPostgresAsync());
        var file = NewFile();
        await MigratedDatabase.CopyToAsync(file);
        return Db.Sqlite(file);
    }

    private string NewFile()
    {
        _folder ??= Directory.CreateTempSubdirectory("pixelpost-test-").FullName;
        return Path.Combine(_folder, $"{Guid.NewGuid():N}.db");
    }
}
