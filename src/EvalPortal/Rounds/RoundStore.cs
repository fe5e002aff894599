using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>A round to add, whose sampling jobs are queued.</summary>
public sealed record NewRound
{
    public required long OldJobId { get; init; }

    public required long NewJobId { get; init; }

    public required long ParentStudyId { get; init; }

    public required string StudyName { get; init; }

    public required int VotesPerComparison { get; init; }

    public required bool OpensAtOnce { get; init; }

    public long? CreatedByAccountId { get; init; }
}

/// <summary>Rounds, from the order of the images to the study.</summary>
public sealed class RoundStore(Db db, TimeProvider clock)
{
    private const string Select = """
        SELECT round_id, old_job_id, new_job_id, parent_study_id, study_name, votes_per_comparison, opens_at_once, round.study_id,
          round.error, round.created_by_account_id, round.created_at
        FROM round
        """;

    /// <summary>Adds a round.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">Another round is to make a study of this name.</exception>
    public async Task<long> AddAsync(NewRound round, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO round (old_job_id, new_job_id, parent_study_id, study_name, votes_per_comparison, opens_at_once,
              created_by_account_id, created_at)
            VALUES (@OldJobId, @NewJobId, @ParentStudyId, @StudyName, @VotesPerComparison, @OpensAtOnce, @CreatedByAccountId, @CreatedAt)
            RETURNING round_id
            """;
        var row = new
        {
            round.OldJobId,
            round.NewJobId,
            round.ParentStudyId,
            round.StudyName,
            round.VotesPerComparison,
            round.OpensAtOnce,
            round.CreatedByAccountId,
            CreatedAt = clock.GetUtcNow(),
        };
        await using var connection = await db.OpenAsync(cancel);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var id = await connection.ExecuteScalarAsync<long>(Sql, row, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Round(id), "started") { After = new { round.OldJobId, round.NewJobId, round.StudyName, round.VotesPerComparison, round.OpensAtOnce } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"A comparison that is under way makes a study called '{round.StudyName}': choose another name.", exception);
        }
    }

    /// <summary>The round with this id, or null.</summary>
    public async Task<Round?> FindAsync(long roundId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE round_id = @RoundId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Round>(
            new CommandDefinition(Sql, new { RoundId = roundId }, cancellationToken: cancel));
    }

    /// <summary>The round of this name of a study to come, or null.</summary>
    public async Task<Round?> FindByStudyNameAsync(string studyName, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE study_name = @StudyName";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Round>(
            new CommandDefinition(Sql, new { StudyName = studyName }, cancellationToken: cancel));
    }

    /// <summary>The rounds that lack a study and nothing else: both models have drawn and nothing went wrong.</summary>
    public async Task<IReadOnlyList<Round>> ListReadyAsync(CancellationToken cancel = default)
    {
        const string Sql = $"""
            {Select}
            JOIN job old_job ON old_job.job_id = round.old_job_id AND old_job.state = 'succeeded'
            JOIN job new_job ON new_job.job_id = round.new_job_id AND new_job.state = 'succeeded'
            WHERE round.study_id IS NULL AND round.error IS NULL
            ORDER BY round_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Round>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>Records the study that the round has led to.</summary>
    public async Task SetStudyAsync(long roundId, long studyId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE round SET study_id = @StudyId WHERE round_id = @RoundId";
        await AuditLog.ExecuteAsync(db, clock, Sql, new { RoundId = roundId, StudyId = studyId }, new Change(StudyScope.Round(roundId), "led to a study") { After = new { StudyId = studyId } }, cancel);
    }

    /// <summary>Records why there can be no study; null lets it be tried again.</summary>
    public async Task SetErrorAsync(long roundId, string? error, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE round SET error = @Error WHERE round_id = @RoundId";
        await AuditLog.ExecuteAsync(db, clock, Sql, new { RoundId = roundId, Error = error }, new Change(StudyScope.Round(roundId), error is null ? "tried again" : "stopped") { After = new { Error = error } }, cancel);
    }
}
