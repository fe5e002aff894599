using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Api.Keys;

/// <summary>The keys of accounts.</summary>
public sealed class ApiKeyStore(Db db, TimeProvider clock)
{
    /// <summary>How every key begins, so that scanners for leaked secrets know it.</summary>
    public const string Prefix = "pp_";

    private const int ShownCharacters = 7;

    private static readonly TimeSpan Noted = TimeSpan.FromMinutes(1); // a busy script does not write at every request

    private const string Columns = "api_key_id, account_id, name, secret_start, scopes, created_at, expires_at, last_used_at, revoked_at";

    /// <summary>Makes a key.</summary>
    /// <returns>The secret. It is not kept and cannot be had again.</returns>
    /// <exception cref="RefusedException">The draft has faults.</exception>
    public async Task<string> AddAsync(long accountId, ApiKeyDraft draft, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO api_key (account_id, name, secret_start, secret_sha256, scopes, created_at, expires_at)
            VALUES (@AccountId, @Name, @SecretStart, @SecretSha256, @Scopes, @CreatedAt, @ExpiresAt)
            """;
        var now = clock.GetUtcNow();
        if (string.Join(' ', draft.Faults(now)) is { Length: > 0 } faults)
            throw new RefusedException(faults);
        var secret = Prefix + Token.New();
        var row = new
        {
            AccountId = accountId,
            Name = draft.Name!.Trim(),
            SecretStart = secret[..ShownCharacters],
            SecretSha256 = Token.Sha256(secret),
            Scopes = string.Join(' ', ApiScopes.Parse(draft.Scopes!).Select(scope => scope.Word())),
            CreatedAt = now,
            draft.ExpiresAt,
        };
        var change = new Change(StudyScope.Portal, "made") { Subject = "api_key", SubjectId = row.SecretStart, Needs = Access.View, After = new { row.Name, row.Scopes, row.ExpiresAt } };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, change, cancel);
        return secret;
    }

    /// <summary>The key of this secret, whether or not it still opens anything, or null.</summary>
    public async Task<ApiKey?> FindAsync(string secret, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM api_key WHERE secret_sha256 = @Sha256";
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<ApiKey>(
            new CommandDefinition(Sql, new { Sha256 = Token.Sha256(secret) }, cancellationToken: cancel));
    }

    /// <summary>The keys of an account, newest first; revoked ones stay to be seen.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM api_key WHERE account_id = @AccountId ORDER BY api_key_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<ApiKey>(new CommandDefinition(Sql, new { AccountId = accountId }, cancellationToken: cancel))];
    }

    /// <summary>Notes that a key was used.</summary>
    public async Task NoteUseAsync(ApiKey key, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE api_key SET last_used_at = @Now WHERE api_key_id = @ApiKeyId";
        var now = clock.GetUtcNow();
        if (now - key.LastUsedAt < Noted)
            return;
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { key.ApiKeyId, Now = now }, cancellationToken: cancel));
    }

    /// <summary>Makes a key of an account useless, for good. Another account's stays as it is.</summary>
    public async Task RevokeAsync(long accountId, long apiKeyId, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE api_key SET revoked_at = @Now WHERE api_key_id = @ApiKeyId AND account_id = @AccountId AND revoked_at IS NULL
            """;
        var change = new Change(StudyScope.Portal, "revoked") { Subject = "api_key", SubjectId = apiKeyId, Needs = Access.View };
        await AuditLog.ExecuteAsync(db, clock, Sql, new { AccountId = accountId, ApiKeyId = apiKeyId, Now = clock.GetUtcNow() }, change, cancel);
    }
}
