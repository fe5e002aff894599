using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Ablations;

/// <summary>Comparisons of objectives, from the order of the trainings to the linked studies.</summary>
public sealed class AblationStore(Db db, TimeProvider clock)
{
    private const string Select = """
        SELECT ablation_id, name, preference_set_id, model_id, prompt_set_id, seeds, inference_steps, guidance_scale, votes_per_comparison,
          opens_at_once, study_group_id, error, created_by_account_id, created_at
        FROM ablation
        """;

    /// <summary>Adds a comparison with its arms.</summary>
    /// <param name="ablation">Id and time are given here.</param>
    /// <param name="arms">Names, with the training of each; null for the model as it was.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">There is one of this name.</exception>
    public async Task<long> AddAsync(Ablation ablation, IReadOnlyList<(string Name, long? TrainJobId)> arms, CancellationToken cancel = default)
    {
        const string Insert = """
            INSERT INTO ablation (name, preference_set_id, model_id, prompt_set_id, seeds, inference_steps, guidance_scale,
              votes_per_comparison, opens_at_once, created_by_account_id, created_at)
            VALUES (@Name, @PreferenceSetId, @ModelId, @PromptSetId, @Seeds, @InferenceSteps, @GuidanceScale,
              @VotesPerComparison, @OpensAtOnce, @CreatedByAccountId, @CreatedAt)
            RETURNING ablation_id
            """;
        const string InsertArm = """
            INSERT INTO ablation_arm (ablation_id, position, name, train_job_id)
            VALUES (@AblationId, @Position, @Name, @TrainJobId)
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            var id = await connection.ExecuteScalarAsync<long>(Insert, ablation with { CreatedAt = clock.GetUtcNow() }, transaction);
            await connection.ExecuteAsync(
                InsertArm, arms.Select((arm, i) => new { AblationId = id, Position = i + 1, arm.Name, arm.TrainJobId }), transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Ablation(id), "started") { After = new { ablation.Name, ablation.PreferenceSetId, ablation.ModelId, Arms = arms.Select(arm => arm.Name) } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a comparison of objectives called '{ablation.Name}' already: choose another name.", exception);
        }
    }

    /// <summary>The comparison with this id, or null.</summary>
    public async Task<Ablation?> FindAsync(long ablationId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE ablation_id = @AblationId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Ablation>(
            new CommandDefinition(Sql, new { AblationId = ablationId }, cancellationToken: cancel));
    }

    /// <summary>All comparisons, newest first.</summary>
    public async Task<IReadOnlyList<Ablation>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} ORDER BY ablation_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Ablation>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The comparisons without studies in which nothing went wrong, oldest first.</summary>
    public async Task<IReadOnlyList<Ablation>> ListOpenAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE study_group_id IS NULL AND error IS NULL ORDER BY ablation_id";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Ablation>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The arms of a comparison, in order, and how far each is.</summary>
    public async Task<IReadOnlyList<AblationArm>> ListArmsAsync(long ablationId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT arm.position, arm.name, arm.train_job_id, train.state AS train_state,
              CASE WHEN arm.train_job_id IS NULL THEN ablation.model_id ELSE model.model_id END AS model_id,
              arm.sample_job_id, sample.state AS sample_state, system.system_id, arm.left_out
            FROM ablation_arm arm
            JOIN ablation ON ablation.ablation_id = arm.ablation_id
            LEFT JOIN job train ON train.job_id = arm.train_job_id
            LEFT JOIN model ON model.job_id = arm.train_job_id
            LEFT JOIN job sample ON sample.job_id = arm.sample_job_id
            LEFT JOIN system ON system.job_id = arm.sample_job_id
            WHERE arm.ablation_id = @AblationId
            ORDER BY arm.position
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<AblationArm>(new CommandDefinition(Sql, new { AblationId = ablationId }, cancellationToken: cancel))];
    }

    /// <summary>Records the job that draws an arm's images.</summary>
    public async Task SetSampleJobAsync(long ablationId, int position, long sampleJobId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE ablation_arm SET sample_job_id = @SampleJobId WHERE ablation_id = @AblationId AND position = @Position";
        var row = new { AblationId = ablationId, Position = position, SampleJobId = sampleJobId };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, new Change(StudyScope.Ablation(ablationId), "images ordered") { After = new { row.Position, row.SampleJobId } }, cancel);
    }

    /// <summary>Has a comparison go on without an arm, or with it again.</summary>
    public async Task LeaveOutAsync(long ablationId, int position, bool leftOut, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE ablation_arm SET left_out = @LeftOut WHERE ablation_id = @AblationId AND position = @Position";
        var row = new { AblationId = ablationId, Position = position, LeftOut = leftOut };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, new Change(StudyScope.Ablation(ablationId), "arm changed") { After = new { row.Position, row.LeftOut } }, cancel);
    }

    /// <summary>Records the linked studies that the comparison has led to.</summary>
    public async Task SetGroupAsync(long ablationId, long studyGroupId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE ablation SET study_group_id = @StudyGroupId WHERE ablation_id = @AblationId";
        var row = new { AblationId = ablationId, StudyGroupId = studyGroupId };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, new Change(StudyScope.Ablation(ablationId), "led to studies") { After = new { row.StudyGroupId } }, cancel);
    }

    /// <summary>Records why there can be no studies; null lets it be tried again.</summary>
    public async Task SetErrorAsync(long ablationId, string? error, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE ablation SET error = @Error WHERE ablation_id = @AblationId";
        var row = new { AblationId = ablationId, Error = error };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, new Change(StudyScope.Ablation(ablationId), error is null ? "tried again" : "stopped") { After = new { row.Error } }, cancel);
    }
}
