using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Counts votes on what is no pair.</summary>
public sealed class FormCountStore(Db db)
{
    /// <summary>How many counting votes say that something could not be judged.</summary>
    public async Task<int> CountRejectedAsync(long studyId, VoteSource source, Exclusions exclusions, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT COUNT(*)
            FROM counting_vote v
            JOIN rater r ON r.rater_id = v.rater_id
            WHERE v.study_id = @StudyId AND v.choice_screen = 'reject'
              AND (@Source = 'both' OR r.simulated = (@Source = 'simulated'))
              AND (@Exclusions = 'none' OR NOT EXISTS (
                SELECT 1 FROM exclusion e WHERE e.study_id = v.study_id AND e.rater_id = v.rater_id AND e.lifted_at IS NULL))
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            Sql, new { StudyId = studyId, Source = source.ToText(), Exclusions = exclusions.ToText() }, cancellationToken: cancel));
    }
}
