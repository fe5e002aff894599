using Dapper;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>A browser that is signed in.</summary>
public sealed record OpenSignIn
{
    public required Guid SignInId { get; init; }

    public required string Device { get; init; }

    public required DateTimeOffset SignedInAt { get; init; }

    /// <summary>To within <see cref="SignInStore.SeenEvery"/>.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }
}

/// <summary>The sign-ins that are open. Ending one is felt at the next request, and by pages that stay open within a minute.</summary>
public sealed class SignInStore(Db db, TimeProvider clock)
{
    /// <summary>How long a browser stays signed in that does not come.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(14);

    /// <summary>How often it is noted that a browser was here: not at each request.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);

    /// <summary>Notes that a browser signs in.</summary>
    public async Task<Guid> AddAsync(long accountId, string device, CancellationToken cancel = default)
    {
        const string Forget = "DELETE FROM sign_in WHERE account_id = @AccountId AND last_seen_at < @Since";
        const string Sql = """
            INSERT INTO sign_in (sign_in_id, account_id, device, signed_in_at, last_seen_at)
            VALUES (@SignInId, @AccountId, @Device, @Now, @Now)
            """;
        var now = clock.GetUtcNow();
        var row = new { SignInId = Guid.NewGuid(), AccountId = accountId, Device = device, Now = now, Since = now - Life };
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Forget, row, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(Sql, row, cancellationToken: cancel));
        return row.SignInId;
    }

    /// <summary>Whether a sign-in is open, which is noted as seen.</summary>
    public async Task<bool> IsOpenAsync(Guid signInId, long accountId, CancellationToken cancel = default)
    {
        const string Find = "SELECT last_seen_at FROM sign_in WHERE sign_in_id = @SignInId AND account_id = @AccountId AND ended_at IS NULL";
        const string See = "UPDATE sign_in SET last_seen_at = @Now WHERE sign_in_id = @SignInId";
        var key = new { SignInId = signInId, AccountId = accountId, Now = clock.GetUtcNow() };
        await using var connection = await db.OpenAsync(cancel);
        if (await connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(new CommandDefinition(Find, key, cancellationToken: cancel)) is not { } seen)
            return false;
        if (key.Now - seen >= SeenEvery)
            await connection.ExecuteAsync(new CommandDefinition(See, key, cancellationToken: cancel));
        return true;
    }

    /// <summary>The open sign-ins of an account, the one that was here last first.</summary>
    public async Task<IReadOnlyList<OpenSignIn>> ListAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT s.sign_in_id, s.device, s.signed_in_at, s.last_seen_at
            FROM sign_in s
            JOIN account a ON a.account_id = s.account_id AND a.password_changed_at <= s.signed_in_at
            WHERE s.account_id = @AccountId AND s.ended_at IS NULL AND s.last_seen_at >= @Since
            ORDER BY s.last_seen_at DESC, s.sign_in_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<OpenSignIn>(
            new CommandDefinition(Sql, new { AccountId = accountId, Since = clock.GetUtcNow() - Life }, cancellationToken: cancel))];
    }

    /// <summary>Ends a sign-in: of one's own, or as an admin that of anybody.</summary>
    public Task EndAsync(long accountId, Guid signInId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE sign_in SET ended_at = @Now WHERE sign_in_id = @SignInId AND account_id = @AccountId AND ended_at IS NULL";
        return EndAsync(Sql, accountId, signInId, "ended", cancel);
    }

    /// <summary>Ends every sign-in of an account but one.</summary>
    /// <param name="but">The one that goes on; null to end all.</param>
    public Task EndAllAsync(long accountId, Guid? but, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE sign_in SET ended_at = @Now WHERE account_id = @AccountId AND ended_at IS NULL AND (@SignInId IS NULL OR sign_in_id <> @SignInId)";
        return EndAsync(Sql, accountId, but, but is null ? "all ended" : "all others ended", cancel);
    }

    private async Task EndAsync(string sql, long accountId, Guid? signInId, string action, CancellationToken cancel)
    {
        var row = new { AccountId = accountId, SignInId = signInId?.ToString(), Now = clock.GetUtcNow() };
        var change = new Change(StudyScope.Portal, action)
        {
            Subject = "sign_in",
            SubjectId = accountId,
            Needs = AccountStore.OwnOr(accountId, Access.Administer),
        };
        await AuditLog.ExecuteAsync(db, clock, sql, row, change, cancel);
    }
}
