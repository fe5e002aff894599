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

/// <summary>What somebody gave to a study that is not about pairs.</summary>
public sealed record FormRater
{
    public required long RaterId { get; init; }

    /// <summary>Votes that count, those among them that say that something cannot be judged.</summary>
    public required int Votes { get; init; }

    public required int Rejected { get; init; }

    public required double MeanResponseMs { get; init; }
}

/// <summary>Reads what tells about the raters of a study.</summary>
public sealed class RaterAnswerStore(Db db)
{
    /// <summary>The answers on pairs that count and those on checks, those of excluded raters among them, in order of arrival.</summary>
    public async Task<IReadOnlyList<RaterAnswer>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT vote.comparison_id, vote.axis, vote.rater_id, vote.winner, assignment.left_is_b, assignment.position,
              vote.response_ms, vote.kind, gold.winner AS gold, rater.simulated
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

    /// <summary>Everybody who voted in a study that is not about pairs, most votes first.</summary>
    public async Task<IReadOnlyList<FormRater>> ListFormRatersAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.rater_id, COUNT(*) AS votes, COUNT(CASE WHEN v.choice_screen = 'reject' THEN 1 END) AS rejected,
              CAST(AVG(v.response_ms) AS DOUBLE PRECISION) AS mean_response_ms
            FROM counting_vote v
            WHERE v.study_id = @StudyId AND v.axis IN ('alignment', 'preference')
            GROUP BY v.rater_id
            ORDER BY COUNT(*) DESC, v.rater_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<FormRater>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
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
