using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Systems;

/// <summary>The thing under test: a named set of images, mostly of one model.</summary>
public sealed record SystemUnderTest
{
    public required long SystemId { get; init; }

    public required string Name { get; init; }

    /// <summary>The model that made the images; null where they came from outside.</summary>
    public long? ModelId { get; init; }

    /// <summary>The job that generated the images.</summary>
    public long? JobId { get; init; }

    public required string Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int ImageCount { get; init; }
}

/// <summary>Systems under test. Their images are added through <see cref="Images.ImageStore"/>.</summary>
public sealed class SystemStore(Db db, TimeProvider clock)
{
    /// <summary>Adds a system without images.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">There is a system of this name.</exception>
    public async Task<long> AddAsync(
        string name, long? modelId, string description, long? jobId = null, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO system (name, model_id, job_id, description, created_at)
            VALUES (@Name, @ModelId, @JobId, @Description, @CreatedAt)
            RETURNING system_id
            """;
        var row = new { Name = name, ModelId = modelId, JobId = jobId, Description = description, CreatedAt = clock.GetUtcNow() };
        await using var connection = await db.OpenAsync(cancel);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var id = await connection.ExecuteScalarAsync<long>(Sql, row, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Portal, "added") { Subject = "system", SubjectId = id, After = new { row.Name, row.ModelId, row.JobId } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a system called '{name}' already: choose another name.", exception);
        }
    }

    /// <summary>The system with this id, or null.</summary>
    public async Task<SystemUnderTest?> FindAsync(long systemId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT system_id, name, model_id, job_id, description, created_at,
              (SELECT COUNT(*) FROM image WHERE image.system_id = system.system_id) AS image_count
            FROM system
            WHERE system_id = @SystemId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<SystemUnderTest>(
            new CommandDefinition(Sql, new { SystemId = systemId }, cancellationToken: cancel));
    }

    /// <summary>The system whose images a job generated, or null.</summary>
    public async Task<SystemUnderTest?> FindByJobAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT system_id, name, model_id, job_id, description, created_at,
              (SELECT COUNT(*) FROM image WHERE image.system_id = system.system_id) AS image_count
            FROM system
            WHERE job_id = @JobId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<SystemUnderTest>(
            new CommandDefinition(Sql, new { JobId = jobId }, cancellationToken: cancel));
    }

    /// <summary>The systems with images for the prompts of a set, newest first.</summary>
    public async Task<IReadOnlyList<SystemUnderTest>> ListForPromptSetAsync(string promptSet, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT system_id, name, model_id, job_id, description, created_at,
              (SELECT COUNT(*) FROM image WHERE image.system_id = system.system_id) AS image_count
            FROM system
            WHERE EXISTS (
              SELECT 1
              FROM image i
              JOIN prompt p ON p.prompt_id = i.prompt_id
              JOIN prompt_set t ON t.prompt_set_id = p.prompt_set_id
              WHERE i.system_id = system.system_id AND t.name = @PromptSet)
            ORDER BY system_id DESC
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<SystemUnderTest>(new CommandDefinition(Sql, new { PromptSet = promptSet }, cancellationToken: cancel))];
    }

    /// <summary>All systems, newest first.</summary>
    public async Task<IReadOnlyList<SystemUnderTest>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT system_id, name, model_id, job_id, description, created_at,
              (SELECT COUNT(*) FROM image WHERE image.system_id = system.system_id) AS image_count
            FROM system
            ORDER BY system_id DESC
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<SystemUnderTest>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }
}
