using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Participants;

/// <summary>What has become of a personal link.</summary>
public enum InvitationState
{
    Unused,
    Started,
    Finished,
    Withdrawn,
    Revoked,
}

/// <summary>A personal link into a study.</summary>
public sealed record RaterInvitation
{
    public required int Number { get; init; }

    public required InvitationState State { get; init; }

    /// <summary>Answers of whoever has it that count.</summary>
    public required int Answers { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Personal links into studies, each for one person.</summary>
public sealed class RaterInvitationStore(Db db, ParticipantKey key, TimeProvider clock)
{
    /// <summary>The most links that a study has.</summary>
    public const int Most = 10_000;

    /// <summary>Makes links, numbered on from those there are.</summary>
    /// <exception cref="RefusedException">The study would have more than <see cref="Most"/>, or the number is not positive.</exception>
    public async Task AddAsync(long studyId, int count, long? createdByAccountId, CancellationToken cancel = default)
    {
        const string Last = "SELECT COALESCE(MAX(number), 0) FROM rater_invitation WHERE study_id = @StudyId";
        const string Insert = """
            INSERT INTO rater_invitation (study_id, number, created_by_account_id, created_at)
            VALUES (@StudyId, @Number, @CreatedByAccountId, @CreatedAt)
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var last = await connection.ExecuteScalarAsync<int>(Last, new { StudyId = studyId }, transaction);
        if (count < 1 || count > Most - last)
            throw new RefusedException($"Make at least 1 link; a study has at most {Most} and this one has {last}.");
        var now = clock.GetUtcNow();
        await connection.ExecuteAsync(
            Insert,
            Enumerable.Range(last + 1, count).Select(number => new
            {
                StudyId = studyId,
                Number = number,
                CreatedByAccountId = createdByAccountId,
                CreatedAt = now,
            }),
            transaction);
        await AuditLog.RecordAsync(transaction, clock, Changed(studyId, "added", new { First = last + 1, Count = count }));
        await transaction.CommitAsync(cancel);
    }

    /// <summary>
    /// Makes links for the same people as in the study before: each has its number there, and whoever comes with it is the rater that
    /// they were. So they are given nothing of which they have seen the predecessor. Links that were revoked or withdrawn are passed over.
    /// </summary>
    /// <returns>How many were made.</returns>
    public async Task<int> AddFollowingAsync(long studyId, long parentStudyId, long? createdByAccountId, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO rater_invitation (study_id, number, follows_study_id, created_by_account_id, created_at)
            SELECT @StudyId, before.number, before.study_id, @CreatedByAccountId, @Now
            FROM rater_invitation before
            WHERE before.study_id = @ParentStudyId AND before.revoked_at IS NULL AND before.withdrawn_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM rater_invitation here WHERE here.study_id = @StudyId AND here.number = before.number)
            """;
        var row = new { StudyId = studyId, ParentStudyId = parentStudyId, CreatedByAccountId = createdByAccountId, Now = clock.GetUtcNow() };
        return await AuditLog.ExecuteAsync(db, clock, Sql, row, Changed(studyId, "added", new { SamePeopleAsIn = parentStudyId }), cancel);
    }

    /// <summary>How many links of the study before could be followed.</summary>
    public async Task<int> CountFollowableAsync(long parentStudyId, CancellationToken cancel = default)
    {
        const string Sql = "SELECT COUNT(*) FROM rater_invitation WHERE study_id = @StudyId AND revoked_at IS NULL AND withdrawn_at IS NULL";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(Sql, new { StudyId = parentStudyId }, cancellationToken: cancel));
    }

    /// <summary>A study's links, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<RaterInvitation>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.number, i.created_at,
              CASE
                WHEN i.withdrawn_at IS NOT NULL THEN 'withdrawn'
                WHEN i.revoked_at IS NOT NULL THEN 'revoked'
                WHEN c.session_id IS NOT NULL THEN 'finished'
                WHEN i.rater_id IS NOT NULL THEN 'started'
                ELSE 'unused'
              END AS state,
              (SELECT COUNT(*) FROM standing_vote v WHERE v.study_id = i.study_id AND v.rater_id = i.rater_id) AS answers
            FROM rater_invitation i
            LEFT JOIN session s ON s.study_id = i.study_id AND s.rater_id = i.rater_id
            LEFT JOIN completion c ON c.session_id = s.session_id
            WHERE i.study_id = @StudyId
            ORDER BY i.number
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<RaterInvitation>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>Takes a link back: nobody can use it any more. Answers that were given by it stay.</summary>
    public async Task RevokeAsync(long studyId, int number, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE rater_invitation
            SET revoked_at = COALESCE(revoked_at, @Now)
            WHERE study_id = @StudyId AND number = @Number AND withdrawn_at IS NULL
            """;
        await AuditLog.ExecuteAsync(
            db, clock, Sql, new { StudyId = studyId, Number = number, Now = clock.GetUtcNow() }, Changed(studyId, "revoked", new { Number = number }), cancel);
    }

    private static Change Changed(long studyId, string action, object after) => new(StudyScope.Study(studyId), action) { Subject = "personal_link", After = after };

    /// <summary>What is added to a study's link to make a personal one.</summary>
    public string Query(long studyId, int number) => $"?{StudyEntry.InvitationParameter}={key.Invitation(studyId, number)}";
}
