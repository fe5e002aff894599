using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;

namespace PixelPost.EvalPortal.Database;

/// <summary>Single facts about this portal, such as that the demonstration was loaded.</summary>
public sealed class SettingStore(Db db, TimeProvider clock)
{
    /// <summary>The value kept under a key, or null.</summary>
    public async Task<string?> FindAsync(string key, CancellationToken cancel = default)
    {
        const string Sql = "SELECT value FROM setting WHERE key = @Key";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Sql, new { Key = key }, cancellationToken: cancel));
    }

    /// <summary>Keeps a value under a key, in place of the one before.</summary>
    public async Task SetAsync(string key, string value, CancellationToken cancel = default)
    {
        const string Sql = "INSERT INTO setting (key, value) VALUES (@Key, @Value) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        var change = new Change(StudyScope.Portal, "set") { Subject = "setting", SubjectId = key, Before = new { Value = await FindAsync(key, cancel) }, After = new { Value = value } };
        await AuditLog.ExecuteAsync(db, clock, Sql, new { Key = key, Value = value }, change, cancel);
    }
}
