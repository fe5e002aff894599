using Dapper;
using PixelPost.EvalPortal.Audit;
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
    public Task SetPasswordAsync(long accountId, string passwordHash, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE account
            SET password_hash = @PasswordHash, password_changed_at = @Now
            WHERE account_id = @AccountId
            """;
        var row = new { AccountId = accountId, PasswordHash = passwordHash, Now = clock.GetUtcNow() };
        return AuditLog.ExecuteAsync(db, clock, Sql, row, Changed(accountId, "password changed", null, null) with { Needs = OwnOr(accountId, Access.Administer) }, cancel);
    }

    /// <summary>Gives somebody another role, which ends their sign-ins.</summary>
    /// <exception cref="RefusedException">It is the last admin's.</exception>
    public Task SetRoleAsync(long accountId, Role role, CancellationToken cancel = default)
    {
        const string Sql = $"UPDATE account SET role = @Role WHERE account_id = @AccountId AND (@Role = 'admin' OR {IsNotTheLastAdmin})";
        return ChangeAsync(Sql, accountId, role, "role changed", cancel);
    }

    /// <summary>Closes an account; what its owner made stays.</summary>
    /// <exception cref="RefusedException">It is the last admin's.</exception>
    public Task DisableAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = $"UPDATE account SET disabled_at = @Now WHERE account_id = @AccountId AND {IsNotTheLastAdmin}";
        return ChangeAsync(Sql, accountId, role: null, "closed", cancel);
    }

    /// <summary>Opens a closed account again.</summary>
    public Task EnableAsync(long accountId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE account SET disabled_at = NULL WHERE account_id = @AccountId";
        return ChangeAsync(Sql, accountId, role: null, "opened", cancel);
    }

    private const string IsNotTheLastAdmin = """
        (role <> 'admin' OR EXISTS (
          SELECT 1
          FROM account other
          WHERE other.role = 'admin' AND other.disabled_at IS NULL AND other.account_id <> @AccountId))
        """;

    private async Task ChangeAsync(string sql, long accountId, Role? role, string action, CancellationToken cancel)
    {
        var before = await FindAsync(accountId, cancel);
        var row = new { AccountId = accountId, Role = role?.ToText(), Now = clock.GetUtcNow() };
        var change = Changed(accountId, action, role is null ? null : new { Role = before?.Role.ToText() }, role is null ? null : new { row.Role });
        if (await AuditLog.ExecuteAsync(db, clock, sql, row, change, cancel) == 0)
            throw new RefusedException("The last admin's account cannot be closed or made less: nobody could invite people any more.");
    }

    private static Change Changed(long accountId, string action, object? before, object? after) =>
        new(StudyScope.Portal, action) { Subject = "account", SubjectId = accountId, Before = before, After = after, Needs = Access.Administer };

    /// <summary>What it takes to change an account: nothing more than being signed in with it.</summary>
    internal static Access OwnOr(long accountId, Access others) => Actor.Current.AccountId == accountId ? Access.View : others;
}
