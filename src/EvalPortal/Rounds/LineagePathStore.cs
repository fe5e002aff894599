using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Every way from votes to models, images and the studies that judge them, over all rounds.</summary>
public sealed class LineagePathStore(Db db)
{
    /// <summary>All paths, in the order in which they were begun. There are as many as trainings, times the studies of their images.</summary>
    public async Task<IReadOnlyList<LineagePath>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT DISTINCT study.study_id, study.name AS study_name, study.study_group_id,
              preference_set.preference_set_id, preference_set.pair_count, preference_set.vote_source,
              job.job_id, job.name AS job_name, job.state AS job_state, job.model_id AS base_model_id,
              model.model_id, model.name AS model_name,
              system.system_id, (SELECT COUNT(*) FROM image WHERE image.system_id = system.system_id) AS image_count, system.job_id AS image_job_id,
              CASE WHEN next_group.study_group_id IS NULL THEN next_study.study_id END AS next_study_id,
              CASE WHEN next_group.study_group_id IS NULL THEN next_study.name END AS next_study_name,
              next_group.study_group_id AS next_group_id, next_group.name AS next_group_name
            FROM preference_set
            JOIN study ON study.study_id = preference_set.study_id
            LEFT JOIN job ON job.preference_set_id = preference_set.preference_set_id
            LEFT JOIN model ON COALESCE(model.job_id, model.checkpoint_job_id) = job.job_id
            LEFT JOIN system ON system.model_id = model.model_id
            LEFT JOIN study next_study ON (next_study.system_a_id = system.system_id OR next_study.system_b_id = system.system_id)
              AND next_study.pilot_of_study_id IS NULL
            LEFT JOIN study_group next_group ON next_group.study_group_id = next_study.study_group_id
            ORDER BY preference_set.preference_set_id, job.job_id, model.model_id, system.system_id, next_group_id, next_study_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<LineagePath>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }
}
