using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Quality;

/// <summary>A counting vote on what is no pair.</summary>
public sealed record FormVote
{
    public required Guid VoteId { get; init; }

    public required long RaterId { get; init; }

    /// <summary>Whether no person voted.</summary>
    public required bool Simulated { get; init; }

    /// <summary>Whether it says that nothing can be judged.</summary>
    public required bool Rejected { get; init; }

    /// <summary>From images shown to answer, in milliseconds.</summary>
    public required int ResponseMs { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>What a counting vote says to one question about an image.</summary>
public sealed record SheetAnswer
{
    public required Guid VoteId { get; init; }

    public required long ComparisonId { get; init; }

    public required long QuestionId { get; init; }

    /// <summary>Number of the answer: there are several in every one of many votes, and a text for each would fill the memory.</summary>
    public required int AnswerNumber { get; init; }

    public Answer Answer => (Answer)AnswerNumber;

    /// <summary>Whether it was answered as expected.</summary>
    public required bool Right { get; init; }

    /// <summary>Whose image it is.</summary>
    public required long SystemId { get; init; }
}

/// <summary>The images that a counting vote picked.</summary>
public sealed record SheetPick
{
    public required Guid VoteId { get; init; }

    public required long ComparisonId { get; init; }

    public required long BestImageId { get; init; }

    public required long WorstImageId { get; init; }

    /// <summary>Where the best stood on the rater's screen, from 1.</summary>
    public required int BestPlace { get; init; }
}

/// <summary>Reads what tells about the raters of a study that is not about pairs; excluded raters are among them.</summary>
public sealed class FormAnswerStore(Db db)
{
    /// <summary>The votes that count, in order of arrival.</summary>
    public async Task<IReadOnlyList<FormVote>> ListVotesAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.vote_id, v.rater_id, r.simulated, v.choice_screen = 'reject' AS rejected, v.response_ms, v.received_at
            FROM counting_vote v
            JOIN rater r ON r.rater_id = v.rater_id
            WHERE v.study_id = @StudyId AND v.axis IN ('alignment', 'preference')
            ORDER BY v.received_at, v.vote_id
            """;
        return await QueryAsync<FormVote>(Sql, studyId, cancel);
    }

    /// <summary>What they say to each question.</summary>
    public async Task<IReadOnlyList<SheetAnswer>> ListAnswersAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.vote_id, v.comparison_id, a.question_id,
              CASE a.answer WHEN 'yes' THEN 0 WHEN 'no' THEN 1 WHEN 'cannot_tell' THEN 2 ELSE 3 END AS answer_number, -- as in Answer
              a.answer = q.expected AS "right", i.system_id
            FROM counting_vote v
            JOIN vote_answer a ON a.vote_id = v.vote_id
            JOIN question q ON q.question_id = a.question_id
            JOIN comparison c ON c.comparison_id = v.comparison_id
            JOIN image i ON i.image_id = c.image_a_id
            WHERE v.study_id = @StudyId
            ORDER BY v.comparison_id, a.question_id, v.vote_id
            """;
        return await QueryAsync<SheetAnswer>(Sql, studyId, cancel);
    }

    /// <summary>What they pick.</summary>
    public async Task<IReadOnlyList<SheetPick>> ListPicksAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT v.vote_id, v.comparison_id, k.best_image_id, k.worst_image_id, s.place AS best_place
            FROM counting_vote v
            JOIN vote_pick k ON k.vote_id = v.vote_id
            JOIN assignment_image s ON s.assignment_id = v.assignment_id AND s.image_id = k.best_image_id
            WHERE v.study_id = @StudyId
            ORDER BY v.comparison_id, v.vote_id
            """;
        return await QueryAsync<SheetPick>(Sql, studyId, cancel);
    }

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, long studyId, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<T>(new CommandDefinition(sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }
}
