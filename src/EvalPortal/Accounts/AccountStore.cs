using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>The accounts of researchers. New ones come from <see cref="InvitationStore.RedeemAsync"/>.</summary>
public sealed class AccountStore(Db db, TimeProvider clock)
{
    /// <summary>The account with this id, or null.</summary>
    public async Task<Account?> FindAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT account_id, email, display_name, role, password_hash, password_changed_at, created_at, disabled_at
            FROM account
            WHERE account_id = @AccountId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Account>(
            new CommandDefinition(Sql, new { AccountId = accountId }, cancellationToken: cancel));
    }

    /// <summary>The account with this e-mail address, in any case and with any space around it, or null.</summary>
    public async Task<Account?> FindByEmailAsync(string email, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT account_id, email, display_name, role, password_hash, password_changed_at, created_at, disabled_at
            FROM account
            WHERE email = @Email
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Account>(
            new CommandDefinition(Sql, new { Email = EmailAddress.Normalise(email) }, cancellationToken: cancel));
    }

    /// <summary>All accounts, oldest first.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT account_id, email, display_name, role, password_hash, password_changed_at, created_at, disabled_at
            FROM account
            ORDER BY account_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Account>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>Sets a new password, which ends every sign-in made with the old one.</summary>
    public async Task SetPasswordAsync(long accountId, string passwordHash, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE account
            SET password_hash = @PasswordHash, password_changed_at = @Now
            WHERE account_id = @AccountId
            """;
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { AccountId = accountId, PasswordHash = passwordHash, Now = clock.GetUtcNow() }, cancellationToken: cancel));
    }

    /// <summary>Closes an account; what its owner made stays.</summary>
    /// <exception cref="RefusedException">It is the last admin's.</exception>
    public async Task DisableAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE account
            SET disabled_at = @Now
            WHERE account_id = @AccountId
              AND (role <> 'admin' OR EXISTS (
                SELECT 1
                FROM account other
                WHERE other.role = 'admin' AND other.disabled_at IS NULL AND other.account_id <> @AccountId))
            """;
        await using var connection = await db.OpenAsync(cancel);
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { AccountId = accountId, Now = clock.GetUtcNow() }, cancellationToken: cancel));
        if (changed == 0)
            throw new RefusedException("The last admin's account cannot be closed: nobody could invite people any more.");
    }

    /// <summary>Opens a closed account again.</summary>
    public async Task EnableAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE account SET disabled_at = NULL WHERE account_id = @AccountId";
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { AccountId = accountId }, cancellationToken: cancel));
    }
}
