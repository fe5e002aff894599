using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>One way round the loop, as far as it has gone: votes, preference set, job, model, images, study.</summary>
public sealed record LineageRow
{
    /// <summary>The study whose votes it begins with.</summary>
    public required long StudyId { get; init; }

    public required string StudyName { get; init; }

    public required long PreferenceSetId { get; init; }

    public required int PairCount { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Whose votes made the set.</summary>
    public required VoteSource VoteSource { get; init; }

    /// <summary>The job that trains on the set.</summary>
    public long? JobId { get; init; }

    public string? JobName { get; init; }

    public RunState? JobState { get; init; }

    /// <summary>The model that came of it.</summary>
    public long? ModelId { get; init; }

    public string? ModelName { get; init; }

    /// <summary>The round in which it was compared with the model before.</summary>
    public long? RoundId { get; init; }

    /// <summary>Images that were made for it so far, of both models.</summary>
    public int ImageCount { get; init; }

    /// <summary>The study it ends with.</summary>
    public long? NextStudyId { get; init; }

    public string? NextStudyName { get; init; }
}

/// <summary>Where studies, preference sets, jobs and models come from, and what came of them.</summary>
public sealed class LineageStore(Db db)
{
    private const string Select = """
        SELECT study.study_id, study.name AS study_name,
          preference_set.preference_set_id, preference_set.pair_count, preference_set.sha256, preference_set.vote_source,
          job.job_id, job.name AS job_name, job.state AS job_state,
          model.model_id, model.name AS model_name,
          round.round_id,
          (SELECT COUNT(*) FROM image WHERE image.job_id IN (round.old_job_id, round.new_job_id)) AS image_count,
          next_study.study_id AS next_study_id, next_study.name AS next_study_name
        FROM preference_set
        JOIN study ON study.study_id = preference_set.study_id
        LEFT JOIN job ON job.preference_set_id = preference_set.preference_set_id
        LEFT JOIN model ON model.job_id = job.job_id
        LEFT JOIN round ON round.new_job_id IN (SELECT job_id FROM job new_job WHERE new_job.model_id = model.model_id)
        LEFT JOIN study next_study ON next_study.study_id = round.study_id
        """;

    private const string Order = "ORDER BY preference_set.preference_set_id, job.job_id, round.round_id";

    /// <summary>How a study came about, oldest row first, and after that what was trained from its votes.</summary>
    public async Task<IReadOnlyList<LineageRow>> OfStudyAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE preference_set.study_id = @Id {Order}";
        return [.. await BeforeAsync(studyId, cancel), .. await QueryAsync(Sql, studyId, cancel)];
    }

    /// <summary>How a study came about, oldest row first; nothing for one that does not end a round.</summary>
    public async Task<IReadOnlyList<LineageRow>> BeforeAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE round.study_id = @Id";
        var before = new List<LineageRow>();
        while (await QueryAsync(Sql, studyId, cancel) is [var row])
        {
            before.Insert(0, row);
            studyId = row.StudyId;
        }
        return before;
    }

    /// <summary>What was trained on a preference set, after how the set came about.</summary>
    public Task<IReadOnlyList<LineageRow>> OfPreferenceSetAsync(long preferenceSetId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE preference_set.preference_set_id = @Id {Order}";
        return WithBeforeAsync(Sql, preferenceSetId, cancel);
    }

    /// <summary>What a job, training or sampling, belongs to, after how that came about.</summary>
    public Task<IReadOnlyList<LineageRow>> OfJobAsync(long jobId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE job.job_id = @Id OR round.old_job_id = @Id OR round.new_job_id = @Id {Order}";
        return WithBeforeAsync(Sql, jobId, cancel);
    }

    /// <summary>What a model came from and was compared in; nothing for one that was not trained here.</summary>
    public Task<IReadOnlyList<LineageRow>> OfModelAsync(long modelId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE model.model_id = @Id {Order}";
        return WithBeforeAsync(Sql, modelId, cancel);
    }

    /// <summary>
    /// The jobs behind which there are simulated votes: they train on such, or start from a model that rests on such.
    /// </summary>
    public async Task<IReadOnlySet<long>> ListSimulatedJobsAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            WITH RECURSIVE simulated (job_id) AS (
              SELECT job.job_id
              FROM job
              JOIN preference_set ON preference_set.preference_set_id = job.preference_set_id
              WHERE preference_set.vote_source <> 'real'
              UNION
              SELECT job.job_id
              FROM job
              JOIN model ON model.model_id = job.model_id
              JOIN simulated ON simulated.job_id = COALESCE(model.job_id, model.checkpoint_job_id)
            )
            SELECT job_id FROM simulated
            """;
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<long>(new CommandDefinition(Sql, cancellationToken: cancel))).ToHashSet();
    }

    private async Task<IReadOnlyList<LineageRow>> WithBeforeAsync(string sql, long id, CancellationToken cancel)
    {
        var rows = await QueryAsync(sql, id, cancel);
        return rows.Count == 0 ? rows : [.. await BeforeAsync(rows[0].StudyId, cancel), .. rows];
    }

    private async Task<IReadOnlyList<LineageRow>> QueryAsync(string sql, long id, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<LineageRow>(new CommandDefinition(sql, new { Id = id }, cancellationToken: cancel))];
    }
}
