using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Systems;

/// <summary>The models the portal knows.</summary>
public sealed class ModelStore(Db db, TimeProvider clock)
{
    private const string Select = """
        SELECT model_id, name, folder, weights_sha256, parent_model_id, job_id, checkpoint_job_id, checkpoint_step, source, licence, created_at
        FROM model
        """;

    /// <summary>Adds a model of the program, or one that was trained here.</summary>
    /// <inheritdoc cref="AddAsync(NewModel, CancellationToken)"/>
    public Task<long> AddAsync(
        string name, string folder, string weightsSha256, long? parentModelId = null, long? jobId = null, CancellationToken cancel = default) =>
        AddAsync(new NewModel { Name = name, Folder = folder, WeightsSha256 = weightsSha256, ParentModelId = parentModelId, JobId = jobId }, cancel);

    /// <summary>Adds a model whose folder is in place.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">There is a model of this name, or this checkpoint is kept already.</exception>
    public async Task<long> AddAsync(NewModel model, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO model (name, folder, weights_sha256, parent_model_id, job_id, checkpoint_job_id, checkpoint_step, source, licence, created_at)
            VALUES (@Name, @Folder, @WeightsSha256, @ParentModelId, @JobId, @CheckpointJobId, @CheckpointStep, @Source, @Licence, @CreatedAt)
            RETURNING model_id
            """;
        var row = new
        {
            model.Name,
            model.Folder,
            model.WeightsSha256,
            model.ParentModelId,
            model.JobId,
            model.CheckpointJobId,
            model.CheckpointStep,
            model.Source,
            model.Licence,
            CreatedAt = clock.GetUtcNow(),
        };
        await using var connection = await db.OpenAsync(cancel);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var id = await connection.ExecuteScalarAsync<long>(Sql, row, transaction);
            await AuditLog.RecordAsync(transaction, clock, Changed(id, "added", null, new { row.Name, row.WeightsSha256, row.ParentModelId, row.JobId, row.CheckpointJobId, row.CheckpointStep, row.Source, row.Licence })
                with { Of = (model.JobId ?? model.CheckpointJobId) is { } job ? StudyScope.Job(job) : StudyScope.Portal });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException(
                (await ListAsync(cancel)).FirstOrDefault(known => model.CheckpointStep is not null && (known.CheckpointJobId, known.CheckpointStep) == (model.CheckpointJobId, model.CheckpointStep)) is { } kept
                    ? $"This checkpoint is kept already, as {kept.Name}."
                    : $"There is a model called '{model.Name}' already: choose another name.",
                exception);
        }
    }

    /// <summary>Says anew where a model is from and under which licence it may be used.</summary>
    public async Task SetOriginAsync(long modelId, string source, string licence, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE model SET source = @Source, licence = @Licence WHERE model_id = @ModelId";
        var before = await FindAsync(modelId, cancel);
        var row = new { ModelId = modelId, Source = source, Licence = licence };
        await AuditLog.ExecuteAsync(db, clock, Sql, row, Changed(modelId, "changed", new { before?.Source, before?.Licence }, new { row.Source, row.Licence }), cancel);
    }

    /// <summary>What stands on a model: what was trained from it, what draws or drew with it. A model with any cannot be removed.</summary>
    public async Task<IReadOnlyList<ModelUse>> ListUsesAsync(long modelId, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await ListUsesAsync(connection, modelId, transaction: null);
    }

    /// <summary>Forgets a model that nothing stands on. Its files are the caller's.</summary>
    /// <exception cref="RefusedException">Something stands on it; the message says what.</exception>
    public async Task RemoveAsync(long modelId, CancellationToken cancel = default)
    {
        const string Sql = "DELETE FROM model WHERE model_id = @ModelId";
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var uses = await ListUsesAsync(connection, modelId, transaction);
        if (uses.Count > 0)
            throw new RefusedException($"The model cannot be removed, because {(uses.Count == 1 ? "this stands" : $"these {uses.Count} stand")} on it: {string.Join(", ", uses.Take(5).Select(use => use.ToWords()))}{(uses.Count > 5 ? " and more" : "")}.");
        var name = await connection.QuerySingleOrDefaultAsync<string>("SELECT name FROM model WHERE model_id = @ModelId", new { ModelId = modelId }, transaction);
        await connection.ExecuteAsync(Sql, new { ModelId = modelId }, transaction);
        await AuditLog.RecordAsync(transaction, clock, Changed(modelId, "removed", new { Name = name }, null));
        await transaction.CommitAsync(cancel);
    }

    private static Change Changed(long modelId, string action, object? before, object? after) =>
        new(StudyScope.Portal, action) { Subject = "model", SubjectId = modelId, Before = before, After = after };

    /// <summary>The studies in which images of a model are judged, newest first.</summary>
    public async Task<IReadOnlyList<JudgedIn>> ListStudiesAsync(long modelId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT study.study_id, study.name, system.name AS system,
              (SELECT COUNT(*)
               FROM counting_vote vote
               JOIN rater ON rater.rater_id = vote.rater_id
               WHERE vote.study_id = study.study_id AND NOT rater.simulated) AS votes
            FROM study
            JOIN system ON system.system_id = study.system_a_id OR system.system_id = study.system_b_id
            WHERE system.model_id = @ModelId AND study.pilot_of_study_id IS NULL
            ORDER BY study.study_id DESC, system.system_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<JudgedIn>(new CommandDefinition(Sql, new { ModelId = modelId }, cancellationToken: cancel))];
    }

    /// <summary>The model with this id, or null.</summary>
    public async Task<Model?> FindAsync(long modelId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE model_id = @ModelId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Model>(
            new CommandDefinition(Sql, new { ModelId = modelId }, cancellationToken: cancel));
    }

    /// <summary>The model that a job trained, or null.</summary>
    public async Task<Model?> FindByJobAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE job_id = @JobId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Model>(
            new CommandDefinition(Sql, new { JobId = jobId }, cancellationToken: cancel));
    }

    /// <summary>All models, newest first.</summary>
    public async Task<IReadOnlyList<Model>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"{Select} ORDER BY model_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Model>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    private static async Task<IReadOnlyList<ModelUse>> ListUsesAsync(DbConnection connection, long modelId, DbTransaction? transaction)
    {
        const string Sql = """
            SELECT 'model' AS kind, model_id AS id, name FROM model WHERE parent_model_id = @ModelId
            UNION ALL
            SELECT 'job', job_id, name FROM job WHERE model_id = @ModelId
            UNION ALL
            SELECT 'system', system_id, name FROM system WHERE model_id = @ModelId
            UNION ALL
            SELECT 'ablation', ablation_id, name FROM ablation WHERE model_id = @ModelId
            ORDER BY 1, 2
            """;
        return [.. await connection.QueryAsync<ModelUse>(Sql, new { ModelId = modelId }, transaction)];
    }
}
