using Dapper;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>A link that lets somebody make an account once.</summary>
public sealed record Invitation
{
    public required long InvitationId { get; init; }

    public required Role Role { get; init; }

    /// <summary>The only address it is good for; null leaves the choice to whoever holds the link.</summary>
    public string? Email { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Invitations. An invitation for the address of an existing account resets that account's password.</summary>
public sealed class InvitationStore(Db db, TimeProvider clock)
{
    /// <summary>Makes an invitation.</summary>
    /// <param name="createdByAccountId">The admin who invites; null when the program itself does.</param>
    /// <returns>The secret for the link. It is not kept and cannot be had again.</returns>
    public async Task<string> AddAsync(
        Role role, string? email, long? createdByAccountId, TimeSpan validFor, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO invitation (token_sha256, role, email, created_by_account_id, created_at, expires_at)
            VALUES (@TokenSha256, @Role, @Email, @CreatedByAccountId, @CreatedAt, @ExpiresAt)
            """;
        var token = Token.New();
        var now = clock.GetUtcNow();
        var row = new
        {
            TokenSha256 = Token.Sha256(token),
            Role = role.ToText(),
            Email = email is null ? null : EmailAddress.Normalise(email),
            CreatedByAccountId = createdByAccountId,
            CreatedAt = now,
            ExpiresAt = now + validFor,
        };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, Changed("added", new { row.Role, row.Email, row.ExpiresAt }), cancel);
        return token;
    }

    /// <summary>A fresh invitation for the first admin, which voids the one made before; null once there is an admin.</summary>
    public async Task<string?> RenewFirstAdminAsync(TimeSpan validFor, CancellationToken cancel = default)
    {
        const string AnyAdmin = "SELECT COUNT(*) FROM account WHERE role = 'admin' AND disabled_at IS NULL";
        const string Withdraw = """
            UPDATE invitation
            SET expires_at = @Now
            WHERE role = 'admin' AND created_by_account_id IS NULL AND used_at IS NULL AND expires_at > @Now
            """;
        await using (var connection = await db.OpenAsync(cancel))
        {
            if (await connection.ExecuteScalarAsync<long>(AnyAdmin) > 0)
                return null;
        }
        await AuditLog.ExecuteAsync(db, clock, Withdraw, new { Now = clock.GetUtcNow() }, Changed("withdrawn", new { Role = Role.Admin.ToText() }), cancel);
        return await AddAsync(Role.Admin, email: null, createdByAccountId: null, validFor, cancel);
    }

    /// <summary>The invitation of this secret while it can be used, otherwise null.</summary>
    public async Task<Invitation?> FindOpenAsync(string token, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT invitation_id, role, email, created_at, expires_at
            FROM invitation
            WHERE token_sha256 = @TokenSha256 AND used_at IS NULL AND expires_at > @Now
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Invitation>(new CommandDefinition(
            Sql, new { TokenSha256 = Token.Sha256(token), Now = clock.GetUtcNow() }, cancellationToken: cancel));
    }

    /// <summary>The invitations that can be used, oldest first.</summary>
    public async Task<IReadOnlyList<Invitation>> ListOpenAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT invitation_id, role, email, created_at, expires_at
            FROM invitation
            WHERE used_at IS NULL AND expires_at > @Now
            ORDER BY invitation_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Invitation>(
            new CommandDefinition(Sql, new { Now = clock.GetUtcNow() }, cancellationToken: cancel))];
    }

    /// <summary>Makes an invitation unusable.</summary>
    public async Task WithdrawAsync(long invitationId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE invitation SET expires_at = @Now WHERE invitation_id = @InvitationId AND used_at IS NULL AND expires_at > @Now";
        var row = new { InvitationId = invitationId, Now = clock.GetUtcNow() };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, Changed("withdrawn", null) with { SubjectId = invitationId }, cancel);
    }

    /// <summary>Uses up an invitation: makes the account, or sets the password of the account it was made for.</summary>
    /// <param name="passwordHash">Null for somebody who signs in elsewhere.</param>
    /// <param name="email">Counts only where the invitation names no address.</param>
    /// <returns>The account's id.</returns>
    /// <exception cref="RefusedException">The link was used, withdrawn or is too old, or the address has an account that the link was not made for.</exception>
    public async Task<long> RedeemAsync(
        string token, string email, string displayName, string? passwordHash, CancellationToken cancel = default)
    {
        const string Use = """
            UPDATE invitation
            SET used_at = @Now
            WHERE token_sha256 = @TokenSha256 AND used_at IS NULL AND expires_at > @Now
            RETURNING invitation_id, role, email, created_at, expires_at
            """;
        const string Reset = """
            UPDATE account
            SET password_hash = @PasswordHash, password_changed_at = @Now
            WHERE email = @Email
            RETURNING account_id
            """;
        const string Insert = """
            INSERT INTO account (email, display_name, role, password_hash, password_changed_at, created_at)
            VALUES (@Email, @DisplayName, @Role, @PasswordHash, @Now, @Now)
            ON CONFLICT (email) DO NOTHING
            RETURNING account_id
            """;
        var now = clock.GetUtcNow();
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        var invitation = await connection.QuerySingleOrDefaultAsync<Invitation>(
            Use, new { TokenSha256 = Token.Sha256(token), Now = now }, transaction)
            ?? throw new RefusedException("This link was used already or is too old: ask for a new one.");
        var row = new
        {
            Email = invitation.Email ?? EmailAddress.Normalise(email),
            DisplayName = displayName.Trim(),
            Role = invitation.Role.ToText(),
            PasswordHash = passwordHash,
            Now = now,
        };
        var accountId = invitation.Email is null ? null : await connection.ExecuteScalarAsync<long?>(Reset, row, transaction);
        accountId ??= await connection.ExecuteScalarAsync<long?>(Insert, row, transaction);
        if (accountId is null)
            throw new RefusedException($"{row.Email} has an account already: sign in with it, or use another address.");

        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Portal, "invitation used")
        {
            Subject = "account",
            SubjectId = accountId,
            After = new { invitation.InvitationId, row.Role },
            Needs = Access.None, // the link is the right to do it, whoever has it
            By = Actor.OfAccount(accountId.Value),
        });
        await transaction.CommitAsync(cancel);
        return accountId.Value;
    }

    private static Change Changed(string action, object? after) =>
        new(StudyScope.Portal, action) { Subject = "invitation", After = after, Needs = Access.Administer };
}
