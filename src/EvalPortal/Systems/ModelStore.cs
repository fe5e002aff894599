using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Systems;

/// <summary>The models the portal knows.</summary>
public sealed class ModelStore(Db db, TimeProvider clock)
{
    /// <summary>Adds a model whose folder is in place.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">There is a model of this name.</exception>
    public async Task<long> AddAsync(
        string name, string folder, string weightsSha256, long? parentModelId = null, long? jobId = null, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO model (name, folder, weights_sha256, parent_model_id, job_id, created_at)
            VALUES (@Name, @Folder, @WeightsSha256, @ParentModelId, @JobId, @CreatedAt)
            RETURNING model_id
            """;
        var row = new
        {
            Name = name,
            Folder = folder,
            WeightsSha256 = weightsSha256,
            ParentModelId = parentModelId,
            JobId = jobId,
            CreatedAt = clock.GetUtcNow(),
        };
        await using var connection = await db.OpenAsync(cancel);
        try
        {
            return await connection.ExecuteScalarAsync<long>(new CommandDefinition(Sql, row, cancellationToken: cancel));
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a model called '{name}' already: choose another name.", exception);
        }
    }

    /// <summary>The model with this id, or null.</summary>
    public async Task<Model?> FindAsync(long modelId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT model_id, name, folder, weights_sha256, parent_model_id, job_id, created_at
            FROM model
            WHERE model_id = @ModelId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Model>(
            new CommandDefinition(Sql, new { ModelId = modelId }, cancellationToken: cancel));
    }

    /// <summary>The model that a job trained, or null.</summary>
    public async Task<Model?> FindByJobAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT model_id, name, folder, weights_sha256, parent_model_id, job_id, created_at
            FROM model
            WHERE job_id = @JobId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Model>(
            new CommandDefinition(Sql, new { JobId = jobId }, cancellationToken: cancel));
    }

    /// <summary>All models, newest first.</summary>
    public async Task<IReadOnlyList<Model>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT model_id, name, folder, weights_sha256, parent_model_id, job_id, created_at
            FROM model
            ORDER BY model_id DESC
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Model>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }
}
