using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>Somebody who may do something in a study.</summary>
public sealed record StudyMember
{
    public required long AccountId { get; init; }

    public required string DisplayName { get; init; }

    public required string Email { get; init; }

    /// <summary>What they may do in the study.</summary>
    public required Role Role { get; init; }

    /// <summary>What they may do in the portal; a viewer there is no more than one here.</summary>
    public required Role PortalRole { get; init; }

    /// <summary>Since when their account cannot be used; null while it can.</summary>
    public DateTimeOffset? DisabledAt { get; init; }
}

/// <summary>The people of studies. Admins of the portal may do everything in every study, and need not be among them.</summary>
public sealed class StudyMemberStore(Db db, TimeProvider clock)
{
    /// <summary>The people of a study, by name.</summary>
    public async Task<IReadOnlyList<StudyMember>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT m.account_id, a.display_name, a.email, m.role, a.role AS portal_role, a.disabled_at
            FROM study_member m
            JOIN account a ON a.account_id = m.account_id
            WHERE m.study_id = @StudyId
            ORDER BY a.display_name, a.account_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<StudyMember>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>Lets somebody who has an account into a study, or gives them another role in it.</summary>
    /// <exception cref="RefusedException">There is no account with this address, the study is a pilot, or nobody would administer it any more.</exception>
    public async Task SetAsync(long studyId, string email, Role role, CancellationToken cancel = default)
    {
        const string Find = "SELECT account_id FROM account WHERE email = @Email AND disabled_at IS NULL";
        const string Sql = """
            INSERT INTO study_member (study_id, account_id, role, added_at)
            VALUES (@StudyId, @AccountId, @Role, @Now)
            ON CONFLICT (study_id, account_id) DO UPDATE SET role = excluded.role
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await AuditLog.DemandAsync(transaction, StudyScope.Study(studyId), Access.Administer);
        await LockAsync(transaction, studyId);
        var accountId = await connection.QuerySingleOrDefaultAsync<long?>(Find, new { Email = EmailAddress.Normalise(email) }, transaction)
            ?? throw new RefusedException($"Nobody with an open account has the address {email.Trim()}. An admin of the portal can invite them.");
        var row = new { StudyId = studyId, AccountId = accountId, Role = role.ToText(), Now = clock.GetUtcNow() };
        var before = await FindRoleAsync(transaction, row);
        await connection.ExecuteAsync(Sql, row, transaction);
        await RefuseWithoutAdminAsync(transaction, studyId, before);
        await AuditLog.NoteAsync(transaction, clock, Changed(studyId, accountId, before is null ? "added" : "role changed", before, row.Role));
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Takes somebody out of a study. What they did stays.</summary>
    /// <exception cref="RefusedException">Nobody would administer it any more.</exception>
    public async Task RemoveAsync(long studyId, long accountId, CancellationToken cancel = default)
    {
        const string Sql = "DELETE FROM study_member WHERE study_id = @StudyId AND account_id = @AccountId";
        var row = new { StudyId = studyId, AccountId = accountId };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await AuditLog.DemandAsync(transaction, StudyScope.Study(studyId), Access.Administer);
        await LockAsync(transaction, studyId);
        if (await FindRoleAsync(transaction, row) is not { } before)
            return;
        await connection.ExecuteAsync(Sql, row, transaction);
        await RefuseWithoutAdminAsync(transaction, studyId, before);
        await AuditLog.NoteAsync(transaction, clock, Changed(studyId, accountId, "removed", before, after: null));
        await transaction.CommitAsync(cancel);
    }

    /// <summary>
    /// Gives a new study its people in the transaction that adds it: whoever makes it administers it, and a study that follows another has that
    /// one's people.
    /// </summary>
    internal static async Task InsertFirstAsync(DbTransaction transaction, long studyId, long? createdByAccountId, long? parentStudyId, DateTimeOffset now)
    {
        const string Follow = """
            INSERT INTO study_member (study_id, account_id, role, added_at)
            SELECT @StudyId, m.account_id, m.role, @Now
            FROM study p
            JOIN study_member m ON m.study_id = COALESCE(p.pilot_of_study_id, p.study_id)
            WHERE p.study_id = @ParentStudyId AND m.account_id <> COALESCE(@AccountId, 0)
            """;
        const string Maker = "INSERT INTO study_member (study_id, account_id, role, added_at) VALUES (@StudyId, @AccountId, 'admin', @Now)";
        var row = new { StudyId = studyId, AccountId = createdByAccountId, ParentStudyId = parentStudyId, Now = now };
        if (parentStudyId is not null)
            await transaction.Connection!.ExecuteAsync(Follow, row, transaction);
        if (createdByAccountId is not null)
            await transaction.Connection!.ExecuteAsync(Maker, row, transaction);
    }

    /// <summary>Two who remove each other come one after the other.</summary>
    private static async Task LockAsync(DbTransaction transaction, long studyId)
    {
        const string Sql = "UPDATE study SET state = state WHERE study_id = @StudyId AND pilot_of_study_id IS NULL"; // changes nothing
        if (await transaction.Connection!.ExecuteAsync(Sql, new { StudyId = studyId }, transaction) == 0)
            throw new RefusedException("A pilot has the people of its study: change them there.");
    }

    private static Task<string?> FindRoleAsync(DbTransaction transaction, object key) => transaction.Connection!.QuerySingleOrDefaultAsync<string>(
        "SELECT role FROM study_member WHERE study_id = @StudyId AND account_id = @AccountId", key, transaction);

    /// <summary>A study that had somebody to administer it keeps one. One that never had is the portal's admins'.</summary>
    private static async Task RefuseWithoutAdminAsync(DbTransaction transaction, long studyId, string? before)
    {
        const string Sql = """
            SELECT COUNT(*)
            FROM study_member m
            JOIN account a ON a.account_id = m.account_id
            WHERE m.study_id = @StudyId AND m.role = 'admin' AND a.role <> 'viewer' AND a.disabled_at IS NULL
            """;
        if (before == "admin" && await transaction.Connection!.ExecuteScalarAsync<int>(Sql, new { StudyId = studyId }, transaction) == 0)
            throw new RefusedException("The study's last admin stays: nobody could say any more who works on it. Make somebody else its admin first.");
    }

    private static Change Changed(long studyId, long accountId, string action, string? before, string? after) => new(StudyScope.Study(studyId), action)
    {
        Subject = "member",
        SubjectId = accountId,
        Before = before is null ? null : new { Role = before },
        After = after is null ? null : new { Role = after },
        Needs = Access.Administer,
    };
}
