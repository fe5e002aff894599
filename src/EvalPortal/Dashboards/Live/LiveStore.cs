using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Dashboards.Live;

/// <summary>Counts what is new in a study.</summary>
public sealed class LiveStore(Db db)
{
    /// <summary>People's counting votes that arrived since a time.</summary>
    public async Task<int> CountSinceAsync(long studyId, DateTimeOffset since, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT COUNT(*)
            FROM counting_vote vote
            JOIN rater ON rater.rater_id = vote.rater_id
            WHERE vote.study_id = @StudyId AND vote.received_at >= @Since AND NOT rater.simulated
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(Sql, new { StudyId = studyId, Since = since }, cancellationToken: cancel));
    }

    /// <summary>What people have judged, as far as results count it: images or prompts in a study that is not of pairs.</summary>
    public async Task<int> CountJudgedAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT COUNT(DISTINCT vote.comparison_id)
            FROM counting_vote vote
            JOIN rater ON rater.rater_id = vote.rater_id
            WHERE vote.study_id = @StudyId AND vote.choice_screen <> 'reject' AND NOT rater.simulated
              AND NOT EXISTS (SELECT 1 FROM exclusion WHERE exclusion.study_id = vote.study_id AND exclusion.rater_id = vote.rater_id AND exclusion.lifted_at IS NULL)
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }
}
