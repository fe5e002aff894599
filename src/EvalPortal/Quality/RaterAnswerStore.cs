using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Quality;

/// <summary>Somebody who voted, by the name in results.</summary>
public sealed record JudgedRater
{
    public required long RaterId { get; init; }

    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }
}

/// <summary>Reads what tells about the raters of a study.</summary>
public sealed class RaterAnswerStore(Db db)
{
    /// <summary>The answers on pairs that count and those on checks, those of excluded raters among them, in order of arrival.</summary>
    public async Task<IReadOnlyList<RaterAnswer>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT vote.comparison_id, vote.axis, vote.rater_id, vote.winner, assignment.left_is_b, assignment.position,
              CASE WHEN EXISTS (SELECT 1 FROM imported_vote i WHERE i.vote_id = vote.vote_id AND NOT i.timed) THEN NULL ELSE vote.response_ms END AS response_ms,
              vote.received_at, vote.kind, gold.winner AS gold, rater.simulated
            FROM standing_vote vote
            JOIN assignment ON assignment.assignment_id = vote.assignment_id
            JOIN rater ON rater.rater_id = vote.rater_id
            LEFT JOIN gold ON gold.study_id = vote.study_id AND gold.comparison_id = vote.comparison_id AND gold.axis = vote.axis
            WHERE vote.study_id = @StudyId AND NOT vote.surplus AND vote.axis IN ('flaws', 'appeal')
            ORDER BY vote.received_at, vote.vote_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<RaterAnswer>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>Everybody who agreed to take part in a study, by id.</summary>
    public async Task<IReadOnlyDictionary<long, JudgedRater>> ListRatersAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT rater.rater_id, rater.pseudonym, rater.simulated
            FROM session
            JOIN rater ON rater.rater_id = session.rater_id
            WHERE session.study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<JudgedRater>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel)))
            .ToDictionary(rater => rater.RaterId);
    }
}
