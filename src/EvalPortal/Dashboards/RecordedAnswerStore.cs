using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>What a vote says to one question about an image.</summary>
public sealed record RecordedAnswer : IJudgement
{
    public required Guid VoteId { get; init; }

    public required long ComparisonId { get; init; }

    public required long ImageId { get; init; }

    /// <summary>Whose image it is.</summary>
    public required long SystemId { get; init; }

    public required long PromptId { get; init; }

    public required long QuestionId { get; init; }

    /// <summary>The question's id in the file it came from.</summary>
    public required string Label { get; init; }

    public required string Question { get; init; }

    public required ExpectedAnswer Expected { get; init; }

    public string? Category { get; init; }

    /// <summary>The answer as the database holds it.</summary>
    public required string AnswerText { get; init; }

    public Answer Answer => ColumnTypes.ToEnum<Answer>(AnswerText);

    /// <summary>When it was given, counted from when the image was shown; null where it was not asked.</summary>
    public int? AnsweredMs { get; init; }

    public required long RaterId { get; init; }

    /// <summary>The rater's name in results and exports.</summary>
    public required string Pseudonym { get; init; }

    public required bool Simulated { get; init; }

    public required DateTimeOffset VotedAt { get; init; }

    /// <summary>Whether results are made from it as far as its rater is not excluded.</summary>
    public required bool Counts { get; init; }

    /// <summary>Whether the image shows what was asked for. A question that was not asked, because one before it was not answered yes, says that it does not.</summary>
    public bool IsRight => (Answer, Expected) is (Answer.Yes, ExpectedAnswer.Yes) or (Answer.No, ExpectedAnswer.No);
}

/// <summary>Reads the answers to questions about images, those too that no longer count.</summary>
public sealed class RecordedAnswerStore(Db db)
{
    private const string Select = """
        SELECT v.vote_id, v.comparison_id, c.image_a_id AS image_id, i.system_id, c.prompt_id, q.question_id, q.label, q.text AS question,
          q.expected, q.category, a.answer AS answer_text, a.answered_ms, v.rater_id, r.pseudonym, r.simulated, v.voted_at,
          EXISTS (SELECT 1 FROM counting_vote counting WHERE counting.vote_id = v.vote_id) AS counts
        FROM vote v
        JOIN vote_answer a ON a.vote_id = v.vote_id
        JOIN question q ON q.question_id = a.question_id
        JOIN comparison c ON c.comparison_id = v.comparison_id
        JOIN image i ON i.image_id = c.image_a_id
        JOIN rater r ON r.rater_id = v.rater_id
        """;

    private const string Order = "ORDER BY v.received_at, v.vote_id, q.position";

    /// <summary>The answers of a study, in order of arrival and of the questions, read one by one while they are used.</summary>
    public async IAsyncEnumerable<RecordedAnswer> ReadAsync(long studyId, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE v.study_id = @StudyId {Order}";
        await using var connection = await db.OpenAsync(cancel);
        await foreach (var answer in connection.QueryUnbufferedAsync<RecordedAnswer>(Sql, new { StudyId = studyId }).WithCancellation(cancel))
            yield return answer;
    }

    /// <summary>The answers about one image of a study, in the same order.</summary>
    public async Task<IReadOnlyList<RecordedAnswer>> ListAsync(long comparisonId, CancellationToken cancel = default)
    {
        const string Sql = $"{Select} WHERE v.comparison_id = @ComparisonId {Order}";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<RecordedAnswer>(new CommandDefinition(Sql, new { ComparisonId = comparisonId }, cancellationToken: cancel))];
    }
}
