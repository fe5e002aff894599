using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Items;

/// <summary>An image about which a study asks questions.</summary>
public sealed record AskedImage
{
    public required long ComparisonId { get; init; }

    public required long PromptId { get; init; }

    public required string Prompt { get; init; }

    public required long ImageId { get; init; }

    public required long SystemId { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Sheets that count.</summary>
    public required int Sheets { get; init; }

    /// <summary>Questions on them, those that were not asked among them.</summary>
    public required int Questions { get; init; }

    /// <summary>Those that were answered as expected.</summary>
    public required int AsExpected { get; init; }
}

/// <summary>Reads what a study of text alignment asks about, with how it was answered.</summary>
public sealed class ItemStore(Db db)
{
    /// <summary>The images of a study, in its order, with the answers to count.</summary>
    public async Task<IReadOnlyList<AskedImage>> ListAskedAsync(long studyId, VoteSource source, Exclusions exclusions, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT c.comparison_id, c.prompt_id, p.text AS prompt, i.image_id, i.system_id, i.sha256,
              COUNT(DISTINCT w.vote_id) AS sheets, COUNT(w.question_id) AS questions,
              COALESCE(SUM(CASE WHEN w.answer = q.expected THEN 1 ELSE 0 END), 0) AS as_expected
            FROM comparison c
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN image i ON i.image_id = c.image_a_id
            LEFT JOIN (
              SELECT v.comparison_id, a.vote_id, a.question_id, a.answer
              FROM counting_vote v
              JOIN vote_answer a ON a.vote_id = v.vote_id
              JOIN rater r ON r.rater_id = v.rater_id
              WHERE v.study_id = @StudyId AND (@Source = 'both' OR r.simulated = (@Source = 'simulated'))
                AND (@Exclusions = 'none' OR NOT EXISTS (
                  SELECT 1 FROM exclusion e WHERE e.study_id = v.study_id AND e.rater_id = v.rater_id AND e.lifted_at IS NULL))
            ) w ON w.comparison_id = c.comparison_id
            LEFT JOIN question q ON q.question_id = w.question_id
            WHERE c.study_id = @StudyId
            GROUP BY c.comparison_id, c.position, c.prompt_id, p.text, i.image_id, i.system_id, i.sha256
            ORDER BY c.position
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<AskedImage>(new CommandDefinition(
            Sql, new { StudyId = studyId, Source = source.ToText(), Exclusions = exclusions.ToText() }, cancellationToken: cancel))];
    }
}
