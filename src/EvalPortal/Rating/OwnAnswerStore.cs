using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rating;

/// <summary>An answer that stands, surplus or not, as the rater who gave it may see it.</summary>
public sealed record OwnAnswer
{
    public required Guid AssignmentId { get; init; }

    public required Guid VoteId { get; init; }

    public required string Question { get; init; }

    /// <summary>Null where the question is asked without it.</summary>
    public string? Prompt { get; init; }

    /// <summary>What was pressed.</summary>
    public required Choice Choice { get; init; }

    /// <summary>From images shown to answer, in milliseconds.</summary>
    public required int ResponseMs { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>What a rater may read again of what they gave.</summary>
public sealed class OwnAnswerStore(Db db)
{
    /// <summary>Answers of a rater in a study, the latest first.</summary>
    public async Task<IReadOnlyList<OwnAnswer>> ListAsync(RaterSession session, int skip, int take, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.assignment_id, v.vote_id, x.question, CASE WHEN x.prompt_visible THEN p.text END AS prompt,
              v.choice_screen AS choice, v.response_ms, v.received_at
            FROM assignment a
            JOIN standing_vote v ON v.assignment_id = a.assignment_id
            JOIN study_axis x ON x.study_id = a.study_id AND x.axis = a.axis
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN prompt p ON p.prompt_id = c.prompt_id
            WHERE a.session_id = @SessionId
            ORDER BY a.position DESC
            LIMIT @Take OFFSET @Skip
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<OwnAnswer>(new CommandDefinition(
            Sql, new { session.SessionId, Take = take, Skip = skip }, cancellationToken: cancel))];
    }
}
