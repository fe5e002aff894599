using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>Exclusions of raters. They are added and lifted, never deleted.</summary>
public sealed class ExclusionStore(Db db, TimeProvider clock)
{
    /// <summary>Leaves a rater's votes out of a study.</summary>
    /// <param name="flag">The flag that proposed it; null without one.</param>
    /// <param name="reason">Why; not empty.</param>
    /// <returns>The exclusion's id.</returns>
    /// <exception cref="RefusedException">There is no reason, or the rater is excluded already.</exception>
    public async Task<long> ExcludeAsync(
        long studyId, long raterId, RaterFlagKind? flag, string reason, long accountId, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO exclusion (study_id, rater_id, rule, reason, excluded_by_account_id, excluded_at)
            VALUES (@StudyId, @RaterId, @Rule, @Reason, @AccountId, @Now)
            RETURNING exclusion_id
            """;
        if (string.IsNullOrWhiteSpace(reason))
            throw new RefusedException("Say why this rater is left out: the reason stands beside every figure's exclusions.");
        var row = new
        {
            StudyId = studyId,
            RaterId = raterId,
            Rule = Exclusion.RuleOf(flag),
            Reason = reason.Trim(),
            AccountId = accountId,
            Now = clock.GetUtcNow(),
        };
        try
        {
            await using var connection = await db.OpenAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var id = await connection.ExecuteScalarAsync<long>(Sql, row, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(studyId), "added") { Subject = "exclusion", SubjectId = id, After = new { row.RaterId, row.Rule, row.Reason } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException("This rater is excluded already.", exception);
        }
    }

    /// <summary>The rater of a study by their name in results and exports; null where nobody there has it.</summary>
    public async Task<long?> FindRaterAsync(long studyId, string pseudonym, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT rater.rater_id
            FROM rater
            JOIN session ON session.rater_id = rater.rater_id
            WHERE session.study_id = @StudyId AND rater.pseudonym = @Pseudonym
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(Sql, new { StudyId = studyId, Pseudonym = pseudonym }, cancellationToken: cancel));
    }

    /// <summary>Lets a rater's votes count again.</summary>
    /// <exception cref="RefusedException">The exclusion is not in force.</exception>
    public async Task LiftAsync(long exclusionId, long accountId, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE exclusion SET lifted_by_account_id = @AccountId, lifted_at = @Now
            WHERE exclusion_id = @ExclusionId AND lifted_at IS NULL
            RETURNING study_id, rater_id, rule, reason
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var lifted = await connection.QuerySingleOrDefaultAsync<ExclusionRow>(
            Sql, new { ExclusionId = exclusionId, AccountId = accountId, Now = clock.GetUtcNow() }, transaction)
            ?? throw new RefusedException("This exclusion is lifted already.");
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(lifted.StudyId), "lifted") { Subject = "exclusion", SubjectId = exclusionId, Before = new { lifted.RaterId, lifted.Rule, lifted.Reason } });
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Every exclusion of a study, those in force and those lifted, oldest first.</summary>
    public async Task<IReadOnlyList<Exclusion>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT exclusion.exclusion_id, exclusion.study_id, exclusion.rater_id, rater.pseudonym, rater.simulated, exclusion.rule,
              exclusion.reason, COALESCE(excluder.display_name, 'another portal') AS excluded_by, exclusion.excluded_at,
              CASE WHEN exclusion.lifted_at IS NOT NULL THEN COALESCE(lifter.display_name, 'another portal') END AS lifted_by,
              exclusion.lifted_at
            FROM exclusion
            JOIN rater ON rater.rater_id = exclusion.rater_id
            LEFT JOIN account excluder ON excluder.account_id = exclusion.excluded_by_account_id
            LEFT JOIN account lifter ON lifter.account_id = exclusion.lifted_by_account_id
            WHERE exclusion.study_id = @StudyId
            ORDER BY exclusion.exclusion_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<ExclusionRow>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        return [.. rows.Select(row => row.ToExclusion())];
    }

    private sealed record ExclusionRow
    {
        public long ExclusionId { get; init; }

        public long StudyId { get; init; }

        public long RaterId { get; init; }

        public string Pseudonym { get; init; } = "";

        public bool Simulated { get; init; }

        public string Rule { get; init; } = "";

        public string Reason { get; init; } = "";

        public string ExcludedBy { get; init; } = "";

        public DateTimeOffset ExcludedAt { get; init; }

        public string? LiftedBy { get; init; }

        public DateTimeOffset? LiftedAt { get; init; }

        public Exclusion ToExclusion() => new()
        {
            ExclusionId = ExclusionId,
            StudyId = StudyId,
            RaterId = RaterId,
            Pseudonym = Pseudonym,
            Simulated = Simulated,
            Flag = Rule == Exclusion.RuleOf(null) ? null : ColumnTypes.ToEnum<RaterFlagKind>(Rule),
            Reason = Reason,
            ExcludedBy = ExcludedBy,
            ExcludedAt = ExcludedAt,
            LiftedBy = LiftedBy,
            LiftedAt = LiftedAt,
        };
    }
}
