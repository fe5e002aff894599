using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>A job to queue, whose folder is written.</summary>
public sealed record NewJob
{
    public required JobKind Kind { get; init; }

    public required string Name { get; init; }

    public required string Folder { get; init; }

    public required string SpecJson { get; init; }

    public required long ModelId { get; init; }

    public long? PreferenceSetId { get; init; }

    public long? CreatedByAccountId { get; init; }
}

/// <summary>The queue of jobs and what became of them.</summary>
public sealed class JobStore(Db db, TimeProvider clock)
{
    private const string Columns = """
        job_id, kind, name, state, folder, spec_json, model_id, preference_set_id, process_id, process_started_at, exit_code, error,
        cancel_requested_at, created_by_account_id, created_at, started_at, finished_at
        """;

    /// <summary>Queues a job.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> AddAsync(NewJob job, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO job (kind, name, state, folder, spec_json, model_id, preference_set_id, created_by_account_id, created_at)
            VALUES (@Kind, @Name, 'queued', @Folder, @SpecJson, @ModelId, @PreferenceSetId, @CreatedByAccountId, @CreatedAt)
            RETURNING job_id
            """;
        var row = new
        {
            Kind = job.Kind.ToText(),
            job.Name,
            job.Folder,
            job.SpecJson,
            job.ModelId,
            job.PreferenceSetId,
            job.CreatedByAccountId,
            CreatedAt = clock.GetUtcNow(),
        };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = await connection.ExecuteScalarAsync<long>(Sql, row, transaction);
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Job(id), "started") { After = new { row.Kind, job.Name, job.ModelId, job.PreferenceSetId } });
        await transaction.CommitAsync(cancel);
        return id;
    }

    /// <summary>Takes the first job of the queue, which is running from then on; null when none waits. No two callers get the same.</summary>
    public async Task<Job?> ClaimAsync(CancellationToken cancel = default)
    {
        const string Sql = $"""
            UPDATE job
            SET state = 'running', started_at = COALESCE(started_at, @Now)
            WHERE state = 'queued'
              AND job_id = (SELECT job_id FROM job WHERE state = 'queued' ORDER BY COALESCE(queue_place, job_id), job_id LIMIT 1)
            RETURNING {Columns}
            """;
        const string Waits = "SELECT EXISTS (SELECT 1 FROM job WHERE state = 'queued')";
        await using var connection = await db.OpenAsync(cancel);
        // Asked at every beat: on SQLite even an update of nothing would wait for whoever writes, and make votes wait.
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Waits, cancellationToken: cancel)))
            return null;
        return await connection.QuerySingleOrDefaultAsync<Job>(
            new CommandDefinition(Sql, new { Now = clock.GetUtcNow() }, cancellationToken: cancel));
    }

    /// <summary>Records which process works on a running job.</summary>
    public async Task SetProcessAsync(long jobId, int processId, DateTimeOffset startedAt, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE job SET process_id = @ProcessId, process_started_at = @StartedAt WHERE job_id = @JobId";
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { JobId = jobId, ProcessId = processId, StartedAt = startedAt }, cancellationToken: cancel));
    }

    /// <summary>Records how a running job ended.</summary>
    public async Task FinishAsync(long jobId, RunState state, int? exitCode, string? error, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE job
            SET state = @State, exit_code = @ExitCode, error = @Error, finished_at = @Now
            WHERE job_id = @JobId AND state = 'running'
            """;
        var row = new { JobId = jobId, State = state.ToText(), ExitCode = exitCode, Error = error, Now = clock.GetUtcNow() };
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Sql, row, cancellationToken: cancel));
    }

    /// <summary>Asks for a job to be stopped: one that waits is cancelled at once, one that runs as soon as its worker sees it.</summary>
    public async Task CancelAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE job
            SET cancel_requested_at = @Now,
                finished_at = CASE state WHEN 'queued' THEN @Now END,
                state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END
            WHERE job_id = @JobId AND state IN ('queued', 'running') AND cancel_requested_at IS NULL
            """;
        await AuditLog.ExecuteAsync(db, clock, Sql, new { JobId = jobId, Now = clock.GetUtcNow() }, new Change(StudyScope.Job(jobId), "cancelled"), cancel);
    }

    /// <summary>Queues a job that failed, was cancelled or was interrupted again; it goes on from its last checkpoint.</summary>
    /// <exception cref="RefusedException">It is in another state.</exception>
    public async Task ResumeAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE job
            SET state = 'queued', process_id = NULL, process_started_at = NULL, exit_code = NULL, error = NULL,
                cancel_requested_at = NULL, finished_at = NULL
            WHERE job_id = @JobId AND state IN ('failed', 'cancelled', 'interrupted')
            """;
        if (await AuditLog.ExecuteAsync(db, clock, Sql, new { JobId = jobId }, new Change(StudyScope.Job(jobId), "resumed"), cancel) == 0)
            throw new RefusedException("Only a job that failed, was cancelled or was interrupted can be resumed.");
    }

    /// <summary>The jobs that wait, the next one first.</summary>
    public async Task<IReadOnlyList<Job>> ListQueueAsync(CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM job WHERE state = 'queued' ORDER BY COALESCE(queue_place, job_id), job_id";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Job>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>Has a waiting job change places with the one before it, or with the one after it. One that no longer waits stays where it is.</summary>
    public async Task MoveAsync(long jobId, bool forward, CancellationToken cancel = default)
    {
        const string Queue = """
            SELECT job_id, COALESCE(queue_place, job_id) AS place
            FROM job
            WHERE state = 'queued'
            ORDER BY COALESCE(queue_place, job_id), job_id
            """;
        const string Place = "UPDATE job SET queue_place = @Place WHERE job_id = @JobId";
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var queue = (await connection.QueryAsync<(long JobId, long Place)>(new CommandDefinition(Queue, transaction: transaction, cancellationToken: cancel))).AsList();
        var at = queue.FindIndex(job => job.JobId == jobId);
        var other = forward ? at - 1 : at + 1;
        if (at < 0 || other < 0 || other >= queue.Count)
            return;
        await connection.ExecuteAsync(Place, new { queue[at].JobId, queue[other].Place }, transaction);
        await connection.ExecuteAsync(Place, new { queue[other].JobId, queue[at].Place }, transaction);
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Job(jobId), "moved") { After = new { ChangedPlacesWith = queue[other].JobId } });
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The job with this id, or null.</summary>
    public async Task<Job?> FindAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM job WHERE job_id = @JobId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Job>(
            new CommandDefinition(Sql, new { JobId = jobId }, cancellationToken: cancel));
    }

    /// <summary>All jobs, newest first.</summary>
    public async Task<IReadOnlyList<Job>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM job ORDER BY job_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Job>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>The jobs that a worker is at, or was when the portal stopped, oldest first.</summary>
    public async Task<IReadOnlyList<Job>> ListRunningAsync(CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM job WHERE state = 'running' ORDER BY job_id";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Job>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }
}
