using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using Dapper;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Why somebody whom the provider knows is not let in.</summary>
public enum OidcRefusal
{
    /// <summary>Something went wrong on the way.</summary>
    Failed,

    /// <summary>The provider names no address, or does not say that it is theirs.</summary>
    Unverified,

    /// <summary>Addresses of this domain are not let in.</summary>
    Domain,

    /// <summary>There is no account, and none is made.</summary>
    Unknown,

    /// <summary>The account is closed.</summary>
    Closed,
}

/// <summary>Finds the account of somebody whom the provider vouches for.</summary>
/// <remarks>
/// First by issuer and subject, which never change. The first time by an address of which the provider says that it is theirs: to the account
/// that has it, or to a new one where the options say so. From then on the two belong together, whatever becomes of the address.
/// </remarks>
public sealed class OidcAccounts(Db db, PortalOptions options, TimeProvider clock)
{
    /// <summary>The account, or why there is none.</summary>
    public async Task<(long? AccountId, OidcRefusal? Refusal)> FindAsync(ClaimsPrincipal user, CancellationToken cancel = default)
    {
        const string ByIdentity = "SELECT account_id FROM account_identity WHERE issuer = @Issuer AND subject = @Subject";
        const string ByEmail = "SELECT account_id FROM account WHERE email = @Email";
        const string IsClosed = "SELECT COUNT(*) FROM account WHERE account_id = @AccountId AND disabled_at IS NOT NULL";
        var subject = user.FindFirst("sub");
        if (subject is null)
            return (null, OidcRefusal.Failed);
        var email = EmailAddress.Normalise(user.FindFirstValue("email") ?? "");
        var key = new { Issuer = user.FindFirstValue("iss") ?? subject.Issuer, Subject = subject.Value, Email = email };

        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var accountId = await connection.QuerySingleOrDefaultAsync<long?>(ByIdentity, key, transaction);
        var isLinked = accountId is not null;
        if (!isLinked)
        {
            if (email.Length == 0 || !string.Equals(user.FindFirstValue("email_verified"), "true", StringComparison.OrdinalIgnoreCase))
                return (null, OidcRefusal.Unverified);
            if (!options.Oidc.Admits(email))
                return (null, OidcRefusal.Domain);
            accountId = await connection.QuerySingleOrDefaultAsync<long?>(ByEmail, key, transaction);
        }
        if (accountId is not null && await connection.ExecuteScalarAsync<int>(IsClosed, new { AccountId = accountId }, transaction) > 0)
            return (null, OidcRefusal.Closed);
        if (accountId is null && options.Oidc.NewAccounts is null)
            return (null, OidcRefusal.Unknown);
        accountId ??= await AddAsync(transaction, email, user.FindFirstValue("name"), options.Oidc.NewAccounts!.Value);
        if (!isLinked)
            await LinkAsync(transaction, accountId.Value, key.Issuer, key.Subject);
        await transaction.CommitAsync(cancel);
        return (accountId, null);
    }

    private async Task<long> AddAsync(DbTransaction transaction, string email, string? name, Role role)
    {
        const string Sql = """
            INSERT INTO account (email, display_name, role, password_changed_at, created_at)
            VALUES (@Email, @Name, @Role, @Now, @Now)
            RETURNING account_id
            """;
        var displayName = string.IsNullOrWhiteSpace(name) ? email.Split('@')[0] : name.Trim();
        var row = new { Email = email, Name = displayName.Length > 80 ? displayName[..80] : displayName, Role = role.ToText(), Now = clock.GetUtcNow() };
        var id = await transaction.Connection!.ExecuteScalarAsync<long>(Sql, row, transaction);
        await AuditLog.RecordAsync(transaction, clock, Changed(id, "added by the identity provider", new { row.Role }));
        return id;
    }

    private async Task LinkAsync(DbTransaction transaction, long accountId, string issuer, string subject)
    {
        const string Sql = "INSERT INTO account_identity (issuer, subject, account_id, linked_at) VALUES (@Issuer, @Subject, @AccountId, @Now)";
        await transaction.Connection!.ExecuteAsync(Sql, new { Issuer = issuer, Subject = subject, AccountId = accountId, Now = clock.GetUtcNow() }, transaction);
        await AuditLog.RecordAsync(transaction, clock, Changed(accountId, "linked to an identity", new { Issuer = issuer }));
    }

    private static Change Changed(long accountId, string action, object after) => new(StudyScope.Portal, action)
    {
        Subject = "account",
        SubjectId = accountId.ToString(CultureInfo.InvariantCulture),
        After = after,
        Needs = Access.None, // the provider vouches for them
        By = Actor.OfAccount(accountId),
    };
}
